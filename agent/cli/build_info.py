"""What this program is: its version, its revision where the build has left it."""

import os
import sys

from agent import __version__

#: Beside this package's rooms, written when an image is built.
_REVISION = os.path.join(os.path.dirname(__file__), "..", "revision.txt")


def revision() -> str:
    """Return the commit that was built, "" where that is not known."""
    try:
        with open(_REVISION, encoding="utf-8") as file:
            text = file.read().strip()
    except OSError:
        return ""
    return "" if text == "unknown" else text


def describe() -> str:
    """Return what `--version` prints, in the form of Prometheus exporters."""
    built, machine = revision(), os.uname()
    return (
        f"sctp-node-agent, version {__version__}"
        f"{f' (revision: {built})' if built else ''}\n"
        f"  python version:   {sys.version.split()[0]}\n"
        f"  platform:         {machine.sysname.lower()}/{machine.machine}\n"
    )
