"""Metric families as bytes: Prometheus' text format 0.0.4, or OpenMetrics 1.0.0.

OpenMetrics is prometheus_client's. So would the other be, were it not in one module
with an HTTP server, which is a tenth of the agent's memory. A test holds ours to that.
"""

from collections.abc import Iterable, Iterator

from agent.parts import only_parts_of
from agent.report.metric_families import Metric

with only_parts_of("prometheus_client"):
    from prometheus_client.openmetrics import exposition as openmetrics_format
    from prometheus_client.registry import Collector
    from prometheus_client.samples import Sample
    from prometheus_client.utils import floatToGoString

#: Of the kinds of OpenMetrics that are used here: the suffix, and the text's word.
_KINDS = {"counter": ("_total", "counter"), "info": ("_info", "gauge")}
_IN_HELP = str.maketrans({"\\": r"\\", "\n": r"\n"})
_IN_VALUE = _IN_HELP | str.maketrans({'"': r"\""})


def encode(metrics: Iterable[Metric], *, openmetrics: bool) -> bytes:
    """Format metric families; OpenMetrics ends with its end mark."""
    if not openmetrics:
        return "".join(_lines(metrics)).encode()
    source = _Families(metrics)
    body: bytes = openmetrics_format.generate_latest(source)  # type: ignore[no-untyped-call]
    return body


class _Families(Collector):
    """What the formatter takes, without a registry behind it."""

    def __init__(self, metrics: Iterable[Metric]) -> None:
        self._metrics = metrics

    def collect(self) -> Iterable[Metric]:
        return self._metrics


def _lines(metrics: Iterable[Metric]) -> Iterator[str]:
    for metric in metrics:
        suffix, kind = _KINDS.get(metric.type, ("", metric.type))
        name = f"{metric.name}{suffix}"
        yield f"# HELP {name} {metric.documentation.translate(_IN_HELP)}\n"
        yield f"# TYPE {name} {kind}\n"
        for sample in metric.samples:
            yield f"{sample.name}{_labels(sample)} {_number(sample.value)}\n"


def _number(value: float) -> str:
    return str(floatToGoString(value))  # type: ignore[no-untyped-call]


def _labels(sample: Sample) -> str:
    if not sample.labels:
        return ""
    pairs = (
        f'{name}="{value.translate(_IN_VALUE)}"'
        for name, value in sorted(sample.labels.items())
    )
    return f"{{{','.join(pairs)}}}"
