"""What an agent says of its node: a report with the answer that the fault gives."""

import random
from collections.abc import Iterator
from dataclasses import replace

from agent.daemon.own_metrics import of_config
from agent.findings import (
    CheckResult,
    Compliance,
    Expectation,
    Finding,
    Reason,
    Report,
    SocketResult,
    State,
    Status,
    Verdict,
)
from agent.http.validity import Validity
from agent.report.metric_families import Metric, gauge
from tests.alerts.nodes import Node
from tests.rules.own import Served

CHECKS = ("config_drift", "kmod_alias")
_PASS = Finding(Status.PASS, Reason.AS_EXPECTED, "as it should be")
_STYLES = ("one-to-one", "one-to-many")
_FAMILIES = ("ipv4", "ipv6")
_EVALUATES = 15.0  # seconds from evaluation to evaluation
_LIVES = 90 * 86_400.0  # seconds that a certificate is valid

_READY = Verdict(State.READY, State.READY, Compliance.TRUE, Reason.AS_EXPECTED)
_DENIED = replace(
    _READY,
    state=State.UNAVAILABLE,
    boot_state=State.UNAVAILABLE,
    reason=Reason.BLACKLISTED,
)


def report(node: Node, now: float) -> Report:
    """Return the report of the evaluation that was last before *now*."""
    evaluated = now if node.hung is None else node.hung
    return Report(
        agent_version="0.1.0",
        node=node.name,
        time=evaluated - evaluated % _EVALUATES,
        kernel_release="6.1.0-56-amd64",
        expectation=node.expectation,
        verdict=_verdict(node),
        sockets=tuple(_sockets(node)),
        checks=tuple(CheckResult(n, node.found.get(n, _PASS)) for n in CHECKS),
        stack={"SctpChecksumErrors": int(node.damaged * now), "SctpCurrEstab": 0},
        boot_time=node.booted,
    )


def process_families(node: Node, now: float) -> Iterator[Metric]:
    """Yield what its process tells: it serves over TLS, and writes a textfile."""
    trouble = "" if node.readable else "the file: is no mapping of keys"
    validity = Validity(node.certificate - _LIVES, node.certificate)
    yield from of_config(Served(trouble, 0.0, validity))
    written = report(node, now).time if node.written is None else node.written
    yield gauge(
        "sctp_agent_handover_last_success_timestamp_seconds",
        "The time of the evaluation that a file has.",
        {("textfile",): written},
        ("file",),
    )


def _verdict(node: Node) -> Verdict:
    # What is late once or twice is as it was: docs/checks.md.
    late = random.random() < node.starved**3  # noqa: S311  # a made-up node
    if late or node.blind:
        return Verdict(reason=Reason.FACT_TIMEOUT)
    found = _READY if node.has_sctp else _DENIED
    if node.has_sctp and not node.survives:
        found = replace(found, boot_state=State.UNAVAILABLE, reason=Reason.BLACKLISTED)
    here = {found.state, found.boot_state}
    match node.expectation:
        case Expectation.REQUIRED if State.UNAVAILABLE in here:
            return replace(found, compliant=Compliance.FALSE)
        case Expectation.FORBIDDEN if here != {State.UNAVAILABLE}:
            return replace(
                found,
                compliant=Compliance.FALSE,
                reason=Reason.LOADED_WHERE_FORBIDDEN,
            )
    return found


def _sockets(node: Node) -> list[SocketResult]:
    return [
        SocketResult(netns, family, style, success=works, stage="done", seconds=0.001)
        for netns, works in _namespaces(node).items()
        for family in _FAMILIES
        for style in _STYLES
        if node.has_sctp
    ]


def _namespaces(node: Node) -> dict[str, bool]:
    """Return where sockets are tried, and whether they are had there."""
    return {"agent": True, "host": True, "pod": node.new_sockets}
