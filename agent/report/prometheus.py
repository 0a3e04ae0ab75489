"""A report as Prometheus metrics: every metric name and help text is here."""

import re
import sys
from collections.abc import Iterator, Mapping, Sequence

from agent.findings import (
    CheckResult,
    Compliance,
    Expectation,
    ModuleState,
    Reason,
    Report,
    State,
)
from agent.report.encoding import encode
from agent.report.metric_families import (
    CounterMetricFamily,
    InfoMetricFamily,
    Metric,
    gauge,
    states,
)
from agent.report.stack_counters import ASSOCIATIONS, COUNTERS

_UNFINISHED = {Reason.CHECK_CRASHED, Reason.FACT_TIMEOUT}
_PROBE = ("netns", "family", "style")
#: What names of kernels and systems are made of; all else is a file's whim.
_STRANGE = re.compile(r"[^A-Za-z0-9.+_~:-]")
_LONGEST = 64


def render(report: Report, *, openmetrics: bool) -> bytes:
    """Format *report* as text (version 0.0.4) or as OpenMetrics (1.0.0).

    The same report always gives the same bytes. The agent's own process metrics
    are not included: beside those of node_exporter they would clash.
    """
    return encode(families(report), openmetrics=openmetrics)


def families(report: Report) -> Iterator[Metric]:
    """Yield fresh metric families of *report*: no sample outlives its cause."""
    yield from _verdict(report)
    yield from _system(report)
    yield from _module(report)
    yield from _sockets(report)
    yield from _stack(report.stack)
    yield from _checks(report.checks)
    yield from _run(report)
    if report.workloads is not None:
        from agent.report import workloads

        yield from workloads.families(report.workloads)


def _verdict(report: Report) -> Iterator[Metric]:
    verdict = report.verdict
    yield states(
        "sctp_node_state",
        "Whether an unprivileged process gets an SCTP socket now, 1 for the answer.",
        ("state", State, verdict.state),
    )
    yield states(
        "sctp_node_boot_state",
        "The state predicted for after the next reboot, 1 for the answer.",
        ("state", State, verdict.boot_state),
    )
    yield states(
        "sctp_node_expectation",
        "What is intended for this node, 1 for the intention.",
        ("expectation", Expectation, report.expectation),
    )
    yield states(
        "sctp_node_compliant",
        "Whether the node is as intended, now and after a reboot, 1 for the answer.",
        ("status", Compliance, verdict.compliant),
    )
    yield gauge(
        "sctp_node_reason",
        "Always 1, labelled by the one reason of the answers.",
        {(verdict.reason.value,): 1},
        ("reason",),
    )
    if report.boot_time is not None:
        yield gauge(
            "sctp_node_boot_time_seconds",
            "When the node was booted, in Unix time.",
            {(): report.boot_time},
        )


def _system(report: Report) -> Iterator[Metric]:
    """Yield what runs on the node: one series, of bounded values without surprises."""
    if report.verdict.reason is not Reason.STARTING:
        yield InfoMetricFamily(
            "sctp_node",
            "The node's kernel and operating system; unknown where they are.",
            {
                "kernel_release": _bound_label(report.kernel_release),
                "os_id": _bound_label(report.os_id),
                "os_version": _bound_label(report.os_version),
            },
        )


def _bound_label(text: str) -> str:
    return _STRANGE.sub("_", text[:_LONGEST]) or "unknown"


def _module(report: Report) -> Iterator[Metric]:
    yield states(
        "sctp_node_module_state",
        "Where the sctp module is, 1 for the answer.",
        ("state", ModuleState, report.module_state),
    )
    if report.references is not None:
        yield gauge(
            "sctp_node_module_references",
            "What holds the loaded sctp module: sockets, namespaces, modules.",
            {(): report.references},
        )


def _sockets(report: Report) -> Iterator[Metric]:
    probes = {
        (probe.netns, probe.family, probe.style): probe
        for probe in report.sockets
        if probe.success is not None
    }
    yield gauge(
        "sctp_node_socket_probe_success",
        "Whether the latest probe of an SCTP socket succeeded.",
        {labels: float(bool(probe.success)) for labels, probe in probes.items()},
        _PROBE,
    )
    yield gauge(
        "sctp_node_socket_probe_duration_seconds",
        "How long the latest probe of an SCTP socket took.",
        {labels: probe.seconds for labels, probe in probes.items()},
        _PROBE,
    )
    yield gauge(
        "sctp_node_socket_probe_timestamp_seconds",
        "When the latest probe of an SCTP socket ended, in Unix time.",
        {labels: probe.time for labels, probe in probes.items()},
        _PROBE,
    )


def _stack(counters: Mapping[str, int]) -> Iterator[Metric]:
    if ASSOCIATIONS in counters:
        yield gauge(
            "sctp_node_stack_associations",
            "Associations established at present.",
            {(): counters[ASSOCIATIONS]},
        )
    for counter in COUNTERS:
        if counter.kernel_name in counters:
            yield CounterMetricFamily(
                f"sctp_node_stack_{counter.name}",
                f"{counter.meaning}.",
                value=counters[counter.kernel_name],
            )


def _checks(checks: Sequence[CheckResult]) -> Iterator[Metric]:
    yield gauge(
        "sctp_node_check_status",
        "Always 1, labelled by what each check concludes; only that has a series.",
        {(check.name, check.finding.status.value): 1 for check in checks},
        ("check", "status"),
    )
    yield gauge(
        "sctp_agent_check_duration_seconds",
        "How long each check took.",
        {(check.name,): check.seconds for check in checks},
        ("check",),
    )
    yield gauge(
        "sctp_agent_check_success",
        "Whether each check ran to its end, whatever it concluded.",
        {(c.name,): float(c.finding.reason not in _UNFINISHED) for c in checks},
        ("check",),
    )


def _run(report: Report) -> Iterator[Metric]:
    has_run = report.verdict.reason is not Reason.STARTING
    yield gauge(
        "sctp_agent_last_run_timestamp_seconds",
        "When the node was last evaluated, in Unix time; 0 before the first time.",
        {(): report.time if has_run else 0},
    )
    yield gauge(
        "sctp_agent_run_duration_seconds",
        "How long the latest evaluation of the node took.",
        {(): report.seconds},
    )
    if report.interval is not None:
        yield gauge(
            "sctp_agent_interval_seconds",
            "The time between two evaluations, as it is set.",
            {(): report.interval},
        )
    version = report.agent_version
    yield InfoMetricFamily(
        "sctp_agent_build",
        "The agent's version and that of its Python.",
        {"version": version, "python_version": sys.version.split()[0]},
    )
