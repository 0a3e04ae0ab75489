"""Where SCTP is forbidden no process may get it, in no family, type or boot."""

import pytest

from agent.checks.context import CheckContext
from agent.checks.forbidden_exposure import evaluate
from agent.facts import ModuleFacts, NodeFacts
from agent.findings import (
    Cause,
    Expectation,
    ModuleState,
    Origin,
    Reason,
    State,
    Status,
)
from agent.loading.assessment import Assessment
from agent.loading.forecast import TriState
from agent.verdict.states import NodeStates
from tests.nodes import BOOT, BUILTIN, ETC, HELPER, Files, MakeNode, Pipe, loaded

CONF = f"{ETC}/x.conf"
DENIED = {CONF: "blacklist sctp\n"}
REQUIRED, FORBIDDEN = Expectation.REQUIRED, Expectation.FORBIDDEN
OBSERVE = Expectation.OBSERVE


@pytest.mark.parametrize(
    ("files", "expectation", "status", "reason", "evidence"),
    [
        pytest.param(
            {},
            REQUIRED,
            Status.SKIP,
            Reason.NOT_APPLICABLE,
            (),
            id="required",
        ),
        pytest.param(
            {},
            OBSERVE,
            Status.SKIP,
            Reason.NOT_APPLICABLE,
            (),
            id="observed",
        ),
        pytest.param(
            {**loaded(), **DENIED},
            FORBIDDEN,
            Status.FAIL,
            Reason.LOADED_WHERE_FORBIDDEN,
            (),
            id="loaded",
        ),
        pytest.param(
            BUILTIN,
            FORBIDDEN,
            Status.FAIL,
            Reason.LOADED_WHERE_FORBIDDEN,
            (),
            id="built in",
        ),
        pytest.param(
            {},
            FORBIDDEN,
            Status.FAIL,
            Reason.LOADABLE_WHERE_FORBIDDEN,
            (),
            id="loadable",
        ),
        pytest.param(
            {CONF: "alias net-pf-2-proto-132 off\n"},
            FORBIDDEN,
            Status.FAIL,
            Reason.LOADABLE_WHERE_FORBIDDEN,
            (),
            id="loadable over IPv6 only",
        ),
        pytest.param(
            {**DENIED, BOOT: "sctp_diag\n"},
            FORBIDDEN,
            Status.FAIL,
            Reason.LOADABLE_WHERE_FORBIDDEN,
            (),
            id="loaded at boot by what needs it",
        ),
        pytest.param(
            {HELPER: "\n", "/etc/sysctl.d/a.conf": "kernel.modprobe=/sbin/modprobe\n"},
            FORBIDDEN,
            Status.FAIL,
            Reason.LOADABLE_WHERE_FORBIDDEN,
            (),
            id="loadable after the reboot",
        ),
        pytest.param(
            DENIED,
            FORBIDDEN,
            Status.PASS,
            Reason.AS_EXPECTED,
            (),
            id="denied",
        ),
        pytest.param(
            {**DENIED, f"{ETC}/a.conf": Pipe()},
            FORBIDDEN,
            Status.UNKNOWN,
            Reason.FACT_UNREADABLE,
            (Origin(f"{ETC}/a.conf"),),
            id="denied, but by something unreadable too",
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
    finding = make_node(files).finding("forbidden_exposure", expectation)

    assert (finding.status, finding.reason) == (status, reason)
    assert finding.evidence == evidence


def _states(
    now: State = State.UNAVAILABLE,
    boot: State = State.UNAVAILABLE,
    *,
    exposed: TriState = TriState.NO,
    boot_exposed: TriState = TriState.NO,
) -> NodeStates:
    opaque = Cause(Reason.INSTALL_COMMAND_OPAQUE, "a script")
    return NodeStates(now, boot, (), (), exposed, boot_exposed, (opaque,))


@pytest.mark.parametrize(
    ("states", "module", "reason", "words"),
    [
        pytest.param(_states(), "loadable", Reason.AS_EXPECTED, "no process", id="no"),
        pytest.param(
            _states(State.READY),
            "loadable",
            Reason.LOADED_WHERE_FORBIDDEN,
            "in the kernel",
            id="a socket has just loaded it",
        ),
        pytest.param(
            _states(),
            "loaded",
            Reason.LOADED_WHERE_FORBIDDEN,
            "in the kernel",
            id="loaded, though a socket failed",
        ),
        pytest.param(
            _states(State.ON_DEMAND),
            "loadable",
            Reason.LOADABLE_WHERE_FORBIDDEN,
            "would load",
            id="this socket",
        ),
        pytest.param(
            _states(exposed=TriState.YES),
            "loadable",
            Reason.LOADABLE_WHERE_FORBIDDEN,
            "would load",
            id="another socket",
        ),
        pytest.param(
            _states(boot=State.READY),
            "loadable",
            Reason.LOADABLE_WHERE_FORBIDDEN,
            "after a reboot",
            id="after a boot",
        ),
        pytest.param(
            _states(boot_exposed=TriState.YES),
            "loadable",
            Reason.LOADABLE_WHERE_FORBIDDEN,
            "after a reboot",
            id="another socket after a boot",
        ),
        pytest.param(
            _states(exposed=TriState.UNKNOWN),
            "loadable",
            Reason.INSTALL_COMMAND_OPAQUE,
            "a script",
            id="perhaps",
        ),
        pytest.param(
            _states(boot_exposed=TriState.UNKNOWN),
            "loadable",
            Reason.INSTALL_COMMAND_OPAQUE,
            "a script",
            id="perhaps after a boot",
        ),
    ],
)
def test_by_states(states: NodeStates, module: str, reason: Reason, words: str) -> None:
    """Each way to a socket is one too many, now before after a reboot."""
    facts = NodeFacts(module=ModuleFacts(state=ModuleState(module)))
    context = CheckContext(Assessment(facts), Expectation.FORBIDDEN, states)
    finding = evaluate(context)

    assert finding.reason == reason
    assert words in finding.message
