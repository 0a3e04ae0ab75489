"""Nodes on paper with their pods, and all that may be wrong with one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from prometheus_client.metrics_core import Metric

from agent.echo.message import Reply
from agent.findings import Expectation, Finding


class Process(Protocol):
    """An agent, as far as a cluster needs it."""

    def stop(self) -> None:
        """End at once."""

    def answer(self, node: str, seen: str, reached: str, ask: Sequence[str]) -> Reply:
        """Answer the agent of *node*: its address is *seen*, ours was *reached*."""

    def families(self) -> Iterator[Metric]:
        """Yield what a scrape gets."""


@dataclass(eq=False, slots=True)
class Node:
    """A node, and what is wrong with it.

    *starved* is the share of what happens on it too late, and all takes so many seconds
    as it is *slow*. On one that is *asked* a pod opens an SCTP socket every five
    minutes. Without *new_sockets* new namespaces get no SCTP; the agent of a *deaf* one
    does not listen. That of one without *readable* files cannot use its web
    configuration; *certificate* is when the one ends that is shown, and *written* when
    its file for others was, None now. A *blind* agent cannot tell, one that is *hung*
    since some second evaluates nothing; *found* has what checks say that do not pass.
    Each second so many packets are *damaged*.
    """

    name: str
    pool: str
    addresses: tuple[str, ...]
    expectation: Expectation = Expectation.REQUIRED
    has_sctp: bool = True
    survives: bool = True
    up: bool = True
    booted: float = -86_400.0
    starved: float = 0.0
    new_sockets: bool = True
    deaf: bool = False
    slow: float = 0.0
    blind: bool = False
    hung: float | None = None
    found: dict[str, Finding] = field(default_factory=dict)
    damaged: float = 0.0
    asked: bool = False
    readable: bool = True
    certificate: float = 60 * 86_400.0
    written: float | None = None
    pod: "Pod | None" = None


@dataclass(eq=False, slots=True)
class Pod:
    """An agent's pod: its *process* is None while its container does not run."""

    name: str
    node: Node
    addresses: tuple[str, ...]
    process: Process | None = None
    ready: bool = False

    @property
    def probed(self) -> bool:
        """Whether the component path-probes is on: not where SCTP is forbidden."""
        return self.node.expectation is not Expectation.FORBIDDEN

    @property
    def listens(self) -> bool:
        """Whether an INIT is answered."""
        return (
            self.process is not None
            and self.probed
            and self.node.has_sctp
            and not self.node.deaf
        )
