"""The tracing instance: made, set up, read, removed, and nothing else written."""

import errno
import os
from pathlib import Path

import pytest

from agent.hostfs import mounts, tracefs
from agent.hostfs.host import Host
from agent.hostfs.mounts import Mounts
from agent.hostfs.values import Kind, UnseenError
from tests.tracefs import kernel
from tests.tracefs_kernel import REFUSALS, REQUESTS, Kernel, play

__all__ = ["kernel"]

_OF_REQUESTS = {
    "buffer_size_kb": "32",
    "buffer_percent": "0",
    "trace_clock": "mono",
    f"{REQUESTS}/filter": 'name ~ "net-pf-*-proto-132*"',
    f"{REQUESTS}/enable": "1",
}
_OF_REFUSALS = {
    "options/stacktrace": "1",
    f"{REFUSALS}/filter": 'tclass == "system" && requested == 16 && result != 0',
    f"{REFUSALS}/enable": "1",
}


def _host(kernel: Kernel) -> Host:
    return Host(str(kernel.root), live=True)


@pytest.mark.parametrize(
    ("refusals", "missing", "written"),
    [
        pytest.param(False, "", _OF_REQUESTS, id="requests alone"),
        pytest.param(True, "", _OF_REQUESTS | _OF_REFUSALS, id="SELinux as well"),
        pytest.param(
            *(False, "buffer_percent"),
            {k: v for k, v in _OF_REQUESTS.items() if k != "buffer_percent"},
            id="before Linux 5.0",
        ),
    ],
)
def test_it_is_set_up_read_and_removed(
    kernel: Kernel,
    refusals: bool,  # noqa: FBT001  # a column
    missing: str,
    written: dict[str, str],
) -> None:
    """Exactly these files get exactly these texts."""
    kernel.files = tuple(name for name in kernel.files if name != missing)
    with tracefs.instance(_host(kernel), refusals=refusals) as trace:
        assert kernel.written() == written
        assert trace.sees_refusals is refusals
        assert trace.read() == b""
        kernel.says(b"text\n")
        assert trace.read() == b"text\n"

    assert list(kernel.above.iterdir()) == []


def test_kernel_that_does_not_tell_of_refusals(kernel: Kernel) -> None:
    """Before Linux 5.10 there is no such event; requests are seen all the same."""
    kernel.files = tuple(name for name in kernel.files if REFUSALS not in name)
    with tracefs.instance(_host(kernel), refusals=True) as trace:
        assert not trace.sees_refusals


