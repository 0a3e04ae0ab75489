"""System calls that fail: the n-th one of a piece of work, or all from it on."""

import builtins
import errno
import itertools
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any
from unittest import mock

import psutil  # noqa: F401  # not while calls fail: the import itself would

#: What a node's files are asked through; `close` frees even where it fails.
_CALLS = (
    *("open", "read", "pread", "readlink", "fstat", "stat", "lstat"),
    *("listdir", "scandir", "access", "write"),
)
_AGENT = f"{Path(__file__).parents[1] / 'agent'}/"
_DEPTH = 3  # lines that are told apart: who asks, for whom, and for whom again
_HOST = f"{_AGENT}hostfs/"
#: A disk's, and what a process or a system has used up.
ERRORS = (errno.EIO, errno.EMFILE, errno.ENOMEM)


@contextmanager
def failing_name(name: str) -> Iterator[None]:
    """Fail to open what has that name, in any folder."""
    real = os.open

    def failing(path: str, *args: int, **options: int) -> int:
        if path == name:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return real(path, *args, **options)

    with mock.patch.object(os, "open", failing):
        yield


#: What is asked of the node, and by which lines of the agent.
Question = tuple[str, tuple[tuple[str, int], ...]]


def _question(frame: FrameType | None) -> Question:
    """Return what the call below *frame* serves: one path needs several calls."""
    path = ""
    lines: list[tuple[str, int]] = []
    while frame and len(lines) < _DEPTH:
        name = frame.f_code.co_filename
        if _HOST in name:
            path = path or str(frame.f_locals.get("path", ""))
        elif _AGENT in name:
            lines.append((name, frame.f_lineno))
        frame = frame.f_back
    return path, tuple(lines)


class FailingCalls:
    """Counts the calls and fails that of *number*, or none where that is None.

    Counted from 0. *lasting* fails all after it, too. Where none fails, *questions*
    has the numbers of the calls that each question took.
    """

    def __init__(
        self, number: int | None, error: int = errno.EIO, *, lasting: bool = False
    ) -> None:
        self._number = number
        self._error = error
        self._lasting = lasting
        self._next = itertools.count()
        self.made = 0
        self.failed = ""  # the call that failed first, and what it was asked
        self.questions: dict[Question, list[int]] = {}

    @contextmanager
    def running(self) -> Iterator[None]:
        """Stand between the agent and the system.

        A thread does its work where it is started: to change between threads
        thousands of times takes longer than the work itself on a busy machine.
        """
        patches = [
            mock.patch.object(os, name, self._failing(name, getattr(os, name)))
            for name in _CALLS
        ]
        patches.append(
            mock.patch.object(builtins, "open", self._failing("fopen", builtins.open))
        )
        inline = mock.patch.object(threading.Thread, "start", threading.Thread.run)
        patches.append(inline)
        for patch in patches:
            patch.start()
        try:
            yield
        finally:
            for patch in patches:
                patch.stop()

    def _failing(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*args: Any, **options: Any) -> Any:  # noqa: ANN401  # any call's
            at = next(self._next)
            self.made = at + 1
            if self._number is None:
                question = _question(sys._getframe(1))  # noqa: SLF001  # its only name
                self.questions.setdefault(question, []).append(at)
            first = self._number is not None and at == self._number
            if first or (self._lasting and self.failed):
                self.failed = self.failed or f"{name} of {args[0]}"
                raise OSError(self._error, os.strerror(self._error))
            return call(*args, **options)

        return wrapped
