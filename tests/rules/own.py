"""What an agent tells of its process, as it does when it is served and asked."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from prometheus_client.metrics_core import Metric

from agent.daemon.exports import handing_over
from agent.http.validity import Validity
from tests.reports import SAMPLE


@dataclass(frozen=True, slots=True)
class Served:
    """A web configuration that serves, without files."""

    trouble: str = ""
    load_time: float = 0.0
    validity: Validity = field(default_factory=lambda: Validity(0.0, 1.0))

    def look(self) -> None:
        """Look at nothing."""


def as_served() -> Served:
    """Return a web configuration with a certificate."""
    return Served()


def handover() -> Iterator[Metric]:
    """Yield the families of files that are written for others."""
    return handing_over(
        lambda: SAMPLE, features_file="/x", textfile="/x.prom", interval=15
    ).families()
