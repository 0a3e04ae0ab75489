"""Metric families as this agent makes them: gauges, and state sets of an answer."""

from collections.abc import Mapping
from enum import StrEnum

from agent.parts import only_parts_of

with only_parts_of("prometheus_client"):
    from prometheus_client.metrics_core import (
        CounterMetricFamily,
        GaugeMetricFamily,
        HistogramMetricFamily,
        InfoMetricFamily,
        Metric,
    )
    from prometheus_client.process_collector import ProcessCollector

#: What is imported from here, for nothing else imports prometheus_client.
__all__ = [
    "CounterMetricFamily",
    "GaugeMetricFamily",
    "HistogramMetricFamily",
    "InfoMetricFamily",
    "Metric",
    "ProcessCollector",
    "gauge",
    "states",
]


def gauge(
    name: str,
    meaning: str,
    samples: Mapping[tuple[str, ...], float],
    labels: tuple[str, ...] = (),
) -> GaugeMetricFamily:
    """Return a gauge with a sample for each tuple of label values."""
    family = GaugeMetricFamily(name, meaning, labels=labels)
    for label_values, value in samples.items():
        family.add_metric(label_values, value)
    return family


def states(
    name: str, meaning: str, answer: tuple[str, type[StrEnum], StrEnum]
) -> GaugeMetricFamily:
    """Return a state set: *answer* is the label, what it may be, and what it is."""
    label, possible, present = answer
    return gauge(
        name,
        meaning,
        {(state.value,): float(state is present) for state in possible},
        (label,),
    )
