"""From the outlook and the expectation to the node's one verdict. Pure."""

from dataclasses import replace

from agent.facts import NodeFacts
from agent.findings import (
    Cause,
    Compliance,
    Expectation,
    ModuleState,
    Reason,
    State,
    Verdict,
)
from agent.loading.assessment import Assessment
from agent.loading.forecast import TriState
from agent.verdict.remedies import remedy_for
from agent.verdict.states import NodeStates, root_cause

_PLAIN = {
    (State.READY, State.READY): "SCTP works and will after the next reboot",
    (State.READY, State.ON_DEMAND): "SCTP works; after a reboot the first socket "
    "will load it",
    (State.ON_DEMAND, State.READY): "the first socket will load SCTP; after a reboot "
    "it will be loaded at once",
    (State.ON_DEMAND, State.ON_DEMAND): "the first socket will load SCTP, now and "
    "after a reboot",
}


def decide(node: Assessment, outlook: NodeStates, expectation: Expectation) -> Verdict:
    """Return the verdict: two states, compliance and the cause to remove first."""
    compliant = _COMPLIANCE[expectation](outlook)
    cause = _cause(node.facts, outlook, expectation, compliant)
    return Verdict(
        state=outlook.state,
        boot_state=outlook.boot_state,
        compliant=compliant,
        reason=cause.reason,
        message=cause.message,
        remedy=remedy_for(cause, node) if compliant != Compliance.TRUE else "",
    )


def _required(outlook: NodeStates) -> Compliance:
    states = {outlook.state, outlook.boot_state}
    if State.UNAVAILABLE in states:
        return Compliance.FALSE
    return Compliance.UNKNOWN if State.UNKNOWN in states else Compliance.TRUE


def _forbidden(outlook: NodeStates) -> Compliance:
    exposed = {outlook.exposed, outlook.boot_exposed}
    if outlook.state.usable or outlook.boot_state.usable or TriState.YES in exposed:
        return Compliance.FALSE
    unknown = State.UNKNOWN in {outlook.state, outlook.boot_state}
    if unknown or TriState.UNKNOWN in exposed:
        return Compliance.UNKNOWN
    return Compliance.TRUE


def _observe(_: NodeStates) -> Compliance:
    return Compliance.TRUE


_COMPLIANCE = {
    Expectation.REQUIRED: _required,
    Expectation.FORBIDDEN: _forbidden,
    Expectation.OBSERVE: _observe,
}


def _cause(
    facts: NodeFacts,
    outlook: NodeStates,
    expectation: Expectation,
    compliant: Compliance,
) -> Cause:
    if expectation == Expectation.FORBIDDEN:
        return _cause_where_forbidden(facts, outlook, compliant)
    cause = _of_state(outlook, State.UNAVAILABLE) or _of_state(outlook, State.UNKNOWN)
    text = _PLAIN.get((outlook.state, outlook.boot_state), "")
    return cause or Cause(Reason.AS_EXPECTED, text)


def _cause_where_forbidden(
    facts: NodeFacts, outlook: NodeStates, compliant: Compliance
) -> Cause:
    if compliant == Compliance.FALSE:
        return _exposure(outlook, facts)
    if compliant == Compliance.TRUE:
        text = "no process can get SCTP, now or after a reboot"
        return Cause(Reason.AS_EXPECTED, text)
    cause = _of_state(outlook, State.UNKNOWN)
    return cause or root_cause(outlook.exposure_causes, State.UNKNOWN)


def _of_state(outlook: NodeStates, state: State) -> Cause | None:
    """Return the root cause of a *state* the node is in, now or after a reboot."""
    if outlook.state == state:
        return root_cause(outlook.causes, state)
    if outlook.boot_state == state:
        cause = root_cause(outlook.boot_causes, state)
        return replace(cause, message=f"after a reboot: {cause.message}")
    return None


def _exposure(outlook: NodeStates, facts: NodeFacts) -> Cause:
    in_kernel = facts.module.state in {ModuleState.BUILTIN, ModuleState.LOADED}
    if in_kernel or outlook.state == State.READY:
        text = "SCTP is in the kernel, though it is forbidden here"
        return Cause(Reason.LOADED_WHERE_FORBIDDEN, text)
    when = "now" if outlook.exposed == TriState.YES else "after a reboot"
    text = f"a process can get SCTP {when}, though it is forbidden here"
    return Cause(Reason.LOADABLE_WHERE_FORBIDDEN, text)
