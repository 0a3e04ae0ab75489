"""Standard streams as they should be: open, whoever started us."""

import errno
import os
import sys
from typing import TextIO

#: What a write says when there is no room for it.
NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO}


def open_closed() -> None:
    """Open /dev/null in the place of each standard stream that is closed.

    Else the next file or socket would be one of them, and get what is for people.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest number that is free
    sys.stdout = sys.stdout or _nowhere()
    sys.stderr = sys.stderr or _nowhere()


def _nowhere() -> TextIO:
    return open(os.devnull, "w", encoding="utf-8")  # until the end


def forget_output() -> None:
    """Lose what is left to be written: Python would complain once more."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
