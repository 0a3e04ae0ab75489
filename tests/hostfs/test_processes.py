"""The node's processes, and those that end while they are looked at."""

import errno
import os
from pathlib import Path

import pytest

from agent.hostfs.host import Host
from agent.hostfs.processes import processes_of
from agent.hostfs.values import Presence, UnseenError


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a node with one process, its PID is 7."""
    folder = tmp_path / "proc/7"
    (folder / "ns").mkdir(parents=True)
    (folder / "ns/net").symlink_to("net:[4026531840]")
    (folder / "comm").write_text("amf\n")
    (tmp_path / "proc/uptime").touch()
    return tmp_path


def test_process(root: Path) -> None:
    """Links, names and files of one are read relative to /proc."""
    with processes_of(Host(str(root), live=False)) as processes:
        assert processes.pids() == ((7, (root / "proc/7").stat().st_ino),)
        assert processes.link(7, "ns/net") == "net:[4026531840]"
        assert processes.names(7, "ns") == ("net",)
        assert processes.read(7, "comm", 9).text == "amf\n"


def test_real_processes() -> None:
    """The kernel's /proc is read the same way."""
    with processes_of(Host("/", live=True)) as processes:
        own = os.getpid()
        assert own in dict(processes.pids())
        assert processes.link(own, "ns/net") == os.readlink("/proc/self/ns/net")
        assert processes.read(own, "cgroup", 1 << 16).presence is Presence.PRESENT


def test_process_that_has_ended(root: Path) -> None:
    """What is asked of it is absent."""
    with processes_of(Host(str(root), live=False)) as processes:
        assert processes.link(8, "ns/net") == ""
        assert processes.names(8, "ns") == ()
        assert processes.read(8, "comm", 9).presence is Presence.ABSENT


def test_error_is_no_absence(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What may not be read is unseen, whatever was asked."""
    (root / "proc/7/long").write_text("0123456789")

    def refuse(*_: object, **__: object) -> int:
        raise PermissionError(errno.EACCES, "Permission denied")

    with processes_of(Host(str(root), live=False)) as processes:
        assert processes.read(7, "long", 9).problem == "larger than 9 bytes"
        monkeypatch.setattr(os, "open", refuse)
        monkeypatch.setattr(os, "readlink", refuse)
        file = processes.read(7, "comm", 9)
        assert (file.presence, file.problem) == (
            Presence.UNREADABLE,
            "permission denied",
        )
        assert not processes.has_other_ids
        with pytest.raises(UnseenError, match="permission denied"):
            processes.link(7, "ns/net")
        with pytest.raises(UnseenError, match="permission denied"):
            processes.names(7, "ns")
        monkeypatch.undo()


def test_proc_without_processes(root: Path) -> None:
    """A folder that is no /proc has none, and that is not an answer."""
    (root / "proc/7").rename(root / "seven")
    with (
        processes_of(Host(str(root), live=False)) as processes,
        pytest.raises(UnseenError, match="no process"),
    ):
        processes.pids()


@pytest.mark.parametrize(
    ("live", "problem"),
    [
        pytest.param(False, "no such file", id="at rest"),
        pytest.param(True, "process 1 is not that of the node", id="live"),
    ],
)
def test_no_proc(root: Path, problem: str, *, live: bool) -> None:
    """Nor has a node without /proc, and the agent's own is not taken for it."""
    (root / "proc").rename(root / "elsewhere")
    with (
        pytest.raises(UnseenError, match=problem),
        processes_of(Host(str(root), live=live)),
    ):
        pytest.fail("there is nothing to open")
