"""Running the checks: one that crashes does not harm the others."""

import logging
import time
from collections.abc import Sequence

from agent.checks.context import Check, CheckContext
from agent.findings import Cause, CheckResult, Finding, Reason

_log = logging.getLogger(__name__)


def evaluate_all(
    checks: Sequence[Check], context: CheckContext
) -> tuple[CheckResult, ...]:
    """Evaluate *checks*; one that crashes becomes unknown."""
    results = []
    for check in checks:
        start = time.perf_counter()
        finding = _isolate(check, context)
        results.append(CheckResult(check.name, finding, time.perf_counter() - start))
    return tuple(results)


def _isolate(check: Check, context: CheckContext) -> Finding:
    try:
        return check.evaluate(context)
    except Exception as error:  # noqa: BLE001 - isolation is the point here
        _log.exception("check crashed", extra={"check": check.name})
        return context.unknown(Cause(Reason.CHECK_CRASHED, repr(error)))
