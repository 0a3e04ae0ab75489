"""cloud-init's configuration: what it runs at each boot. Pure.

Source: cloud-init's module Bootcmd, whose frequency is always; runcmd runs once.
"""

import re

_KEY = re.compile(r"^[^\s#-][^:]*:")
_MARKS = str.maketrans("[],'\"-", "      ")


def boot_commands(text: str) -> str:
    r"""Return *text* with nothing but the commands under `bootcmd`, line by line.

    A list of words stands as a row of them, so that a call reads as in a script.

    >>> boot_commands("bootcmd:\n - [modprobe, sctp]\nruncmd:\n - x").split("\n")
    ['', '    modprobe  sctp ', '', '']
    """
    inside = False
    lines = []
    for line in text.splitlines():
        if _KEY.match(line):
            inside = line.startswith("bootcmd:")
            line = line.removeprefix("bootcmd:")  # noqa: PLW2901  # the rest of it
        lines.append(line.translate(_MARKS) if inside else "")
    return "\n".join(lines)
