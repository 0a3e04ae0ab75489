"""Sizes that need no simulation: answers of DNS, series, traffic."""

from agent.echo.outcome import FailureClass
from agent.paths.exposition import families
from agent.paths.record import BUCKETS, Record
from agent.paths.targets import Target

LARGEST_ANSWER = 65_535  # bytes: the length in front of a message over TCP
_HEADER, _QUESTION, _OPT = 12, 4, 11  # RFC 1035, 4.1; RFC 6891, 6.1.2
A, AAAA = 16, 28  # bytes of a record whose name is a pointer into the question


def answer(name: str, records: int, *, record: int = A) -> int:
    """Return the bytes of an answer with so many records of a name."""
    return _HEADER + len(name.strip(".")) + 2 + _QUESTION + records * record + _OPT


def most_records(name: str, *, record: int = A) -> int:
    """Return how many records of a name fit in one answer."""
    return (LARGEST_ANSWER - answer(name, 0)) // record


def series(*, targets: int, kinds: int, failing: int = 0) -> int:
    """Return a node's series: with so many targets, and kinds of path and family."""
    per_kind = 1 + len(FailureClass) + len(BUCKETS) + 2
    return 2 * targets + failing + kinds * per_kind + 2


def targets(*, neighbours: int, services: int, others: int, families: int) -> int:
    """Return whom a node at rest probes: peers, itself, Services, host addresses."""
    node_ports = 1 + others if others else 0
    return families * (neighbours + 1 + services + node_ports)


def counted(planned: tuple[Target, ...]) -> int:
    """Return the series that the agent really exports when all targets succeed."""
    record = Record()
    for target in planned:
        record.note(target, None, seconds=0.01)
    metrics = families(record, peers=0, visitors=0)
    return sum(len(metric.samples) for metric in metrics)
