"""The command `run` as a process of its own, until it listens and until it ends."""

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

_TOP = Path(__file__).parents[1]
_START: Sequence[str] = (sys.executable, "-m", "agent")
_LISTENING = "event=listening"


@contextmanager
def running(
    *flags: str, start: Sequence[str] = _START
) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Start `run`, by the command *start*; yield it and the address where it listens.

    Its standard error is a pipe, read up to the line that says so.
    """
    process = subprocess.Popen(
        [*start, "run", "--web.listen-address=127.0.0.1:0", *flags],
        cwd=_TOP,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(_TOP)},
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stderr
        said = []
        for line in process.stderr:
            said.append(line)
            if _LISTENING in line:
                break
        else:
            raise AssertionError("".join(said))
        yield process, said[-1].rpartition("at=")[2].strip()
    finally:
        process.kill()
        process.communicate(timeout=300)
