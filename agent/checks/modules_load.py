"""Is sctp loaded at boot?"""

from dataclasses import replace

from agent.checks.context import (
    BUILT_IN,
    NO_MODULES,
    Check,
    CheckContext,
    passed,
    skipped,
)
from agent.findings import Cause, Finding, Reason, State
from agent.loading.forecast import Forecast, TriState
from agent.verdict.remedies import remedy_for
from agent.verdict.states import root_cause


def evaluate(context: CheckContext) -> Finding:
    """Judge what systemd-modules-load will do with its entries."""
    if context.built_in:
        return skipped(BUILT_IN)
    if context.facts.kernel.modular is False:
        return skipped(NO_MODULES)
    forecast = context.forecasts.boot_load
    if forecast.likelihood == TriState.UNKNOWN:
        return context.unknown(root_cause(forecast.causes, State.UNKNOWN))
    if not forecast.entries:
        return _no_entry(context, forecast)
    if forecast.likelihood == TriState.NO:
        return _declared_in_vain(context, forecast)
    text = f"sctp will be loaded at boot by {forecast.entries[0]}"
    if context.forbidden:
        reason = Reason.LOADABLE_WHERE_FORBIDDEN
        return context.failure(Cause(reason, text, forecast.entries))
    return passed(text, *forecast.entries)


def _no_entry(context: CheckContext, forecast: Forecast) -> Finding:
    if context.forbidden:
        return passed("nothing loads sctp at boot")
    reason = Reason.NOT_DECLARED_AT_BOOT
    return context.warning(next(c for c in forecast.causes if c.reason == reason))


def _declared_in_vain(context: CheckContext, forecast: Forecast) -> Finding:
    entries, why = forecast.entries, root_cause(forecast.causes, State.UNAVAILABLE)
    text = f"{entries[0]} declares sctp, but it will not be loaded: {why.message}"
    if context.forbidden:
        return passed(text, *entries)
    evidence = (*entries, *why.evidence)
    cause = Cause(Reason.DECLARED_BUT_NOT_LOADED, text, evidence)
    remedy = remedy_for(why, context.node)
    return replace(context.failure(cause), remedy=remedy)


CHECK = Check(
    "modules_load",
    "sctp is loaded at boot",
    "systemd-modules-load loads what modules-load.d and the kernel argument "
    "modules_load= name, once per boot. It honours blacklist and install lines: a "
    "denied module is only logged and the unit stays green. Without an entry the "
    "first SCTP socket has to load the module.",
    evaluate,
)
