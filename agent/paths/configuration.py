"""What path probing is told to do."""

from dataclasses import dataclass

from agent.paths.targets import Matrix, Service


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
