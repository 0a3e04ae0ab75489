"""One evaluation of a node: gather, check, decide, report."""

import time
from collections.abc import Callable

from agent import checks, report
from agent.checks.subject import Subject
from agent.findings import Finding, Report
from agent.gather import Gatherer, Scope
from agent.outlook import look
from agent.probe.prober import SocketProber
from agent.report import Intent
from agent.supervisor import Overdue
from agent.verdict import decide

_CHECK_DEADLINE = 1.0


class Evaluator:
    """Evaluates one node again and again, with what may be kept in between."""

    def __init__(
        self, scope: Scope, intent: Intent, *, prober: SocketProber | None = None
    ) -> None:
        self._gatherer = Gatherer(scope, prober)
        self._intent = intent
        self._checks = checks.discover()

    def __call__(self) -> Report:
        """Return the report of the node as it is now."""
        started = time.time()
        facts = self._gatherer.gather()
        outlook = look(facts)
        subject = Subject(facts, self._intent.expectation, outlook)
        results = checks.evaluate_all(self._checks, subject, run=self._run)
        verdict = decide(facts, outlook, self._intent.expectation)
        return report.build(
            facts,
            results,
            verdict,
            intent=self._intent,
            started=started,
        )

    def close(self) -> None:
        """End the thread that waits for work."""
        self._gatherer.supervisor.close()

    def _run(self, name: str, work: Callable[[], Finding]) -> Finding | None:
        supervisor = self._gatherer.supervisor
        found = supervisor.run(f"check {name}", work, deadline=_CHECK_DEADLINE)
        return None if isinstance(found, Overdue) else found
