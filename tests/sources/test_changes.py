"""What of the configuration was written last, by the times of the files."""

import os

import pytest

from agent.facts import BootFacts, DropIn, ModprobeFacts, ModuleFacts, NodeFacts
from agent.gaps import Change
from agent.hostfs.host import Host
from agent.hostfs.values import Presence
from agent.sources import changes
from tests.nodes import Link, MakeNode

OURS, VENDOR = "/etc/modprobe.d/CIS.conf", "/usr/lib/modprobe.d/vendor.conf"
LOAD, MASKED = "/etc/modules-load.d/sctp.conf", "/etc/modprobe.d/masked.conf"
MODULE = "/lib/modules/6.1.0/kernel/net/sctp/sctp.ko"


def _facts(*modprobe: str, load: str = "", module: str = "") -> NodeFacts:
    present = Presence.PRESENT
    return NodeFacts(
        modprobe=ModprobeFacts(drop_ins=tuple(DropIn(p, present) for p in modprobe)),
        boot=BootFacts(drop_ins=(DropIn(load, present),) if load else ()),
        module=ModuleFacts(path=module),
    )


@pytest.fixture
def host(make_node: MakeNode) -> Host:
    """Return a node with files that were written one after the other."""
    node = make_node(
        {OURS: "blacklist sctp\n", VENDOR: "#\n", LOAD: "sctp\n", MODULE: "x"}
    )
    node.change({MASKED: Link("/dev/null")})
    return Host(str(node.root), live=True)


@pytest.mark.parametrize(
    ("facts", "latest"),
    [
        pytest.param(_facts(OURS, VENDOR), OURS, id="a file that was written"),
        pytest.param(_facts(VENDOR, load=LOAD), LOAD, id="a file of systemd's"),
        pytest.param(_facts(OURS, module=MODULE), MODULE, id="the module"),
        pytest.param(
            _facts(VENDOR, "/usr/lib/modprobe.d/gone.conf"), VENDOR, id="one is gone"
        ),
    ],
)
def test_latest(
    host: Host, facts: NodeFacts, latest: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The youngest of all files and folders is named with its time."""
    real = os.fstat

    def fstat(fd: int) -> os.stat_result:
        status = list(real(fd))
        path = os.readlink(f"/proc/self/fd/{fd}")
        status[9] = 2_000_000 if path.endswith(latest) else 1_000_000
        return os.stat_result(status)

    monkeypatch.setattr(os, "fstat", fstat)

    assert changes.gather(host, facts) == Change(latest, 2_000_000)


@pytest.mark.parametrize("time", [-1.0, 253_402_300_800.0])
def test_a_time_that_no_calendar_has(
    host: Host, time: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A damaged file system may say anything; that is not shown."""
    monkeypatch.setattr(
        Host, "change_time", lambda _, path: time if path == OURS else 5.0
    )

    assert changes.gather(host, _facts(OURS)) == Change(os.path.dirname(OURS), 5.0)


def test_a_folder_from_which_a_file_went(host: Host) -> None:
    """Where a file is gone its folder has changed."""
    folder = os.path.dirname(OURS)
    before = changes.gather(host, _facts(OURS))
    os.utime(host.root + folder)
    os.unlink(host.root + OURS)
    after = changes.gather(host, _facts(OURS))

    assert before is not None
    assert after is not None
    assert after.path == folder
    assert after.time >= before.time


def test_what_leads_to_a_device_has_no_time(host: Host) -> None:
    """A mask's own file is the null device, which nobody writes."""
    assert host.change_time(MASKED) is None
    assert host.change_time("/nowhere") is None


@pytest.mark.parametrize(
    ("live", "facts"),
    [
        pytest.param(False, _facts(OURS), id="an archive"),
        pytest.param(True, _facts(), id="nothing was read"),
    ],
)
def test_unknown(host: Host, live: bool, facts: NodeFacts) -> None:  # noqa: FBT001
    """Times of unpacking say nothing, and nothing read has none."""
    assert changes.gather(Host(host.root, live=live), facts) is None
