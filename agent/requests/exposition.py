"""The requests as metric families: all their names and help texts."""

from collections.abc import Iterator

from agent.report.metric_families import (
    CounterMetricFamily,
    GaugeMetricFamily,
    Metric,
)
from agent.requests.record import Record
from agent.workloads.series import LABELS


def families(record: Record) -> Iterator[Metric]:
    """Yield fresh families of *record*."""
    summary = record.summary()
    yield CounterMetricFamily(
        "sctp_node_requests",
        "Attempts to open an SCTP socket for which the kernel asked for the module.",
        value=summary.requests,
    )
    yield CounterMetricFamily(
        "sctp_node_denied_requests",
        "Those of them after which sctp was not in the kernel.",
        value=summary.denied,
    )
    yield from _by_workload(record)
    yield GaugeMetricFamily(
        "sctp_agent_request_watch_running",
        "Whether the agent sees requests for SCTP (--watch-requests).",
        value=float(not summary.problem),
    )
    yield CounterMetricFamily(
        "sctp_agent_request_watch_lost_events",
        "Events of the kernel that were overwritten before they were read.",
        value=summary.lost,
    )


def _by_workload(record: Record) -> Iterator[Metric]:
    requests = CounterMetricFamily(
        "sctp_node_workload_requests",
        "Attempts by pod, and by what is no pod with a name: in brackets.",
        labels=LABELS,
    )
    denied = CounterMetricFamily(
        "sctp_node_workload_denied_requests",
        "Denied attempts by workload.",
        labels=LABELS,
    )
    last = GaugeMetricFamily(
        "sctp_node_workload_last_denied_request_timestamp_seconds",
        "When the latest denied attempt was made, in Unix time, labelled by why.",
        labels=(*LABELS, "reason"),
    )
    for labels, counts in record.counts().items():
        requests.add_metric(labels, counts.requests)
        denied.add_metric(labels, counts.denied)
        if counts.last_denied:
            last.add_metric((*labels, counts.reason), counts.last_denied)
    yield from (requests, denied, last)
