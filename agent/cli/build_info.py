"""What this program is: its version, its revision where the build has left it."""

import platform
from importlib.resources import files

from agent import __version__

_REVISION = "revision.txt"  # in the package, written when an image is built


def revision() -> str:
    """Return the commit that was built, "" where that is not known."""
    try:
        text = files("agent").joinpath(_REVISION).read_text(encoding="utf-8").strip()
    except OSError:
        return ""
    return "" if text == "unknown" else text


def described() -> str:
    """Return what `--version` prints, in the form of Prometheus exporters."""
    built = revision()
    return (
        f"sctp-node-agent, version {__version__}"
        f"{f' (revision: {built})' if built else ''}\n"
        f"  python version:   {platform.python_version()}\n"
        f"  platform:         {platform.system().lower()}/{platform.machine()}\n"
    )
