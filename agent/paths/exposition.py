"""The record of path probes as metric families: all their names and help texts."""

from collections.abc import Iterator

from agent.echo.outcome import FailureClass
from agent.paths.record import BUCKETS, Record
from agent.report.metric_families import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)

_KIND = ("path", "family")
_PAIR = ("path", "family", "form", "target")
_PREFIX = "sctp_node_path_probe_"


def families(record: Record, *, peers: int, visitors: int) -> Iterator[Metric]:
    """Yield fresh families of *record*; *peers* and *visitors* are counts of nodes."""
    yield from _latest(record)
    yield from _counts(record)
    yield _durations(record)
    yield GaugeMetricFamily(
        f"{_PREFIX}peers",
        "Addresses that the latest answer for the peers held, this node's included.",
        value=peers,
    )
    yield GaugeMetricFamily(
        f"{_PREFIX}incoming_peers",
        "Distinct other nodes that reached this one in the last three intervals.",
        value=visitors,
    )


def _latest(record: Record) -> Iterator[Metric]:
    success = GaugeMetricFamily(
        f"{_PREFIX}success",
        "Whether the latest probe of the path to the target succeeded.",
        labels=_PAIR,
    )
    last_success = GaugeMetricFamily(
        f"{_PREFIX}last_success_timestamp_seconds",
        "When a probe of the path last succeeded, in Unix time; 0 for never.",
        labels=_PAIR,
    )
    failing = GaugeMetricFamily(
        f"{_PREFIX}failing",
        "Always 1, for paths whose latest probe failed, labelled by why.",
        labels=(*_PAIR, "class"),
    )
    for labels, latest in record.series().items():
        failures = {one.failure for one in latest if one.failure}
        success.add_metric(labels, float(not failures))
        last_success.add_metric(labels, min(one.last_success for one in latest))
        for failure in sorted(failures):
            failing.add_metric((*labels, failure), 1)
    yield from (success, last_success, failing)


def _counts(record: Record) -> Iterator[Metric]:
    attempts = CounterMetricFamily(
        f"{_PREFIX}attempts", "Probes of paths that have come to an end.", labels=_KIND
    )
    failures = CounterMetricFamily(
        f"{_PREFIX}failures", "Probes of paths that failed.", labels=(*_KIND, "class")
    )
    for kind, count in record.attempts.items():
        attempts.add_metric(kind, count)
        for failure in FailureClass:
            failures.add_metric((*kind, failure), record.failures[*kind, failure])
    yield from (attempts, failures)


def _durations(record: Record) -> Metric:
    family = HistogramMetricFamily(
        f"{_PREFIX}duration_seconds",
        "How long successful probes of paths took, from the first INIT to the end.",
        labels=_KIND,
    )
    for kind, durations in record.durations.items():
        bounds = ["+Inf" if bound == BUCKETS[-1] else str(bound) for bound in BUCKETS]
        counts = [count for _, count in durations.cumulate()]
        buckets = list(zip(bounds, counts, strict=True))
        family.add_metric(kind, buckets, durations.total)
    return family
