"""The command with a stand-in for the kernel's tracefs below its --root.

This machine's kernel need not have the event; what it costs to read it is the same.
"""

import sys
from pathlib import Path

from agent.cli.main import main
from tests.tracefs_kernel import Kernel, play

if __name__ == "__main__":
    (root,) = (flag for flag in sys.argv if flag.startswith("--root="))
    play(Kernel(Path(root.removeprefix("--root="))), setattr)
    sys.exit(main())
