"""The checks: found by being here, each a pure function from facts to a finding."""

import importlib
import logging
import pkgutil
import time
from collections.abc import Callable, Sequence

from agent.checks.subject import Check, Subject
from agent.findings import Cause, CheckResult, Finding, Reason

_log = logging.getLogger(__name__)
_NOT_CHECKS = frozenset({"subject"})


def discover() -> tuple[Check, ...]:
    """Return every check in this package, in the order of their names."""
    names = sorted(
        module.name
        for module in pkgutil.iter_modules(__path__)
        if module.name not in _NOT_CHECKS
    )
    return tuple(importlib.import_module(f"{__name__}.{name}").CHECK for name in names)


def evaluate_all(
    checks: Sequence[Check],
    subject: Subject,
    *,
    run: Callable[[str, Callable[[], Finding]], Finding | None],
) -> tuple[CheckResult, ...]:
    """Evaluate *checks*; one that crashes or is late becomes unknown.

    *run* executes a check's function within its deadline and returns None when
    it did not finish.
    """
    results = []
    for check in checks:
        started = time.perf_counter()
        finding = _isolated(check, subject, run)
        results.append(CheckResult(check.name, finding, time.perf_counter() - started))
    return tuple(results)


def _isolated(
    check: Check,
    subject: Subject,
    run: Callable[[str, Callable[[], Finding]], Finding | None],
) -> Finding:
    try:
        finding = run(check.name, lambda: check.evaluate(subject))
    except Exception as error:  # noqa: BLE001 - isolation is the point here
        _log.exception("check crashed", extra={"check": check.name})
        return subject.unknown(Cause(Reason.CHECK_CRASHED, repr(error)))
    if finding is None:
        text = "the check did not finish in time"
        return subject.unknown(Cause(Reason.FACT_TIMEOUT, text))
    return finding
