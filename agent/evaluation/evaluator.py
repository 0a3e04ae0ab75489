"""One evaluation of a node: gather, check, decide, report."""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from agent.checks import discover
from agent.checks.context import CheckContext
from agent.evaluation.checking import evaluate_all
from agent.evaluation.gather import Gatherer, Scope
from agent.findings import Report
from agent.probe.prober import SocketProber
from agent.report import build
from agent.report.build import NodeSpec
from agent.verdict.states import look
from agent.verdict.verdict import decide

if TYPE_CHECKING:  # its code is read only where that is asked for
    from agent.workloads.usage import Workloads


class Evaluator:
    """Evaluates one node again and again, with what may be kept in between.

    *workloads* says who uses SCTP, None where nobody wants to know.
    """

    def __init__(
        self,
        scope: Scope,
        intent: NodeSpec,
        *,
        prober: SocketProber | None = None,
        workloads: "Callable[[], Workloads] | None" = None,
    ) -> None:
        self._gatherer = Gatherer(scope, prober)
        self._intent = intent
        self._checks = discover()
        self._workloads = workloads

    def __call__(self) -> Report:
        """Return the report of the node as it is now."""
        start = time.monotonic()
        node = self._gatherer.gather()
        outlook = look(node)
        context = CheckContext(node, self._intent.expectation, outlook)
        results = evaluate_all(self._checks, context)
        verdict = decide(node, outlook, self._intent.expectation)
        report = build.build(
            node,
            results,
            verdict,
            intent=self._intent,
            seconds=time.monotonic() - start,
        )
        return (
            replace(report, workloads=self._workloads()) if self._workloads else report
        )
