"""Is sctp loaded at boot?"""

from dataclasses import replace

from agent.checks.subject import BUILT_IN, Check, Subject, passed, skipped
from agent.findings import Cause, Finding, Reason, State
from agent.forecasts import Forecast, Likelihood
from agent.outlook import root_cause
from agent.remedies import remedy_for


def evaluate(subject: Subject) -> Finding:
    """Judge what systemd-modules-load will do with its entries."""
    if subject.built_in:
        return skipped(BUILT_IN)
    if subject.facts.kernel.modular is False:
        return skipped("the kernel has no support for modules")
    forecast = subject.facts.prediction.boot_load
    if forecast.likelihood == Likelihood.UNKNOWN:
        return subject.unknown(root_cause(forecast.causes, State.UNKNOWN))
    if not forecast.entries:
        return _undeclared(subject, forecast)
    if forecast.likelihood == Likelihood.NO:
        return _declared_in_vain(subject, forecast)
    text = f"sctp will be loaded at boot by {forecast.entries[0]}"
    if subject.forbidden:
        reason = Reason.LOADABLE_WHERE_FORBIDDEN
        return subject.failure(Cause(reason, text, forecast.entries))
    return passed(text, *forecast.entries)


def _undeclared(subject: Subject, forecast: Forecast) -> Finding:
    if subject.forbidden:
        return passed("nothing loads sctp at boot")
    reason = Reason.NOT_DECLARED_AT_BOOT
    return subject.warning(next(c for c in forecast.causes if c.reason == reason))


def _declared_in_vain(subject: Subject, forecast: Forecast) -> Finding:
    entries, why = forecast.entries, root_cause(forecast.causes, State.UNAVAILABLE)
    text = f"{entries[0]} declares sctp, but it will not be loaded: {why.message}"
    if subject.forbidden:
        return passed(text, *entries)
    evidence = (*entries, *why.evidence)
    cause = Cause(Reason.DECLARED_BUT_NOT_LOADED, text, evidence)
    remedy = remedy_for(why, subject.facts)
    return replace(subject.failure(cause), remedy=remedy)


CHECK = Check(
    "modules_load",
    "sctp is loaded at boot",
    "systemd-modules-load loads what modules-load.d and the kernel argument "
    "modules_load= name, once per boot. It honours blacklist and install lines: a "
    "denied module is only logged and the unit stays green. Without an entry the "
    "first SCTP socket has to load the module.",
    evaluate,
)
