"""What an error of the system is called: by its errno, as people look it up."""

import errno
import socket

_RESOLVER = {
    value: name
    for name, value in vars(socket).items()
    if name.startswith("EAI_") and isinstance(value, int)
}


def error_name(error: Exception) -> str:
    """Return the name of the errno, of the resolver's code, or of the class.

    A deadline of ours counts as ETIMEDOUT.
    """
    code = error.errno if isinstance(error, OSError) else None
    if isinstance(error, socket.gaierror):
        return _RESOLVER.get(code or 0, "EAI_FAIL")
    if code is None and isinstance(error, TimeoutError):
        code = errno.ETIMEDOUT
    return errno.errorcode.get(code or 0, type(error).__name__)
