"""The command, but a uevent that root can cause counts as news of the module."""

import sys

from agent.cli.main import main
from agent.daemon import uevents

if __name__ == "__main__":
    uevents._NEWS = (b"add@/devices/virtual/net/lo",)  # type: ignore[assignment]  # noqa: SLF001
    sys.exit(main())
