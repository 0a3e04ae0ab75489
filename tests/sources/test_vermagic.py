"""What a module was built for, as the kernel compares it."""

import lzma

import pytest

from agent.findings import Reason, State
from agent.hostfs.host import Host
from agent.sources.cache import Memory
from agent.sources.module_file import inspect
from tests.nodes import MODULES, RELEASE, SCTP_KO, Files, MakeNode, elf

OPTIONS = "SMP preempt mod_unload "
UDP_TUNNEL = f"{MODULES}/kernel/udp_tunnel.ko"


def _built(magic: str, *, before: bytes = b"\0license=GPL") -> bytes:
    """Return a module whose .modinfo has this vermagic."""
    return elf(signed=False) + before + b"\0vermagic=" + magic.encode() + b"\0x=y\0"


@pytest.mark.parametrize(
    ("files", "state", "reason"),
    [
        pytest.param(
            {SCTP_KO: _built(f"{RELEASE} {OPTIONS}")},
            State.ON_DEMAND,
            Reason.AS_EXPECTED,
            id="this kernel",
        ),
        pytest.param(
            {SCTP_KO: _built(f"5.10.0 {OPTIONS}")},
            State.UNAVAILABLE,
            Reason.MODULE_OF_OTHER_BUILD,
            id="another version",
        ),
        pytest.param(
            {SCTP_KO: _built(f"5.10.0 {OPTIONS}modversions ")},
            State.ON_DEMAND,
            Reason.AS_EXPECTED,
            id="another version with modversions",
        ),
        pytest.param(
            {
                SCTP_KO: _built(f"{RELEASE} {OPTIONS}"),
                UDP_TUNNEL: _built(f"{RELEASE} SMP preempt_rt mod_unload "),
            },
            State.UNAVAILABLE,
            Reason.DEPENDENCY_OVERRIDDEN,
            id="another preemption model than what it needs",
        ),
    ],
)
def test_state(make_node: MakeNode, files: Files, state: State, reason: Reason) -> None:
    """A module of another build is refused, whatever its file looks like."""
    verdict = make_node(files).report().verdict

    assert verdict.state == state
    assert verdict.reason in {reason, Reason.MODULE_OF_OTHER_BUILD}


@pytest.mark.parametrize(
    ("name", "data", "magic"),
    [
        pytest.param("a.ko", _built("6.1 SMP"), "6.1 SMP", id="plain"),
        pytest.param(
            "a.ko.xz", lzma.compress(_built("6.1 SMP")), "6.1 SMP", id="packed"
        ),
        pytest.param(
            "a.ko",
            _built("6.1 SMP", before=bytes((1 << 16) - 140)),
            "6.1 SMP",
            id="across two parts of the reading",
        ),
        pytest.param("a.ko", elf(), "", id="none"),
        pytest.param("a.ko", elf() + b"\0vermagic=6.1", "", id="cut"),
    ],
)
def test_found(make_node: MakeNode, name: str, data: bytes, magic: str) -> None:
    """It is read on the way through the file, packed or not, and remembered."""
    node = make_node({f"/lib/{name}": data})
    memory = Memory()
    inspect(Host(str(node.root), live=False), f"/lib/{name}", memory)

    assert memory.magic[f"/lib/{name}"] == magic
