"""prometheus_client's own server, with the metrics of a sample report of ours."""

import sys
import threading
from collections.abc import Iterable

from prometheus_client import REGISTRY, start_http_server
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from agent.report.prometheus import families
from tests.reports import SAMPLE


class Sample(Collector):
    """The families, fresh at each scrape."""

    def collect(self) -> Iterable[Metric]:
        """Return them."""
        return families(SAMPLE)


if __name__ == "__main__":
    REGISTRY.register(Sample())
    start_http_server(int(sys.argv[1]), addr="127.0.0.1")
    threading.Event().wait()
