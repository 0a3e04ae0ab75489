"""Which errors say something of a path, and which leave all open."""

import errno
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from types import TracebackType

from agent.hostfs.values import UnseenError

ABSENT = (FileNotFoundError, NotADirectoryError)
#: What is no link and no regular file, what leads in a circle, what cannot exist.
_OF_ANOTHER_KIND = frozenset({errno.EINVAL, errno.ELOOP, errno.ENAMETOOLONG})


@contextmanager
def tell_apart(path: str) -> Iterator[None]:
    """Let absence through, and raise every other error as UnseenError."""
    try:
        yield
    except (*ABSENT, IsADirectoryError, UnseenError):
        raise
    except OSError as error:
        raise UnseenError(path, explain(error), error.errno or errno.EIO) from error


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
        return isinstance(error, OSError) and error.errno in _OF_ANOTHER_KIND


def explain(error: OSError | ValueError) -> str:
    """Return what went wrong, without the path."""
    text = error.strerror if isinstance(error, OSError) else ""
    return (text or str(error)).lower()
