"""From the outlook and the expectation to the node's one verdict. Pure."""

from agent.facts import Likelihood, NodeFacts
from agent.findings import Cause, Compliance, Expectation, Reason, State, Verdict
from agent.outlook import Outlook, root_cause
from agent.remedies import remedy_for

_PLAIN = {
    (State.READY, State.READY): "SCTP works and will after the next reboot",
    (State.READY, State.ON_DEMAND): "SCTP works; after a reboot the first socket "
    "will load it",
    (State.ON_DEMAND, State.READY): "the first socket will load SCTP; after a reboot "
    "it will be loaded at once",
    (State.ON_DEMAND, State.ON_DEMAND): "the first socket will load SCTP, now and "
    "after a reboot",
    (State.UNAVAILABLE, State.UNAVAILABLE): "SCTP is not available, now or after "
    "a reboot",
}


def decide(facts: NodeFacts, outlook: Outlook, expectation: Expectation) -> Verdict:
    """Return the verdict: two states, compliance and the cause to remove first."""
    compliant = _COMPLIANCE[expectation](outlook)
    cause = _cause(outlook, expectation, compliant)
    return Verdict(
        state=outlook.state,
        boot_state=outlook.boot_state,
        compliant=compliant,
        reason=cause.reason,
        message=cause.message,
        remedy=remedy_for(cause, facts) if compliant != Compliance.TRUE else "",
    )


def _required(outlook: Outlook) -> Compliance:
    states = {outlook.state, outlook.boot_state}
    if State.UNAVAILABLE in states:
        return Compliance.FALSE
    return Compliance.UNKNOWN if State.UNKNOWN in states else Compliance.TRUE


def _forbidden(outlook: Outlook) -> Compliance:
    exposed = {outlook.exposed, outlook.boot_exposed}
    if outlook.state.usable or outlook.boot_state.usable or Likelihood.YES in exposed:
        return Compliance.FALSE
    unknown = State.UNKNOWN in {outlook.state, outlook.boot_state}
    if unknown or Likelihood.UNKNOWN in exposed:
        return Compliance.UNKNOWN
    return Compliance.TRUE


def _observe(_: Outlook) -> Compliance:
    return Compliance.TRUE


_COMPLIANCE = {
    Expectation.REQUIRED: _required,
    Expectation.FORBIDDEN: _forbidden,
    Expectation.OBSERVE: _observe,
}


def _cause(outlook: Outlook, expectation: Expectation, compliant: Compliance) -> Cause:
    if expectation == Expectation.FORBIDDEN and compliant == Compliance.FALSE:
        return _exposure(outlook)
    if expectation == Expectation.FORBIDDEN and compliant == Compliance.TRUE:
        return Cause(Reason.AS_EXPECTED, "no process can get SCTP, now or after a reboot")
    decisive: tuple[State, ...] = (State.UNAVAILABLE, State.UNKNOWN)
    if expectation == Expectation.FORBIDDEN:
        decisive = (State.UNKNOWN,)
    for state in decisive:
        for actual, causes, when in (
            (outlook.state, outlook.causes, ""),
            (outlook.boot_state, outlook.boot_causes, "after a reboot: "),
        ):
            found = root_cause(causes, state) if actual == state else None
            if found:
                return Cause(found.reason, f"{when}{found.message}", found.evidence)
    states = (outlook.state, outlook.boot_state)
    fallback = f"now {states[0].value}, after a reboot {states[1].value}"
    if State.UNKNOWN in states:
        return Cause(Reason.FACT_UNREADABLE, fallback)
    if expectation == Expectation.FORBIDDEN:
        text = "whether a socket of another family or type gets SCTP is not known"
        return Cause(Reason.FACT_UNREADABLE, text)
    return Cause(Reason.AS_EXPECTED, _PLAIN.get(states, fallback))


def _exposure(outlook: Outlook) -> Cause:
    if outlook.state == State.READY:
        text = "SCTP is loaded and works, though it is forbidden here"
        return Cause(Reason.LOADED_WHERE_FORBIDDEN, text)
    when = "now" if outlook.exposed == Likelihood.YES else "after a reboot"
    text = f"a process can get SCTP {when}, though it is forbidden here"
    return Cause(Reason.LOADABLE_WHERE_FORBIDDEN, text)
