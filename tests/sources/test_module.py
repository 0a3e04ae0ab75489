"""The sctp module of a node, where the kernel's and the disk's files disagree."""

from typing import Any

import pytest

from agent.facts import KernelFacts, ModuleFacts
from agent.findings import ModuleState
from agent.hostfs.host import Host
from agent.kmod.tree import Health
from agent.sources import module
from agent.sources.cache import Memory
from tests.nodes import (
    BUILTIN,
    MODULES,
    OTHER_RELEASE,
    RELEASE,
    SCTP_KO,
    Files,
    MakeNode,
    Pipe,
    elf,
    loaded,
    module_tree,
)

INITSTATE = "/sys/module/sctp/initstate"


def _gather(node: MakeNode, files: Files, *, live: bool = True) -> ModuleFacts:
    host = Host(str(node(files).root), live=live)
    return module.gather(host, KernelFacts(release=RELEASE, live=live), Memory())


@pytest.mark.parametrize(
    ("files", "state", "initstate", "references"),
    [
        pytest.param({}, ModuleState.LOADABLE, "", None, id="on disk"),
        pytest.param(loaded(), ModuleState.LOADED, "live", 2, id="live"),
        pytest.param(loaded("Loading"), ModuleState.LOADED, "coming", 2, id="coming"),
        pytest.param(loaded("Unloading"), ModuleState.LOADED, "going", 2, id="going"),
        pytest.param(loaded("Odd"), ModuleState.LOADED, "unknown", 2, id="odd"),
        pytest.param(
            {"/proc/modules": Pipe(), INITSTATE: "live\n"},
            ModuleState.LOADED,
            "live",
            None,
            id="known by /sys only",
        ),
        pytest.param(
            {"/proc/modules": Pipe()}, ModuleState.UNKNOWN, "", None, id="not known"
        ),
        pytest.param(BUILTIN, ModuleState.BUILTIN, "", None, id="built in"),
        pytest.param(
            {"/proc/sys/net/sctp/": None},
            ModuleState.BUILTIN,
            "",
            None,
            id="runs and is no module",
        ),
        pytest.param({SCTP_KO: None}, ModuleState.MISSING, "", None, id="missing"),
    ],
)
def test_state(
    make_node: MakeNode,
    *,
    files: Files,
    state: ModuleState,
    initstate: str,
    references: int | None,
) -> None:
    """What the kernel says comes first, then what is on disk."""
    facts = _gather(make_node, files)

    assert (facts.state, facts.initstate) == (state, initstate)
    assert facts.references == references


def test_needs_and_other_kernels(make_node: MakeNode) -> None:
    """Each module that is needed with the state of its file; who else has sctp."""
    files = {
        **module_tree(OTHER_RELEASE),
        **module_tree("1.0-without", without=("sctp", "sctp_diag")),
        f"{MODULES}/kernel/udp_tunnel.ko": elf(signed=False),
        f"{MODULES}/kernel/libcrc32c.ko": None,
    }
    facts = _gather(make_node, files)

    assert facts.needs == (
        ("ip6_udp_tunnel", Health.GOOD),
        ("udp_tunnel", Health.UNSIGNED),
        ("libcrc32c", Health.MISSING),
    )
    assert facts.other_kernels == (OTHER_RELEASE,)
    assert (facts.path, facts.health) == (SCTP_KO, Health.GOOD)


def test_need_that_is_built_in(make_node: MakeNode) -> None:
    """An index may name a module that has since become part of the kernel."""
    builtin = f"{MODULES}/modules.builtin.bin"
    inside = {builtin: module_tree(builtin=("libcrc32c",))[builtin]}
    facts = _gather(make_node, {**inside, f"{MODULES}/kernel/libcrc32c.ko": None})

    assert dict(facts.needs)["libcrc32c"] == Health.GOOD


@pytest.mark.parametrize(
    ("content", "gaps"),
    [
        pytest.param(b"an index of another version", 0, id="other format"),
        pytest.param(Pipe(), 1, id="unreadable"),
        pytest.param(None, 0, id="absent"),
    ],
)
def test_index_that_does_not_answer(
    make_node: MakeNode, content: bytes | Pipe | None, gaps: int
) -> None:
    """An index of another format is none to kmod; an unreadable one is a gap."""
    facts = _gather(make_node, {f"{MODULES}/modules.dep.bin": content})

    assert facts.path == ""
    assert len(facts.gaps) == gaps
    assert facts.state == (ModuleState.UNKNOWN if gaps else ModuleState.MISSING)


@pytest.mark.parametrize(
    ("files", "kernel", "state", "gaps"),
    [
        pytest.param({}, {}, ModuleState.UNKNOWN, 1, id="nobody knows where they are"),
        pytest.param(
            {"/proc/sys/net/sctp/": None}, {}, ModuleState.BUILTIN, 0, id="it runs"
        ),
        pytest.param({}, {"config_sctp": "y"}, ModuleState.BUILTIN, 0, id="built in"),
        pytest.param(
            {}, {"modular": False}, ModuleState.MISSING, 0, id="no support for modules"
        ),
    ],
)
def test_no_folder_of_modules(
    make_node: MakeNode,
    files: Files,
    kernel: dict[str, Any],
    state: ModuleState,
    gaps: int,
) -> None:
    """Some systems keep their modules elsewhere, and some kernels have none."""
    node = make_node(files)
    node.path("/lib/modules").rename(node.path("/elsewhere"))
    host = Host(str(node.root), live=True)
    facts = module.gather(host, KernelFacts(release=RELEASE, **kernel), Memory())

    assert (facts.state, len(facts.gaps)) == (state, gaps)


def test_nixos(make_node: MakeNode) -> None:
    """Its modules lie in the system that was booted."""
    node = make_node()
    target = node.path("/run/booted-system/kernel-modules/lib/modules")
    target.parent.mkdir(parents=True)
    node.path("/lib/modules").rename(target)
    host = Host(str(node.root), live=True)
    facts = module.gather(host, KernelFacts(release=RELEASE), Memory())

    assert facts.state == ModuleState.LOADABLE
    assert facts.path.startswith("/run/booted-system/")
