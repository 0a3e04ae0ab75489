"""The path flags of `run`, checked as a whole before anything listens."""

from argparse import Namespace
from dataclasses import dataclass

from agent.findings import Expectation
from agent.hostport import parse_target
from agent.paths.names import dialable, is_node_name
from agent.paths.targets import Matrix, Service

_LAST_PORT = 0xFFFF
_MOST_NEIGHBOURS = 64
_LONGEST = 3600.0  # seconds; a rarer probe is none
_PARTS = 3  # of an interval: asking DNS, beginning, the last deadline


@dataclass(frozen=True, slots=True)
class Configuration:
    """What is probed, how peers are found, and at what pace (in seconds).

    *peers* is the name of a headless Service or `file:` and a path; "" finds
    nobody, so that this node only answers and probes Services.
    """

    matrix: Matrix
    peers: str
    services: tuple[Service, ...]
    interval: float
    deadline: float


def configured(settings: Namespace) -> Configuration:
    """Return the configuration in *settings*; raise ValueError, saying which flag."""
    if settings.expect == Expectation.FORBIDDEN:
        raise ValueError("--path.port: SCTP is forbidden here (--expect forbidden)")
    interval, deadline = settings.path_interval, settings.path_deadline
    if not (deadline > 0 and _PARTS * deadline <= interval <= _LONGEST):
        raise ValueError(
            f"--path.deadline {deadline:g}: --path.interval ({interval:g}) has to be "
            f"{_PARTS} times as long, and at most {_LONGEST:g} s"
        )
    if not is_node_name(settings.node_name):
        raise ValueError(f"--node-name {settings.node_name}: no name of a node")
    return Configuration(
        _matrix(settings),
        settings.path_peers,
        tuple(_service(text) for text in settings.path_services),
        interval,
        deadline,
    )


def _matrix(settings: Namespace) -> Matrix:
    # The responder listens on the next port, too.
    port = _within("--path.port", settings.path_port, 1, _LAST_PORT - 1)
    neighbours = settings.path_neighbours
    addresses = tuple(settings.path_host_addresses)
    if len(dialable(addresses)) < len(addresses):
        text = ", ".join(addresses)
        raise ValueError(f"--path.host-addresses {text}: not all are a node's")
    return Matrix(
        own=settings.node_name,
        port=port,
        neighbours=_within("--path.neighbours", neighbours, 1, _MOST_NEIGHBOURS),
        node_port=_within("--path.node-port", settings.path_node_port, 0, _LAST_PORT),
        host_addresses=dialable(addresses),
    )


def _within(flag: str, number: int, least: int, most: int) -> int:
    if not least <= number <= most:
        raise ValueError(f"{flag} {number}: not within {least} and {most}")
    return number


def _service(text: str) -> Service:
    try:
        target = parse_target(text)
    except ValueError as error:
        raise ValueError(f"--path.services: {error}") from None
    return Service(target.host, target.port)
