"""Is sctp loaded at boot?"""

from agent.checks.subject import BUILT_IN, Check, Subject, passed, skipped
from agent.facts import Forecast, Likelihood
from agent.findings import Cause, Finding, Origin, Reason


def evaluate(subject: Subject) -> Finding:
    """Judge what systemd-modules-load will do with its entries."""
    if subject.built_in:
        return skipped(BUILT_IN)
    forecast = subject.facts.prediction.boot_load
    entries = _entries(subject)
    undeclared = [c for c in forecast.causes if c.reason == _UNDECLARED]
    if forecast.likelihood == Likelihood.UNKNOWN:
        return _unknown(subject, forecast)
    if undeclared and subject.forbidden:
        return passed("nothing loads sctp at boot")
    if undeclared:
        return subject.warning(undeclared[0])
    if forecast.likelihood == Likelihood.NO:
        return _declared_in_vain(subject, forecast, entries)
    if subject.forbidden:
        text = f"sctp will be loaded at boot by {entries[0]}"
        return subject.failure(Cause(Reason.LOADABLE_WHERE_FORBIDDEN, text, entries))
    return passed(f"sctp will be loaded at boot by {entries[0]}", *entries)


_UNDECLARED = Reason.NOT_DECLARED_AT_BOOT


def _entries(subject: Subject) -> tuple[Origin, ...]:
    entries = subject.facts.boot.entries
    own = tuple(e.origin for e in entries if e.name.replace("-", "_") == "sctp")
    return own or tuple(e.origin for e in entries) or (Origin("the configuration"),)


def _unknown(subject: Subject, forecast: Forecast) -> Finding:
    text = "whether sctp is loaded at boot is not known"
    fallback = (Cause(Reason.FACT_UNREADABLE, text),)
    return subject.unknown((forecast.causes or fallback)[-1])


def _declared_in_vain(
    subject: Subject, forecast: Forecast, entries: tuple[Origin, ...]
) -> Finding:
    why = min(forecast.causes, key=lambda c: c.reason.precedence, default=None)
    because = f": {why.message}" if why else ""
    text = f"sctp is declared at {entries[0]} but will not be loaded{because}"
    if subject.forbidden:
        return passed(text, *entries)
    evidence = (*entries, *(why.evidence if why else ()))
    return subject.failure(Cause(Reason.DECLARED_BUT_NOT_LOADED, text, evidence))


CHECK = Check(
    "modules_load",
    "sctp is loaded at boot",
    "systemd-modules-load loads what modules-load.d and the kernel argument "
    "modules_load= name, once per boot. It honours blacklist and install lines: a "
    "denied module is only logged and the unit stays green. Without an entry the "
    "first SCTP socket has to load the module.",
    evaluate,
)
