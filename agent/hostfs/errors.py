"""Which errors say something of a path, and which leave all open."""

import errno
from contextlib import AbstractContextManager
from types import TracebackType

from agent.hostfs.values import UnseenError

ABSENT = (FileNotFoundError, NotADirectoryError)
_TOLD_APART = (*ABSENT, IsADirectoryError, UnseenError)
#: A link that leads in a circle, or to a name that no file can have: who opens it
#: goes on as without it, the kernel, kmod and systemd alike.
_NOWHERE = frozenset({errno.ELOOP, errno.ENAMETOOLONG})


class tell_apart(AbstractContextManager[None]):  # noqa: N801  # read as a verb
    """Let absence through, and raise every other error as UnseenError.

    What leads nowhere is absent.
    """

    def __init__(self, path: str) -> None:
        self._path = path

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if isinstance(error, OSError) and error.errno in _NOWHERE:
            raise FileNotFoundError(errno.ENOENT, explain(error)) from error
        if isinstance(error, OSError) and not isinstance(error, _TOLD_APART):
            problem, number = explain(error), error.errno or errno.EIO
            raise UnseenError(self._path, problem, number) from error


class OrNothing(AbstractContextManager["OrNothing"]):
    """Passes over what says that nothing of the kind is there, and over no other."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        if isinstance(error, (*ABSENT, IsADirectoryError)):
            return True
        # No link (EINVAL), and no regular file.
        return isinstance(error, OSError) and error.errno == errno.EINVAL


def explain(error: OSError | ValueError) -> str:
    """Return what went wrong, without the path."""
    text = error.strerror if isinstance(error, OSError) else ""
    return (text or str(error)).lower()
