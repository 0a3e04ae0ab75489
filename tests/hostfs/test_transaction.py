"""The one question that is written, and what is never written to."""

import os
from pathlib import Path

import pytest

from agent.hostfs import mounts
from agent.hostfs.host import Host
from agent.hostfs.values import Presence
from tests.nodes import Files, MakeNode, Pipe
from tests.selinuxfs import ACCESS, KERNEL, ORDINARY, Play, play

__all__ = ["play"]

CONTAINER = "system_u:system_r:container_t:s0"
QUESTION = f"{CONTAINER} {CONTAINER} 2".encode()


def test_answer(make_node: MakeNode, play: Play) -> None:
    """What the kernel makes of the question comes back."""
    play(ORDINARY)
    node = make_node({ACCESS: ""})
    file = Host(str(node.root), live=True).ask_selinux(QUESTION)

    assert (file.presence, file.data.split()[0]) == (Presence.PRESENT, b"ffffffff")
    assert node.path(ACCESS).read_bytes() == b""


@pytest.mark.parametrize(
    ("files", "presence", "problem"),
    [
        pytest.param({}, Presence.ABSENT, "", id="no SELinux"),
        pytest.param(
            {ACCESS: "kept"},
            Presence.UNREADABLE,
            "is not on selinuxfs",
            id="a file of another file system",
        ),
        pytest.param(
            {ACCESS: Pipe()}, Presence.UNREADABLE, "is not on selinuxfs", id="a pipe"
        ),
        pytest.param(
            {f"{ACCESS}/": None},
            Presence.UNREADABLE,
            "is not on selinuxfs",
            id="a folder",
        ),
    ],
)
def test_nothing_else_is_written_to(
    make_node: MakeNode, files: Files, presence: Presence, problem: str
) -> None:
    """A copy of /sys, or what an attacker put there, is left as it is."""
    node = make_node(files)
    file = Host(str(node.root), live=True).ask_selinux(QUESTION)

    assert (file.presence, file.problem) == (presence, problem)
    if files.get(ACCESS) == "kept":
        assert node.path(ACCESS).read_text() == "kept"


@pytest.mark.parametrize("error", [PermissionError(13, "Permission denied")])
def test_kernel_that_refuses(
    make_node: MakeNode,
    play: Play,
    monkeypatch: pytest.MonkeyPatch,
    error: OSError,
) -> None:
    """Who lacks the permission compute_av is told by an error of the write."""
    play(ORDINARY)

    def refuse(_fd: int, _data: bytes) -> int:
        raise error

    monkeypatch.setattr(os, "write", refuse)
    node = make_node({ACCESS: ""})
    file = Host(str(node.root), live=True).ask_selinux(b"a b 1")

    assert (file.presence, file.problem) == (Presence.UNREADABLE, "permission denied")


def test_mount_that_is_gone(
    make_node: MakeNode, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Without the file system's type nothing is written."""
    listed = tmp_path / "mountinfo"
    listed.write_text("1 0 0:1 / / rw - selinuxfs selinuxfs rw\n")
    monkeypatch.setattr(mounts, "_MOUNTS", str(listed))
    node = make_node({ACCESS: "kept"})
    file = Host(str(node.root), live=True).ask_selinux(QUESTION)

    assert (file.presence, file.problem) == (
        Presence.UNREADABLE,
        "is not on selinuxfs",
    )
    assert node.path(ACCESS).read_text() == "kept"


def test_list_of_mounts_that_is_too_long(
    make_node: MakeNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the file system's type nothing is written."""
    monkeypatch.setattr(mounts, "_LIMIT", 1)
    node = make_node({ACCESS: "kept"})
    file = Host(str(node.root), live=True).ask_selinux(KERNEL.encode())

    assert file.presence == Presence.UNREADABLE
    assert "is larger than" in file.problem
