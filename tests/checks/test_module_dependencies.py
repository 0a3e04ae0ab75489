"""The modules that sctp needs, by the index and on disk."""

import pytest

from agent.checks.context import CheckContext
from agent.checks.module_dependencies import evaluate
from agent.facts import KernelFacts, ModuleFacts, NodeFacts
from agent.findings import Expectation, ModuleState, Origin, Reason, Status
from agent.loading.assessment import Assessment
from agent.verdict.states import look
from tests.nodes import BUILTIN, MODULES, SCTP_KO, Files, MakeNode, Pipe, module_tree

UDP_KO = f"{MODULES}/kernel/udp_tunnel.ko"
DEP = f"{MODULES}/modules.dep.bin"
ALONE = module_tree(builtin=("ip6_udp_tunnel", "udp_tunnel", "libcrc32c"))
REQUIRED, FORBIDDEN = Expectation.REQUIRED, Expectation.FORBIDDEN
OBSERVE = Expectation.OBSERVE


@pytest.mark.parametrize(
    ("files", "expectation", "status", "reason", "evidence"),
    [
        pytest.param(
            {},
            REQUIRED,
            Status.PASS,
            Reason.AS_EXPECTED,
            (),
            id="all there",
        ),
        pytest.param(
            ALONE,
            REQUIRED,
            Status.PASS,
            Reason.AS_EXPECTED,
            (),
            id="none needed",
        ),
        pytest.param(
            {UDP_KO: None},
            REQUIRED,
            Status.FAIL,
            Reason.DEPENDENCY_MISSING,
            (Origin(UDP_KO),),
            id="missing",
        ),
        pytest.param(
            {UDP_KO: b"\x7fELF"},
            REQUIRED,
            Status.FAIL,
            Reason.DEPENDENCY_DAMAGED,
            (Origin(UDP_KO),),
            id="damaged",
        ),
        pytest.param(
            {UDP_KO: None},
            FORBIDDEN,
            Status.PASS,
            Reason.DEPENDENCY_MISSING,
            (Origin(UDP_KO),),
            id="missing where it is forbidden",
        ),
        pytest.param(
            {UDP_KO: None},
            OBSERVE,
            Status.WARN,
            Reason.DEPENDENCY_MISSING,
            (Origin(UDP_KO),),
            id="missing and observed",
        ),
        pytest.param(
            {UDP_KO: Pipe()},
            REQUIRED,
            Status.UNKNOWN,
            Reason.FACT_UNREADABLE,
            (),
            id="unreadable",
        ),
        pytest.param(
            {DEP: Pipe()},
            REQUIRED,
            Status.UNKNOWN,
            Reason.FACT_UNREADABLE,
            (Origin(DEP),),
            id="index unreadable",
        ),
        pytest.param(
            {SCTP_KO: None, **module_tree(without=("sctp", "sctp_diag"))},
            REQUIRED,
            Status.SKIP,
            Reason.NOT_APPLICABLE,
            (),
            id="no sctp",
        ),
        pytest.param(
            BUILTIN,
            REQUIRED,
            Status.SKIP,
            Reason.NOT_APPLICABLE,
            (),
            id="built in",
        ),
    ],
)
def test_finding(
    make_node: MakeNode,
    *,
    files: Files,
    expectation: Expectation,
    status: Status,
    reason: Reason,
    evidence: tuple[Origin, ...],
) -> None:
    """Status, reason and evidence."""
    finding = make_node(files).finding("module_dependencies", expectation)

    assert (finding.status, finding.reason) == (status, reason)
    assert finding.evidence == evidence


@pytest.mark.parametrize(
    ("files", "message"),
    [
        pytest.param(
            {}, "sctp needs ip6_udp_tunnel, udp_tunnel, libcrc32c: present", id="files"
        ),
        pytest.param(ALONE, "sctp needs no other module: present", id="none needed"),
    ],
)
def test_message(make_node: MakeNode, files: Files, message: str) -> None:
    """What sctp needs is named."""
    assert make_node(files).finding("module_dependencies").message == message


def test_message_for_lists() -> None:
    """Of an archive with the lists alone no module was seen."""
    module = ModuleFacts(ModuleState.LOADABLE, path=SCTP_KO, lists_only=True)
    node = Assessment(NodeFacts(KernelFacts(live=False), module=module))
    finding = evaluate(CheckContext(node, REQUIRED, look(node)))

    assert finding.message == "sctp needs no other module: listed"
