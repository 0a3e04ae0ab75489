"""From facts to the two states, now and after a reboot, with their causes."""

from dataclasses import dataclass

from agent.facts import NodeFacts
from agent.findings import Cause, ModuleState, Origin, Reason, SocketResult, State
from agent.forecasts import Forecast, Likelihood
from agent.obstacles import unreadable_cause

_UNCERTAIN = frozenset(
    {
        Reason.INSTALL_COMMAND_OPAQUE,
        Reason.HELPER_OPAQUE,
        Reason.SELINUX_DECIDES,
        Reason.VERSION_DECIDES,
        Reason.FACT_UNREADABLE,
        Reason.FACT_TIMEOUT,
        Reason.NOT_PROBED,
        Reason.SOCKET_TIMEOUT,
    }
)
_NO_CAUSE = Cause(Reason.FACT_UNREADABLE, "the cause is not known")


@dataclass(frozen=True, slots=True)
class Outlook:
    """The node's two states; *causes* say why a state is not usable.

    *exposed* and *boot_exposed*: whether a socket of any family and type gets
    SCTP, which is what matters where it is forbidden; *exposure_causes* say why
    that is not known.
    """

    state: State
    boot_state: State
    causes: tuple[Cause, ...]
    boot_causes: tuple[Cause, ...]
    exposed: Likelihood
    boot_exposed: Likelihood
    exposure_causes: tuple[Cause, ...]


def look(facts: NodeFacts) -> Outlook:
    """Apply the truth table: presence, then what a socket proved, then autoload."""
    state, causes = _now(facts)
    boot_state, boot_causes = _boot(facts)
    prediction = facts.prediction
    any_now = _unless_loaded(facts, prediction.any_autoload)
    builtin = facts.module.state == ModuleState.BUILTIN
    loaded = builtin or facts.module.state == ModuleState.LOADED
    now = Likelihood.YES if loaded else any_now.likelihood
    later = _either(prediction.boot_load, prediction.boot_any_autoload)
    return Outlook(
        state,
        boot_state,
        causes,
        boot_causes,
        exposed=_exposed(state, now),
        boot_exposed=Likelihood.YES if _boots_with_it(facts) else later,
        exposure_causes=_open_questions(
            any_now,
            prediction.boot_load,
            prediction.boot_any_autoload,
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
    found = {
        result.netns: result
        for result in facts.sockets
        if (result.family, result.style) == (family, style)
        and result.success is not None
    }
    return found.get("host") or found.get("agent")


def _now(facts: NodeFacts) -> tuple[State, tuple[Cause, ...]]:
    module = facts.module
    in_kernel = module.state in {ModuleState.LOADED, ModuleState.BUILTIN}
    if not facts.kernel.live:
        if module.state == ModuleState.BUILTIN:
            return State.READY, ()
        return _from_forecast(facts.prediction.autoload)
    if not in_kernel:
        proof = host_socket(facts)
        if proof and proof.success:
            return State.READY, ()  # --allow-autoload has just loaded it
        return _from_forecast(_unless_loaded(facts, facts.prediction.autoload))
    proof = host_socket(facts)
    if proof and proof.success:
        return State.READY, ()
    if proof is None:
        text = facts.sockets_skipped or "no socket could be tried"
        return State.UNKNOWN, (Cause(Reason.NOT_PROBED, text),)
    return _failed(proof)


def _unless_loaded(facts: NodeFacts, forecast: Forecast) -> Forecast:
    """Return *forecast*; a load that fails says nothing if sctp may be loaded."""
    module = facts.module
    if module.state != ModuleState.UNKNOWN or forecast.likelihood != Likelihood.NO:
        return forecast
    causes = (*forecast.causes, unreadable_cause(module.gaps))
    return Forecast(Likelihood.UNKNOWN, causes)


def _failed(proof: SocketResult) -> tuple[State, tuple[Cause, ...]]:
    origin = Origin(f"{proof.netns} network namespace", None, proof.error)
    text = f"sctp is in the kernel but {proof.stage} failed with {proof.error}"
    if proof.error == "ETIMEDOUT":
        return State.UNKNOWN, (Cause(Reason.SOCKET_TIMEOUT, text, (origin,)),)
    return State.UNAVAILABLE, (Cause(Reason.SOCKET_FAILED, text, (origin,)),)


def _boots_with_it(facts: NodeFacts) -> bool:
    module = facts.next_module or facts.module
    return module.state == ModuleState.BUILTIN


def _boot(facts: NodeFacts) -> tuple[State, tuple[Cause, ...]]:
    prediction = facts.prediction
    load, autoload = prediction.boot_load, prediction.boot_autoload
    if _boots_with_it(facts) or load.likelihood == Likelihood.YES:
        return State.READY, ()
    if load.likelihood == Likelihood.UNKNOWN:
        return State.UNKNOWN, (*load.causes, *autoload.causes)
    state, causes = _from_forecast(autoload)
    declared = all(c.reason != Reason.NOT_DECLARED_AT_BOOT for c in load.causes)
    return state, (*load.causes, *causes) if declared else causes


def _from_forecast(forecast: Forecast) -> tuple[State, tuple[Cause, ...]]:
    match forecast.likelihood:
        case Likelihood.YES:
            return State.ON_DEMAND, ()
        case Likelihood.NO:
            return State.UNAVAILABLE, forecast.causes
        case _:
            return State.UNKNOWN, forecast.causes


def _either(*forecasts: Forecast) -> Likelihood:
    found = {forecast.likelihood for forecast in forecasts}
    if Likelihood.YES in found:
        return Likelihood.YES
    return Likelihood.UNKNOWN if Likelihood.UNKNOWN in found else Likelihood.NO


def _open_questions(*forecasts: Forecast) -> tuple[Cause, ...]:
    unknown = (f for f in forecasts if f.likelihood == Likelihood.UNKNOWN)
    return tuple(cause for forecast in unknown for cause in forecast.causes)


def _exposed(state: State, any_socket: Likelihood) -> Likelihood:
    if state.usable:
        return Likelihood.YES
    certain = state == State.UNAVAILABLE or any_socket == Likelihood.YES
    return any_socket if certain else Likelihood.UNKNOWN
