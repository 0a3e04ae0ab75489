"""Which processes are in which network namespace, and whom it takes to know."""

import os
from pathlib import Path

import pytest

from agent.hostfs.host import Host
from agent.hostfs.processes import processes_of
from agent.sources.namespaces import Namespaces
from tests.users import Process, Users

COUNT = 16


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the links that are read from now on."""
    names: list[str] = []
    readlink = os.readlink

    def noted(name: str, *, dir_fd: int) -> str:
        names.append(name)
        return readlink(name, dir_fd=dir_fd)

    monkeypatch.setattr(os, "readlink", noted)
    return names


def looks(root: Path) -> tuple[Namespaces, Host]:
    """Return what looks at some processes of one namespace."""
    Users({pid: Process() for pid in range(1, COUNT + 1)}).write(root)
    return Namespaces(), Host(str(root), live=True)


def look(namespaces: Namespaces, host: Host) -> dict[str, list[int]]:
    """Look once."""
    with processes_of(host) as processes:
        return dict(namespaces.read(processes))


def moved(root: Path, pid: int) -> None:
    """Let a process go to another namespace."""
    link = root / f"proc/{pid}/ns/net"
    link.unlink()
    link.symlink_to("net:[1]")


def test_each_is_asked_at_first_and_then_in_turns(
    tmp_path: Path, asked: list[str]
) -> None:
    """Half of them in each of the next two looks, then an eighth, all within eight."""
    namespaces, host = looks(tmp_path)
    counts = []
    for _ in range(10):
        asked.clear()
        [inside] = look(namespaces, host).values()
        assert len(inside) == COUNT
        counts.append(len(asked))

    assert counts == [COUNT, COUNT // 2, COUNT // 2, *[COUNT // 8] * 7]


def test_who_moves_is_followed(tmp_path: Path) -> None:
    """Within eight looks, and asked in one of two again."""
    namespaces, host = looks(tmp_path)
    for _ in range(3):
        look(namespaces, host)
    moved(tmp_path, 5)

    found = [look(namespaces, host).get("net:[1]") for _ in range(8)]
    assert found[-1] == [5]


def test_who_moves_at_once_is_followed_soon(tmp_path: Path) -> None:
    """Within two looks after the first one that found it."""
    namespaces, host = looks(tmp_path)
    look(namespaces, host)
    for pid in (4, 5):
        moved(tmp_path, pid)

    found = [look(namespaces, host).get("net:[1]") for _ in range(2)]
    assert found[-1] == [4, 5]


def test_another_process_of_the_same_number(tmp_path: Path) -> None:
    """It is a new one: its folder has another inode."""
    namespaces, host = looks(tmp_path)
    for _ in range(3):
        look(namespaces, host)
    (tmp_path / "proc/5").rename(tmp_path / "gone")
    (tmp_path / "proc/5/ns").mkdir(parents=True)
    (tmp_path / "proc/5/ns/net").symlink_to("net:[1]")

    assert look(namespaces, host)["net:[1]"] == [5]
