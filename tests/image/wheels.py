"""The locked packages as files, so that the build itself needs no network.

Where they come from is the business of this machine's own pip settings, which thus
never come near the image.
"""

import platform
import sys
from pathlib import Path

from tests.image.base import PYTHON
from tests.vm.tools import run

FOLDER = "/wheels"
"""Where the build finds them."""

LOCKS = ("requirements/build.txt", "requirements/runtime.txt")


def fetch(project: Path, folder: Path) -> None:
    """Download what the locks name, for the Python of the base image."""
    machine = platform.machine()
    platforms = ("manylinux2014", "manylinux_2_17", "manylinux_2_28")
    tags = ("cp" + PYTHON.replace(".", ""), "abi3", "none")
    run(
        [
            *(sys.executable, "-m", "pip", "download", "--quiet", "--require-hashes"),
            *("--only-binary=:all:", f"--python-version={PYTHON}"),
            *(f"--platform={name}_{machine}" for name in platforms),
            *(f"--abi={tag}" for tag in tags),
            *(f"--requirement={project / lock}" for lock in LOCKS),
            f"--dest={folder}",
        ]
    )


def write_settings(path: Path) -> Path:
    """Write a pip.conf that knows these files only."""
    path.write_text(
        f"[global]\nno-index = true\nfind-links = {FOLDER}\n", encoding="utf-8"
    )
    return path
