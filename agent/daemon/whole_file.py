"""A file for readers of other programs: whole at every moment, in a folder like any.

The folder may be one that others write into, and we may be root. So nothing is opened
there by a name that anybody could have foreseen, and no link or pipe is followed.
"""

import os
import re
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_MODE = 0o644  # others read it; nothing in it is secret
_GROUP, _ANYBODY = 0o020, 0o002
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC


class UnsafeFolderError(OSError):
    """Others may write into the folder, and replace there what we have written."""


class WholeFile:
    """The file at *path*, which is replaced at once or not at all.

    What is in the making has a name that begins with a dot, which nobody reads.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self._folder, self._name = os.path.split(path)
        self._is_ours = False

    def write(self, content: bytes) -> None:
        """Put *content* in the place of the file; raise OSError."""
        with _open_folder(self._folder) as folder:
            if not self._is_ours:
                self._clean(folder)
            unfinished = f".{self._name}.{secrets.token_hex(8)}.new"
            with open(os.open(unfinished, _NEW, 0o600, dir_fd=folder), "wb") as file:
                try:
                    file.write(content)
                    file.flush()
                    os.fchmod(file.fileno(), _MODE)  # whatever the umask took away
                    os.rename(
                        unfinished, self._name, src_dir_fd=folder, dst_dir_fd=folder
                    )
                except OSError:
                    os.unlink(unfinished, dir_fd=folder)
                    raise
        self._is_ours = True

    def remove(self) -> None:
        """Remove the file, if it was written here; raise OSError."""
        if not self._is_ours:
            return
        with _open_folder(self._folder) as folder, suppress(FileNotFoundError):
            os.unlink(self._name, dir_fd=folder)
        self._is_ours = False

    def _clean(self, folder: int) -> None:
        """Remove what a run that was killed has left unfinished."""
        ours = re.compile(rf"\.{re.escape(self._name)}(\.[0-9a-f]{{16}})?\.new")
        for name in filter(ours.fullmatch, os.listdir(folder)):
            with suppress(OSError):  # it is in nobody's way
                status = os.stat(name, dir_fd=folder, follow_symlinks=False)
                if status.st_uid == os.geteuid():
                    os.unlink(name, dir_fd=folder)


@contextmanager
def _open_folder(folder: str) -> Iterator[int]:
    descriptor = os.open(folder, _FOLDER)
    try:
        status = os.fstat(descriptor)
        by_group = status.st_mode & _GROUP and status.st_gid not in {0, os.getegid()}
        shared = status.st_mode & _ANYBODY or by_group
        ours = status.st_uid in {0, os.geteuid()}
        if shared and not (status.st_mode & stat.S_ISVTX and ours):
            raise UnsafeFolderError(
                0, f"others may write into {folder}: chmod go-w, or set its sticky bit"
            )
        yield descriptor
    finally:
        os.close(descriptor)
