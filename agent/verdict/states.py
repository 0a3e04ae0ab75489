"""From facts to the two states, now and after a reboot, with their causes."""

from dataclasses import dataclass

from agent.facts import NodeFacts
from agent.findings import Cause, ModuleState, Origin, Reason, SocketResult, State
from agent.kernel.obstacles import Obstacle
from agent.loading.assessment import Assessment
from agent.loading.causes import unreadable_cause
from agent.loading.confinement import socket_cause
from agent.loading.forecast import Forecast, TriState
from agent.loading.kernel_policy import stopping

_UNCERTAIN = frozenset(
    {
        Reason.INSTALL_COMMAND_OPAQUE,
        Reason.HELPER_OPAQUE,
        Reason.BOOT_LOAD_OPAQUE,
        Reason.SELINUX_DECIDES,
        Reason.VERSION_DECIDES,
        Reason.FACT_UNREADABLE,
        Reason.FACT_TIMEOUT,
        Reason.CHECK_CRASHED,
        Reason.NOT_PROBED,
        Reason.SOCKET_TIMEOUT,
    }
)
_NO_CAUSE = Cause(Reason.FACT_UNREADABLE, "the cause is not known")


@dataclass(frozen=True, slots=True)
class NodeStates:
    """The node's two states; *causes* say why a state is not usable.

    *exposed* and *boot_exposed*: whether a socket of any family and type gets
    SCTP, which is what matters where it is forbidden; *exposure_causes* say why
    that is not known.
    """

    state: State
    boot_state: State
    causes: tuple[Cause, ...]
    boot_causes: tuple[Cause, ...]
    exposed: TriState
    boot_exposed: TriState
    exposure_causes: tuple[Cause, ...]


def look(node: Assessment) -> NodeStates:
    """Apply the truth table: presence, then what a socket proved, then autoload."""
    facts, forecasts = node.facts, node.forecasts
    state, causes = unconfined, _ = _now(node)
    state, causes = _in_container(state, causes, socket_cause(facts, at_boot=False))
    boot_state, boot_causes = _boot(node)
    if not facts.next.hidden:
        at_boot = socket_cause(facts, at_boot=True)
        boot_state, boot_causes = _in_container(boot_state, boot_causes, at_boot)
    any_now = _doubt_if_loaded(facts, forecasts.any_autoload)
    now = _any_socket_now(node, any_now)
    later = _either(forecasts.boot_load, forecasts.boot_any_autoload)
    return NodeStates(
        state,
        boot_state,
        causes,
        boot_causes,
        exposed=_exposed(unconfined, now),
        boot_exposed=TriState.YES if _boots_with_it(node) else later,
        exposure_causes=_open_questions(
            any_now,
            forecasts.boot_load,
            forecasts.boot_any_autoload,
        ),
    )


def root_cause(causes: tuple[Cause, ...], state: State) -> Cause:
    """Return the cause to remove first; for an unknown state what makes it so."""
    if state == State.UNKNOWN:
        causes = tuple(c for c in causes if c.reason in _UNCERTAIN) or causes
    return min(causes, key=lambda cause: cause.reason.precedence, default=_NO_CAUSE)


def host_socket(
    facts: NodeFacts, family: str = "ipv4", style: str = "one-to-one"
) -> SocketResult | None:
    """Return the socket probe that speaks for the node: host's, else agent's."""
    by_netns = {
        result.netns: result
        for result in facts.sockets
        if (result.family, result.style) == (family, style)
        and result.success is not None
    }
    return by_netns.get("host") or by_netns.get("agent")


def _now(node: Assessment) -> tuple[State, tuple[Cause, ...]]:
    facts, autoload = node.facts, node.forecasts.autoload
    module = facts.module
    if not facts.kernel.live:
        if module.state == ModuleState.BUILTIN and not _stopped(node):
            return State.READY, ()
        return _from_forecast(autoload)
    if not _in_kernel(facts):
        proof = host_socket(facts)
        if proof and proof.success:
            return State.READY, ()  # --allow-autoload has just loaded it
        return _from_forecast(_doubt_if_loaded(facts, autoload))
    proof = host_socket(facts)
    if proof and proof.success:
        return State.READY, ()
    if proof is None:
        text = facts.sockets_skipped or "no socket could be tried"
        return State.UNKNOWN, (Cause(Reason.NOT_PROBED, text),)
    stopped = _stopped(node)
    return (State.UNAVAILABLE, (stopped,)) if stopped else _socket_state(proof)


def _in_kernel(facts: NodeFacts) -> bool:
    return facts.module.state in {ModuleState.LOADED, ModuleState.BUILTIN}


