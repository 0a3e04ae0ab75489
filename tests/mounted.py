"""What this machine's kernel says of mounts, for kernels that tests stand in for."""

import os
from pathlib import Path


def mount_id(path: Path) -> str:
    """Return the number of the mount that *path* is on, as fdinfo has it."""
    fd = os.open(path, os.O_PATH)
    try:
        text = Path(f"/proc/self/fdinfo/{fd}").read_text(encoding="ascii")
    finally:
        os.close(fd)
    fields = dict(line.split(":") for line in text.splitlines())
    return fields["mnt_id"].strip()