def test_other_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where only debugfs has it, it is found there."""
    (tmp_path / "node/proc").mkdir(parents=True)
    (tmp_path / "node/proc/version").touch()
    kernel = Kernel(tmp_path / "node", tracefs.PLACES[1])
    play(kernel, monkeypatch.setattr)
    with tracefs.instance(_host(kernel), refusals=False):
        assert kernel.instance.is_dir()
    kernel.close()


def test_part_of_the_node(kernel: Kernel) -> None:
    """Of /sys that folder is the node's, the rest is the agent's own, and the same."""
    host = Host(str(kernel.root), live=True, mounts=Mounts((tracefs.PLACES[0],)))
    with tracefs.instance(host, refusals=False):
        assert kernel.instance.is_dir()

    assert host.kind("/sys/module") is Kind.DIRECTORY


def test_what_a_killed_agent_left_is_replaced(kernel: Kernel) -> None:
    """There is one instance, and it is new."""
    kernel.instance.mkdir()
    (kernel.instance / "old").touch()
    with tracefs.instance(_host(kernel), refusals=False):
        assert not (kernel.instance / "old").exists()
        assert len(list(kernel.above.iterdir())) == 1


def test_never_two(kernel: Kernel) -> None:
    """While another agent reads its instance it keeps it."""
    kernel.instance.mkdir()
    kernel.busy = 99
    with (
        pytest.raises(UnseenError, match="another agent reads it"),
        tracefs.instance(_host(kernel), refusals=False),
    ):
        pytest.fail("there are two")

    assert kernel.instance.exists()


@pytest.mark.parametrize(
    ("busy", "left", "enabled"),
    [
        pytest.param(3, False, "", id="for a moment"),
        pytest.param(99, True, "0", id="for good"),
    ],
)
def test_somebody_looks_into_it(
    kernel: Kernel,
    busy: int,
    left: bool,  # noqa: FBT001  # a column
    enabled: str,
) -> None:
    """It is removed when they are done, and else left without any event."""
    with tracefs.instance(_host(kernel), refusals=False):
        kernel.busy = busy

    assert kernel.instance.exists() is left
    assert not left or kernel.written()["events/enable"] == enabled


def test_removed_by_others(kernel: Kernel) -> None:
    """What is gone needs no removal."""
    with tracefs.instance(_host(kernel), refusals=False):
        kernel.remove()

    assert not kernel.instance.exists()


def test_switched_off_by_others(kernel: Kernel) -> None:
    """An end of the text is no silence."""
    with tracefs.instance(_host(kernel), refusals=False) as trace:
        kernel.falls_silent()
        with pytest.raises(UnseenError, match="switched off"):
            trace.read()


def test_kernel_that_refuses_a_setting(kernel: Kernel) -> None:
    """Nothing is left of an instance that could not be set up."""
    kernel.files = ("buffer_size_kb",)
    with (
        pytest.raises(UnseenError, match="no such file"),
        tracefs.instance(_host(kernel), refusals=False),
    ):
        pytest.fail("it cannot watch")

    assert not kernel.instance.exists()


@pytest.mark.parametrize(
    ("kind", "problem"),
    [
        pytest.param("sysfs", "no tracefs is mounted there", id="a folder of sysfs"),
        pytest.param("", "No such file|no tracefs", id="no mounts at all"),
    ],
)
def test_nothing_else_is_written_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, problem: str
) -> None:
    """A copy of /sys, or what somebody put there, is left as it is."""
    kernel = Kernel(tmp_path)
    play(kernel, monkeypatch.setattr, kind or "ext4")
    with (
        pytest.raises(UnseenError, match=problem),
        tracefs.instance(Host(str(tmp_path), live=False), refusals=False),
    ):
        pytest.fail("it is no tracefs")

    assert (kernel.made, list(kernel.above.iterdir())) == (0, [])


def test_not_mounted(tmp_path: Path) -> None:
    """Both places are named, each once."""
    with (
        pytest.raises(UnseenError) as told,
        tracefs.instance(Host(str(tmp_path), live=False), refusals=False),
    ):
        pytest.fail("there is none")

    text = f"{told.value.path}: {told.value.problem}"
    assert [text.count(f"{place}: ") for place in tracefs.PLACES] == [1, 1]


def test_folder_without_a_mount(tmp_path: Path) -> None:
    """The kernel makes the folder where it may be mounted."""
    (tmp_path / tracefs.PLACES[0].lstrip("/")).mkdir(parents=True)
    with (
        pytest.raises(UnseenError, match="no tracefs is mounted there"),
        tracefs.instance(Host(str(tmp_path), live=False), refusals=False),
    ):
        pytest.fail("there is none")


def test_locked_down(kernel: Kernel) -> None:
    """With lockdown=confidentiality tracefs is there and has no files."""
    kernel.above.rmdir()
    with (
        pytest.raises(UnseenError, match="locked down"),
        tracefs.instance(_host(kernel), refusals=False),
    ):
        pytest.fail("it is locked")


def test_read_only(kernel: Kernel, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is tried on a mount that cannot be written to."""
    status = os.fstatvfs(0)

    class _ReadOnly:
        f_flag = status.f_flag | os.ST_RDONLY

    monkeypatch.setattr(os, "fstatvfs", lambda _fd: _ReadOnly)
    with (
        pytest.raises(UnseenError, match="read-only"),
        tracefs.instance(_host(kernel), refusals=False),
    ):
        pytest.fail("it is read-only")


def test_kernel_that_does_not_tell_of_mounts(
    kernel: Kernel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a file system is has to be known before anything is written."""

    def refuse(_fd: int) -> str:
        raise ValueError("is larger than it may be")

    monkeypatch.setattr(mounts, "file_system_of", refuse)
    with (
        pytest.raises(UnseenError, match="larger"),
        tracefs.instance(_host(kernel), refusals=False),
    ):
        pytest.fail("it is not known")


def test_permission_denied(kernel: Kernel, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever may not make it says so."""

    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(os, "mkdir", refuse)
    with (
        pytest.raises(UnseenError, match="permission denied"),
        tracefs.instance(_host(kernel), refusals=False),
    ):
        pytest.fail("it may not")
