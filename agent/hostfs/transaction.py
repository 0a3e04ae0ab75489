"""One question to SELinux: the only file of a node that is opened for writing.

selinuxfs' `access` is no store but a call: what is written is a question to the
kernel, what is read from the same descriptor the answer (selinux_transaction_write
in security/selinux/selinuxfs.c). Anything else at that path is left alone.
"""

import errno
import os

from agent.hostfs import descriptor, mounts

ACCESS = "/sys/fs/selinux/access"
_FILE_SYSTEM = "selinuxfs"
_LIMIT = 4096  # SIMPLE_TRANSACTION_LIMIT is less than a page


def exchange(fd: int, question: bytes) -> bytes:
    """Return the answer of the file that *fd* leads to; raise OSError for none."""
    if mounts.file_system_of(fd) != _FILE_SYSTEM:
        raise OSError(errno.EINVAL, f"is not on {_FILE_SYSTEM}", ACCESS)
    access_fd = os.open(descriptor.name(fd), os.O_RDWR | os.O_CLOEXEC)
    try:
        os.write(access_fd, question)
        return os.read(access_fd, _LIMIT)
    finally:
        os.close(access_fd)
