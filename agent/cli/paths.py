"""The path flags of `run`, checked as a whole before anything listens."""

from agent.cli.arguments import Values
from agent.cli.usage import UsageError
from agent.findings import Expectation
from agent.hostport import parse_target
from agent.paths.configuration import Configuration
from agent.paths.names import dialable, is_node_name
from agent.paths.targets import Matrix, Service

_LAST_PORT = 0xFFFF
_MOST_NEIGHBOURS = 64
_LONGEST = 3600.0  # seconds; a rarer probe is none
_PARTS = 3  # of an interval: asking DNS, beginning, the last deadline


def configure(values: Values) -> Configuration:
    """Return the configuration in *values*; raise UsageError, saying which flag."""
    if values["expect"] == Expectation.FORBIDDEN:
        raise UsageError("--path.port: SCTP is forbidden here (--expect forbidden)")
    interval, deadline = values["path_interval"], values["path_deadline"]
    if not (deadline > 0 and _PARTS * deadline <= interval <= _LONGEST):
        raise UsageError(
            f"--path.deadline {deadline:g}: --path.interval ({interval:g}) has to be "
            f"{_PARTS} times as long, and at most {_LONGEST:g} s"
        )
    if not is_node_name(values["node_name"]):
        raise UsageError(f"--node-name {values['node_name']}: no name of a node")
    return Configuration(
        _matrix(values),
        values["path_peers"],
        tuple(_service(text) for text in values["path_services"]),
        interval,
        deadline,
    )


def _matrix(values: Values) -> Matrix:
    port = _within("--path.port", values["path_port"], 1, _LAST_PORT)
    neighbours = values["path_neighbours"]
    addresses = values["path_host_addresses"]
    if len(dialable(addresses)) < len(addresses):
        text = ", ".join(addresses)
        raise UsageError(f"--path.host-addresses {text}: not all are a node's")
    return Matrix(
        own=values["node_name"],
        port=port,
        neighbours=_within("--path.neighbours", neighbours, 1, _MOST_NEIGHBOURS),
        node_port=_within("--path.node-port", values["path_node_port"], 0, _LAST_PORT),
        host_addresses=dialable(addresses),
    )


def _within(flag: str, number: int, least: int, most: int) -> int:
    if not least <= number <= most:
        raise UsageError(f"{flag} {number}: not within {least} and {most}")
    return number


def _service(text: str) -> Service:
    try:
        target = parse_target(text)
    except ValueError as error:
        raise UsageError(f"--path.services: {error}") from None
    return Service(target.host, target.port)
