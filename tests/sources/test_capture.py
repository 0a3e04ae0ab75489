"""What a copy of a node leaves out, and what it says of the kernel that ran."""

from pathlib import Path

import pytest

from agent.hostfs.host import Host
from agent.sources import capture
from agent.sources.capture import Layout
from tests.nodes import Files, Link, Node

SOS: Files = {"/sos_commands/kernel/": None, "/sos_commands/systemd/": None}
GATHER: Files = {"/proc_cmdline": "ro\n"}
DISK: Files = {"/etc/hostname": "n\n", "/usr/bin/true": ""}
OSRELEASE = "/proc/sys/kernel/osrelease"
UNAME = "/sos_commands/kernel/uname_-a"
SYSCTL = "/sos_commands/kernel/sysctl_-a"


def _host(root: Path, files: Files, *, live: bool = False) -> Host:
    Node(root).change(files)
    return Host(str(root), live=live)


@pytest.mark.parametrize(
    ("files", "live", "expected"),
    [
        pytest.param(SOS, False, Layout.SOSREPORT, id="sosreport"),
        pytest.param(GATHER, False, Layout.MUST_GATHER, id="must-gather"),
        pytest.param(DISK, False, Layout.NODE, id="disk"),
        pytest.param(SOS, True, Layout.NODE, id="a node with such a folder"),
    ],
)
def test_layout(tmp_path: Path, files: Files, *, live: bool, expected: Layout) -> None:
    """By what only such a copy has; a live node is none."""
    assert capture.layout(_host(tmp_path, files, live=live)) == expected


@pytest.mark.parametrize(
    ("files", "path", "problem"),
    [
        pytest.param(SOS, "/etc/modprobe.d", "", id="sos would have taken it"),
        pytest.param(
            {"/sos_commands/systemd/": None},
            "/etc/modprobe.d",
            "the sosreport was made without its plugin kernel",
            id="sos without the plugin",
        ),
        pytest.param(
            SOS,
            "/usr/lib/modules-load.d",
            "a sosreport does not hold it",
            id="sos never takes it",
        ),
        pytest.param(
            {**SOS, "/usr/lib/modules-load.d/x.conf": ""},
            "/usr/lib/modules-load.d",
            "",
            id="sos was told to take it",
        ),
        pytest.param(SOS, "/run/modprobe.d", "", id="gone after a boot"),
        pytest.param(
            GATHER, "/etc/modprobe.d", "a must-gather does not hold it", id="gather"
        ),
        pytest.param(DISK, "/etc/modprobe.d", "", id="a disk has none"),
        pytest.param(DISK, "/lib/modprobe.d", "", id="a disk has no such folder"),
        pytest.param(
            {"/usr/lib/x": ""},
            "/etc/modprobe.d",
            "ROOT/etc is missing: not a node's root",
            id="the disk of /usr",
        ),
        pytest.param(
            {"/etc/x": "", "/usr/": None},
            "/lib/modprobe.d",
            "ROOT/usr is missing: not a node's root",
            id="without the disk of /usr",
        ),
        pytest.param(
            {"/ostree/deploy/rhcos/deploy/": None},
            "/etc/modprobe.d",
            "ROOT/etc is missing: not a node's root but that of its disk, give "
            "ROOT/ostree/deploy/NAME/deploy/ID",
            id="the disk of ostree",
        ),
    ],
)
def test_uncollected(tmp_path: Path, files: Files, path: str, problem: str) -> None:
    """Absence is a fact of the node only where the copy would have it."""
    assert capture.uncollected(_host(tmp_path, files), path) == problem


def test_live_absence_is_a_fact(tmp_path: Path) -> None:
    """On a node itself nothing is left out."""
    host = _host(tmp_path, {"/usr/bin/true": ""}, live=True)

    assert capture.uncollected(host, "/etc/modprobe.d") == ""
    assert capture.holds_programs(host)
    assert not capture.holds_programs(Host(str(tmp_path / "usr/bin"), live=True))


@pytest.mark.parametrize(
    ("files", "holds"),
    [
        pytest.param(DISK, True, id="disk"),
        pytest.param({"/etc/x": ""}, False, id="configuration only"),
        pytest.param({**SOS, "/usr/bin/x": ""}, False, id="sosreport with a script"),
        pytest.param({"/bin": Link("usr/bin"), "/usr/bin/x": ""}, True, id="merged"),
    ],
)
def test_programs(tmp_path: Path, files: Files, *, holds: bool) -> None:
    """A program that is missing is missing on the node only where there are any."""
    assert capture.holds_programs(_host(tmp_path, files)) == holds


@pytest.mark.parametrize(
    ("files", "release"),
    [
        pytest.param(
            {OSRELEASE: "6.1.0\n", UNAME: "Linux n 5.0 x\n"}, "6.1.0", id="proc"
        ),
        pytest.param({UNAME: "Linux n 5.0 x\n"}, "5.0", id="uname"),
        pytest.param({SYSCTL: "kernel.osrelease = 4.18\n"}, "4.18", id="sysctl"),
        pytest.param(
            {**GATHER, "/dmesg": "[0.0] Linux version 5.14 (x)\n"}, "5.14", id="dmesg"
        ),
        pytest.param({"/dmesg": "[0.0] Linux version 5.14 (x)\n"}, "", id="no archive"),
    ],
)
def test_release(tmp_path: Path, files: Files, release: str) -> None:
    """The kernel's own file first, then what commands printed."""
    assert capture.release(_host(tmp_path, files)) == release


def test_live_release_is_not_captured(tmp_path: Path) -> None:
    """A running kernel tells its name itself."""
    assert capture.release(_host(tmp_path, {OSRELEASE: "6.1.0\n"}, live=True)) == ""


@pytest.mark.parametrize(
    ("files", "version"),
    [
        pytest.param({"/installed-rpms": "kmod-28-9.x\n"}, 28, id="rpm"),
        pytest.param({"/installed-debs": "ii  kmod  30-1  amd64\n"}, 30, id="dpkg"),
        pytest.param({}, None, id="no list"),
    ],
)
def test_package(tmp_path: Path, files: Files, version: int | None) -> None:
    """By the list of either package manager."""
    assert capture.package_version(_host(tmp_path, files), "kmod") == version