def _any_socket_now(node: Assessment, any_now: Forecast) -> TriState:
    if not _in_kernel(node.facts):
        return any_now.likelihood
    stop = _stopped(node)
    if stop is None:
        return TriState.YES
    certain = stop.reason == Reason.DENIED_BY_KERNEL_ARGUMENT
    return TriState.NO if certain else TriState.UNKNOWN


def _stopped(node: Assessment) -> Cause | None:
    """Return what has kept a built-in sctp from starting.

    The kernel was told to do so, and a socket shows that it did.
    """
    facts, proof = node.facts, host_socket(node.facts)
    if not facts.kernel.live:
        return node.forecasts.stopped
    if proof is None or proof.error != "EPROTONOSUPPORT":
        return None
    return stopping(facts.kernel, proven=True)


def _in_container(
    state: State, causes: tuple[Cause, ...], denial: Cause | None
) -> tuple[State, tuple[Cause, ...]]:
    """Return the state where SELinux's *denial* of SCTP sockets counts as well."""
    if denial is None:
        return state, causes
    others = causes if state == State.UNAVAILABLE else ()
    return State.UNAVAILABLE, (*others, denial)


def _doubt_if_loaded(facts: NodeFacts, forecast: Forecast) -> Forecast:
    """Return *forecast*; a load that fails says nothing if sctp may be loaded."""
    module = facts.module
    if module.state != ModuleState.UNKNOWN or forecast.likelihood != TriState.NO:
        return forecast
    causes = (*forecast.causes, unreadable_cause(module.gaps))
    return Forecast(TriState.UNKNOWN, causes)


def socket_failure(result: SocketResult, text: str) -> Cause:
    """Return the cause of a failed socket, *text*, with what stands in its way.

    Without loopback nothing was tried that says anything of SCTP.
    """
    origins: tuple[Origin, ...] = (
        Origin(f"{result.netns} network namespace", None, result.error),
    )
    reason = Reason.SOCKET_FAILED
    if result.error == "ETIMEDOUT":
        reason = Reason.SOCKET_TIMEOUT
    if result.obstacle:
        obstacle = Obstacle(result.obstacle)
        text, origins = f"{text}: {obstacle}", (Origin(obstacle.place), *origins)
        reason = Reason.NOT_PROBED if obstacle.is_of_loopback else reason
    return Cause(reason, text, origins)


def _socket_state(proof: SocketResult) -> tuple[State, tuple[Cause, ...]]:
    text = f"sctp is in the kernel but {proof.stage} failed with {proof.error}"
    cause = socket_failure(proof, text)
    proves = cause.reason == Reason.SOCKET_FAILED
    return State.UNAVAILABLE if proves else State.UNKNOWN, (cause,)


def _boots_with_it(node: Assessment) -> bool:
    facts = node.facts
    module = facts.next_module or facts.module
    is_read = not (facts.next.hidden or node.forecasts.stopped)
    return module.state == ModuleState.BUILTIN and is_read


def _boot(node: Assessment) -> tuple[State, tuple[Cause, ...]]:
    load, autoload = node.forecasts.boot_load, node.forecasts.boot_autoload
    if _boots_with_it(node) or load.likelihood == TriState.YES:
        return State.READY, ()
    if load.likelihood == TriState.UNKNOWN:
        doubts = {cause.reason for cause in load.causes} & _UNCERTAIN
        if doubts == {Reason.BOOT_LOAD_OPAQUE} and autoload.likelihood == TriState.YES:
            return State.ON_DEMAND, ()  # at the latest the first socket loads it
        return State.UNKNOWN, (*load.causes, *autoload.causes)
    state, causes = _from_forecast(autoload)
    declared = all(c.reason != Reason.NOT_DECLARED_AT_BOOT for c in load.causes)
    return state, (*load.causes, *causes) if declared else causes


def _from_forecast(forecast: Forecast) -> tuple[State, tuple[Cause, ...]]:
    match forecast.likelihood:
        case TriState.YES:
            return State.ON_DEMAND, ()
        case TriState.NO:
            return State.UNAVAILABLE, forecast.causes
        case _:
            return State.UNKNOWN, forecast.causes


def _either(*forecasts: Forecast) -> TriState:
    likelihoods = {forecast.likelihood for forecast in forecasts}
    if TriState.YES in likelihoods:
        return TriState.YES
    return TriState.UNKNOWN if TriState.UNKNOWN in likelihoods else TriState.NO


def _open_questions(*forecasts: Forecast) -> tuple[Cause, ...]:
    unknown = (f for f in forecasts if f.likelihood == TriState.UNKNOWN)
    return tuple(cause for forecast in unknown for cause in forecast.causes)


def _exposed(state: State, any_socket: TriState) -> TriState:
    if state.usable:
        return TriState.YES
    certain = state == State.UNAVAILABLE or any_socket == TriState.YES
    return any_socket if certain else TriState.UNKNOWN
