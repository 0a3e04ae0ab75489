"""Our text format against prometheus_client's own, byte by byte."""

import math

from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.core import CollectorRegistry
from prometheus_client.exposition import generate_latest
from prometheus_client.registry import Collector

from agent.paths.exposition import families as of_paths
from agent.paths.record import Record
from agent.report.encoding import encode
from agent.report.metric_families import (
    CounterMetricFamily,
    GaugeMetricFamily,
    InfoMetricFamily,
    Metric,
    ProcessCollector,
)
from agent.report.prometheus import families
from tests.reports import SAMPLE, STARTING

TEXT = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from('\\"\n'))
NUMBERS = st.floats() | st.integers() | st.sampled_from([0, -0.0, 1e6, math.inf])


class Given(Collector):
    """A collector of what the test gives."""

    def __init__(self, metrics: list[Metric]) -> None:
        self.metrics = metrics

    def collect(self) -> list[Metric]:
        """Return it."""
        return self.metrics


def theirs(metrics: list[Metric]) -> bytes:
    """Return what the library writes."""
    registry = CollectorRegistry()
    registry.register(Given(metrics))
    return generate_latest(registry)


def test_everything_that_the_agent_has_to_tell() -> None:
    """Reports, path probes and the process's own metrics."""
    metrics = [
        *families(SAMPLE),
        *of_paths(Record(), peers=3, visitors=2),
        *ProcessCollector(registry=None).collect(),
    ]

    assert encode(metrics, openmetrics=False) == theirs(metrics)


def test_before_the_first_report() -> None:
    """The report that says that there is none."""
    metrics = [*families(STARTING)]

    assert encode(metrics, openmetrics=False) == theirs(metrics)


@given(TEXT, TEXT, NUMBERS)
def test_whatever_is_in_it(meaning: str, value: str, number: float) -> None:
    """Help texts, label values and numbers of any kind."""
    gauge = GaugeMetricFamily("some_gauge", meaning, labels=("second", "first"))
    gauge.add_metric((value, "plain"), number)
    counter = CounterMetricFamily("some_events", meaning, value=number)
    info = InfoMetricFamily("some", meaning, {"value": value})
    metrics: list[Metric] = [gauge, counter, info]

    assert encode(metrics, openmetrics=False) == theirs(metrics)
