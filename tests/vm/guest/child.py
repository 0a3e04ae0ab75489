"""Children of the process that asks: what it has imported, they need not import again.

Under emulation that is most of the agent's start.
"""

import contextlib
import importlib
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

FAILED = 70
PAUSE = 0.01
_OTHERS = (3, 256)
"""Descriptors that an exec would have closed."""

Work = Callable[[], int]


class Child:
    """A process that does its *work*, and ends with the status that this returns.

    Where *outputs* are given, it writes to them, and has no other descriptor.
    """

    def __init__(self, work: Work, outputs: tuple[int, int] | None = None) -> None:
        self._over = False
        sys.stdout.flush()
        self.pid = os.fork()
        if self.pid == 0:
            _live(work, outputs)

    def wait(self, seconds: float) -> int | None:
        """Return its exit status; none if it had to be killed at its deadline."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            done, status = os.waitpid(self.pid, os.WNOHANG)
            if done:
                self._over = True
                return os.waitstatus_to_exitcode(status)
            time.sleep(PAUSE)
        self.kill()
        return None

    def kill(self) -> None:
        """End it, if it has not ended."""
        if self._over:
            return
        self._over = True
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)


def run(
    work: Work, paths: tuple[Path, Path], seconds: float
) -> tuple[int | None, bytes, bytes]:
    """Return how a child ended that does the *work*, and what it wrote to *paths*."""
    with paths[0].open("wb") as stdout, paths[1].open("wb") as stderr:
        child = Child(work, (stdout.fileno(), stderr.fileno()))
    status = child.wait(seconds)
    return status, paths[0].read_bytes(), paths[1].read_bytes()


def command(argv: Sequence[str], module: str = "agent.cli.main") -> int:
    """Call the module's `main` as its command line does; return the exit status."""
    try:
        result = importlib.import_module(module).main(argv)
    except SystemExit as error:
        result = error.code
        if isinstance(result, str):
            sys.stderr.write(result)
    sys.stdout.flush()
    sys.stderr.flush()
    return result if isinstance(result, int) else int(result is not None)


def _live(work: Work, outputs: tuple[int, int] | None) -> NoReturn:
    status = FAILED
    try:
        if outputs:
            os.setsid()
            for number, output in enumerate(outputs, start=1):
                os.dup2(output, number)
            os.closerange(*_OTHERS)
        status = work()
    except BaseException:  # noqa: BLE001 - nothing may return into the parent's loop
        traceback.print_exc()
    finally:
        os._exit(status)
