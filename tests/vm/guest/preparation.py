"""Brings the guest into the state that a test is about, step by step."""

import base64
import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

Json = dict[str, Any]


def write(step: Json) -> None:
    """Write a file, with the folders above it; an older file is replaced."""
    path = Path(step["path"])
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    path.write_bytes(base64.b64decode(step["base64"]))
    path.chmod(step["mode"])


def link(step: Json) -> None:
    """Make a symbolic link; an older file is replaced."""
    path = Path(step["path"])
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    path.symlink_to(step["target"])


def directory(step: Json) -> None:
    """Make a directory and those above it."""
    Path(step["path"]).mkdir(parents=True, exist_ok=True)


def fifo(step: Json) -> None:
    """Make a named pipe that nobody writes to."""
    os.mkfifo(step["path"])


def remove(step: Json) -> None:
    """Remove a file or a whole folder, which must be there."""
    path = Path(step["path"])
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()


def move(step: Json) -> None:
    """Rename a file or folder."""
    target = Path(step["target"])
    target.parent.mkdir(parents=True, exist_ok=True)
    Path(step["path"]).rename(target)


def copy(step: Json) -> None:
    """Copy a file over another one."""
    shutil.copyfile(step["path"], step["target"])


def truncate(step: Json) -> None:
    """Keep the first bytes of a file only."""
    os.truncate(step["path"], step["size"])


def sysctl(step: Json) -> None:
    """Write raw bytes in one system call below /proc/sys."""
    with Path("/proc/sys", step["path"]).open("wb", buffering=0) as stream:
        stream.write(base64.b64decode(step["base64"]))


def selinux(step: Json) -> None:
    """Write raw bytes in one system call below /sys/fs/selinux."""
    with Path("/sys/fs/selinux", step["path"]).open("wb", buffering=0) as stream:
        stream.write(base64.b64decode(step["base64"]))


def command(step: Json) -> None:
    """Run a program that must succeed."""
    subprocess.run(step["argv"], check=True, capture_output=True, timeout=60)


STEPS: Mapping[str, Callable[[Json], None]] = {
    step.__name__: step
    for step in (
        *(write, link, directory, fifo, remove),
        *(move, copy, truncate, sysctl, selinux, command),
    )
}


def prepare(request: Json) -> Json:
    """Bring the node into a state, step by step."""
    for step in request["steps"]:
        STEPS[step["do"]](step)
    return {}
