"""What the process tells of itself beside any report: fresh families at each scrape."""

from collections.abc import Iterator
from typing import Protocol

from agent.http.validity import Validity
from agent.report.metric_families import CounterMetricFamily, Metric, gauge


class Served(Protocol):
    """What is asked of a web configuration."""

    @property
    def trouble(self) -> str:
        """Why its files are not those that serve, "" if they are."""

    @property
    def load_time(self) -> float:
        """When that was so last (Unix time)."""

    @property
    def validity(self) -> Validity | None:
        """When the certificate is valid that is shown now, None if that is unknown."""

    def look(self) -> object:
        """Begin to look at the files."""


def of_clients(evicted: int) -> Iterator[Metric]:
    """Yield what became of the server's clients."""
    yield CounterMetricFamily(
        "sctp_agent_web_evicted_clients",
        "Clients that had to leave because all places were taken and others came.",
        value=evicted,
    )


def of_config(config: Served) -> Iterator[Metric]:
    """Yield how its files were read last, and when the certificate that serves ends."""
    config.look()  # what keeps its connection never makes a handshake again
    yield gauge(
        "sctp_agent_config_last_reload_successful",
        "Whether the web configuration and what it names are used as they are now.",
        {(): float(not config.trouble)},
    )
    yield gauge(
        "sctp_agent_config_last_reload_success_timestamp_seconds",
        "When the web configuration was last read or found unchanged, in Unix time.",
        {(): config.load_time},
    )
    if config.validity:
        yield gauge(
            "sctp_agent_web_certificate_not_before_timestamp_seconds",
            "From when the certificate that is shown is valid, in Unix time.",
            {(): config.validity.begins},
        )
        yield gauge(
            "sctp_agent_web_certificate_not_after_timestamp_seconds",
            "When the first certificate of the chain that is shown ends, in Unix time.",
            {(): config.validity.ends},
        )
