"""What an agent that watches requests tells of them, with something of everything."""

from collections.abc import Iterator

from agent.report.metric_families import Metric
from agent.requests.attempts import Attempt
from agent.requests.exposition import families
from agent.requests.record import Outcome, Record
from agent.workloads.owner import Owner, OwnerKind
from tests.reports import SAMPLE

POD = Owner(OwnerKind.POD, "u", "core", "amf-0", "amf", command="amf")
HOST = Owner(OwnerKind.HOST, unit="sshd.service", command="sshd")


def attempt(owner: Owner = POD, *, refused: bool = False) -> Attempt:
    """Return one attempt of *owner*."""
    return Attempt(7, "amf", "ipv4", "one-to-one", 1.0, 1.0, refused, owner=owner)


def asked() -> Iterator[Metric]:
    """Yield the families after denials with and without a reason."""
    record = Record()
    record.hear(SAMPLE)
    for owner in (POD, HOST, Owner()):
        record.note(attempt(owner), Outcome.DENIED, 10.0)
    unexplained = Record()
    unexplained.note(attempt(), Outcome.DENIED, 10.0)
    yield from families(record)
    yield from families(unexplained)
