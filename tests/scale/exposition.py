"""What a simulated agent answers: the bytes of the agent's own code, made to move.

A node's answer is rendered once, as a template that all nodes of one look share. At
each scrape the names of the nodes that it probes are filled in, counters have grown,
moments are now, and durations differ.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from agent.findings import Reason
from agent.http.message import Request
from agent.report.latest import LatestReport
from agent.web.metrics import Metrics
from tests.dashboards import looks
from tests.dashboards.looks import Look

PROBED = 6
SCRAPE = 30.0
_LINE = re.compile(rb"(.+) (\S+)")
_NAMES = tuple(f"probed-{number}-by-this-node" for number in range(PROBED))
_COUNTERS = (b"_total", b"_bucket", b"_count", b"_sum")
_PER_SECOND, _APART = 0.1, 100
_NOISE, _NOISES = 997, 7919


@dataclass(frozen=True, slots=True)
class Moving:
    """A sample whose value changes from scrape to scrape."""

    kind: str
    value: float

    def at(self, node: int, scrape: int, now: float, noise: float) -> bytes:
        """Return its value at the node's n-th scrape.

        All counters of a node grow alike: buckets are counted together.
        """
        match self.kind:
            case "moment":
                return repr(now - 5 * noise).encode()
            case "counter":
                grown = scrape * int(SCRAPE * _PER_SECOND) + node % _APART
                return repr(self.value + grown).encode()
        return repr(self.value * (0.5 + noise)).encode()


@dataclass(frozen=True, slots=True)
class Template:
    """An answer's bytes, cut where something moves."""

    parts: tuple[bytes | Moving, ...]

    def rendered(self, *, node: int, count: int, scrape: int, now: float) -> bytes:
        """Return the answer of one node at its n-th scrape."""
        seed = node * _NOISE + scrape
        text = b"".join(
            part
            if isinstance(part, bytes)
            else part.at(node, scrape, now, (seed * at % _NOISES) / _NOISES)
            for at, part in enumerate(self.parts)
        )
        for step, name in enumerate(_NAMES):
            text = text.replace(
                name.encode(), node_name((node + step) % count).encode()
            )
        return text


def node_name(number: int) -> str:
    """Return what a node is called."""
    return f"worker-{number:05}.example.com"


def templates() -> tuple[Template, Template]:
    """Return what nodes answer that are well, and what those that lost SCTP answer."""
    well = Look(targets=_NAMES)
    lost = Look(Reason.MODULE_MISSING)
    return template(well), template(lost)


def template(look: Look) -> Template:
    """Return what a node answers that looks like this, as the daemon answers it."""
    board = LatestReport(looks.report(look))
    metrics = Metrics(board, beside=lambda: looks.beside(look))
    accept = {"accept": "application/openmetrics-text; version=1.0.0"}
    body = metrics(Request("GET", "/metrics", accept)).body
    return Template(tuple(_joined(_parts(body))))


def _parts(body: bytes) -> Iterator[bytes | Moving]:
    for line in body.splitlines(keepends=True):
        found = None if line.startswith(b"#") else _LINE.match(line)
        kind = _kind(found[1]) if found else ""
        if found and kind:
            yield found[1] + b" "
            yield Moving(kind, float(found[2]))
            yield b"\n"
        else:
            yield line


def _joined(parts: Iterator[bytes | Moving]) -> Iterator[bytes | Moving]:
    """Yield neighbours that do not move as one."""
    still = b""
    for part in parts:
        if isinstance(part, bytes):
            still += part
        else:
            yield from (still, part)
            still = b""
    yield still


def _kind(series: bytes) -> str:
    name = series.partition(b"{")[0]
    if name.endswith(b"_timestamp_seconds"):
        return "moment"
    if b"errors" in name:
        return ""
    if name.endswith(_COUNTERS):
        return "counter"
    return "duration" if name.endswith(b"_seconds") else ""
