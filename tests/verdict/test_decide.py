"""From the two states and the intent to the one answer, without a node."""

import pytest

from agent.facts import ModuleFacts, NodeFacts
from agent.findings import (
    Cause,
    Compliance,
    Expectation,
    ModuleState,
    Reason,
    State,
)
from agent.loading.assessment import Assessment
from agent.loading.forecast import TriState
from agent.verdict.states import NodeStates
from agent.verdict.verdict import decide

READY, ON_DEMAND = State.READY, State.ON_DEMAND
UNAVAILABLE, UNKNOWN = State.UNAVAILABLE, State.UNKNOWN
TRUE, FALSE, OPEN = Compliance.TRUE, Compliance.FALSE, Compliance.UNKNOWN
YES, NO, PERHAPS = TriState.YES, TriState.NO, TriState.UNKNOWN
NOW = Cause(Reason.SOCKET_FAILED, "bind failed")
LATER = Cause(Reason.BLACKLISTED, "denied by a line")
EXPOSURE = Cause(Reason.INSTALL_COMMAND_OPAQUE, "a script")
_FINE, _PRESENT = Reason.AS_EXPECTED, Reason.LOADED_WHERE_FORBIDDEN
_LOADABLE = Reason.LOADABLE_WHERE_FORBIDDEN


def _states(
    state: State, boot_state: State, exposed: TriState = NO, later: TriState = NO
) -> NodeStates:
    return NodeStates(
        state,
        boot_state,
        causes=(NOW,),
        boot_causes=(LATER,),
        exposed=exposed,
        boot_exposed=later,
        exposure_causes=(EXPOSURE,),
    )


@pytest.mark.parametrize(
    ("state", "boot_state", "compliant", "reason", "message"),
    [
        (READY, READY, TRUE, _FINE, "SCTP works and will after the next reboot"),
        (
            READY,
            ON_DEMAND,
            TRUE,
            _FINE,
            "SCTP works; after a reboot the first socket will load it",
        ),
        (
            ON_DEMAND,
            READY,
            TRUE,
            _FINE,
            "the first socket will load SCTP; after a reboot it will be loaded at once",
        ),
        (
            ON_DEMAND,
            ON_DEMAND,
            TRUE,
            _FINE,
            "the first socket will load SCTP, now and after a reboot",
        ),
        (UNAVAILABLE, READY, FALSE, NOW.reason, NOW.message),
        (READY, UNAVAILABLE, FALSE, LATER.reason, f"after a reboot: {LATER.message}"),
        (UNAVAILABLE, UNKNOWN, FALSE, NOW.reason, NOW.message),
        (UNKNOWN, UNAVAILABLE, FALSE, LATER.reason, f"after a reboot: {LATER.message}"),
        (UNKNOWN, READY, OPEN, NOW.reason, NOW.message),
        (READY, UNKNOWN, OPEN, LATER.reason, f"after a reboot: {LATER.message}"),
        (UNKNOWN, UNKNOWN, OPEN, NOW.reason, NOW.message),
    ],
)
def test_where_it_is_required(
    state: State,
    boot_state: State,
    compliant: Compliance,
    reason: Reason,
    message: str,
) -> None:
    """Both states have to be usable; what is not is worse than what is not known."""
    states = _states(state, boot_state)
    verdict = decide(Assessment(), states, Expectation.REQUIRED)

    assert (verdict.state, verdict.boot_state) == (state, boot_state)
    assert verdict.compliant == compliant
    assert (verdict.reason, verdict.message) == (reason, message)
    assert bool(verdict.remedy) is (compliant is not TRUE)
    observed = decide(Assessment(), states, Expectation.OBSERVE)
    assert (observed.compliant, observed.reason) == (TRUE, reason)
    assert observed.remedy == ""


PRESENT = "SCTP is in the kernel, though it is forbidden here"


@pytest.mark.parametrize(
    ("states", "module", "compliant", "reason", "message"),
    [
        pytest.param(
            _states(UNAVAILABLE, UNAVAILABLE),
            ModuleState.LOADABLE,
            TRUE,
            _FINE,
            "no process can get SCTP, now or after a reboot",
            id="nowhere",
        ),
        pytest.param(
            _states(READY, READY),
            ModuleState.LOADED,
            FALSE,
            _PRESENT,
            PRESENT,
            id="loaded",
        ),
        pytest.param(
            _states(UNAVAILABLE, UNAVAILABLE, YES),
            ModuleState.BUILTIN,
            FALSE,
            _PRESENT,
            PRESENT,
            id="built in, though a socket failed",
        ),
        pytest.param(
            _states(READY, UNAVAILABLE),
            ModuleState.LOADABLE,
            FALSE,
            _PRESENT,
            PRESENT,
            id="a socket has just loaded it",
        ),
        pytest.param(
            _states(ON_DEMAND, UNAVAILABLE, YES),
            ModuleState.LOADABLE,
            FALSE,
            _LOADABLE,
            "a process can get SCTP now, though it is forbidden here",
            id="loadable now",
        ),
        pytest.param(
            _states(UNAVAILABLE, ON_DEMAND, NO, YES),
            ModuleState.LOADABLE,
            FALSE,
            _LOADABLE,
            "a process can get SCTP after a reboot, though it is forbidden here",
            id="loadable later",
        ),
        pytest.param(
            _states(UNAVAILABLE, READY),
            ModuleState.LOADABLE,
            FALSE,
            _LOADABLE,
            "a process can get SCTP after a reboot, though it is forbidden here",
            id="declared for a boot",
        ),
        pytest.param(
            _states(UNAVAILABLE, UNAVAILABLE, NO, YES),
            ModuleState.LOADABLE,
            FALSE,
            _LOADABLE,
            "a process can get SCTP after a reboot, though it is forbidden here",
            id="by another socket after a boot",
        ),
        pytest.param(
            _states(UNKNOWN, UNAVAILABLE, PERHAPS),
            ModuleState.LOADABLE,
            OPEN,
            NOW.reason,
            NOW.message,
            id="not known",
        ),
        pytest.param(
            _states(UNAVAILABLE, UNKNOWN),
            ModuleState.LOADABLE,
            OPEN,
            LATER.reason,
            f"after a reboot: {LATER.message}",
            id="not known after a boot",
        ),
        pytest.param(
            _states(UNAVAILABLE, UNAVAILABLE, PERHAPS),
            ModuleState.LOADABLE,
            OPEN,
            EXPOSURE.reason,
            EXPOSURE.message,
            id="another socket is not known",
        ),
        pytest.param(
            _states(UNAVAILABLE, UNAVAILABLE, NO, PERHAPS),
            ModuleState.LOADABLE,
            OPEN,
            EXPOSURE.reason,
            EXPOSURE.message,
            id="another socket after a boot is not known",
        ),
    ],
)
def test_where_it_is_forbidden(
    states: NodeStates,
    module: ModuleState,
    compliant: Compliance,
    reason: Reason,
    message: str,
) -> None:
    """Any socket that gets it is one too many, and what is not known may be one."""
    node = Assessment(NodeFacts(module=ModuleFacts(state=module)))
    verdict = decide(node, states, Expectation.FORBIDDEN)

    assert verdict.compliant == compliant
    assert (verdict.reason, verdict.message) == (reason, message)
    assert bool(verdict.remedy) is (compliant is not TRUE)
