"""The rows of the table: what the answers say of each node, put together."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from agent.findings import Compliance, Expectation, Reason, State
from agent.fleet import queries
from agent.fleet.answer import Sample
from agent.fleet.names import natural

Key = tuple[str, str, str, str]
Vectors = Mapping[str, Sequence[Sample]]
Word = TypeVar("Word", bound=StrEnum)

AGENT_DOWN, AGENT_STALE, NO_DATA = "AgentDown", "AgentStale", "NoData"
"""Reasons of nodes whose agent says nothing, or nothing new."""


@dataclass(frozen=True, slots=True)
class Node:
    """One node as Prometheus knows it.

    *since* is when the node became as expected or not, or its agent fell silent, in
    Unix time; if not *exact*, it has been so for longer than is known.
    """

    name: str
    pool: str
    cluster: str
    state: State = State.UNKNOWN
    boot_state: State = State.UNKNOWN
    compliant: Compliance = Compliance.UNKNOWN
    expectation: Expectation | None = None
    reason: str = NO_DATA
    since: float | None = None
    exact: bool = False


def nodes(vectors: Vectors) -> tuple[Node, ...]:
    """Return the nodes: those to look after first, then by cluster, pool and name."""
    answers = {name: _by_node(samples) for name, samples in vectors.items()}
    keys = {*answers[queries.SCRAPED], *answers[queries.STATE]}
    return tuple(sorted((_node(key, answers) for key in keys), key=_order))


_YEAR_10000 = 253_402_300_800
_RANKS = {Compliance.FALSE: 0, Compliance.UNKNOWN: 1, Compliance.TRUE: 2}


def _order(node: Node) -> tuple[object, ...]:
    names = map(natural, (node.cluster, node.pool, node.name))
    return (_RANKS[node.compliant], *names)


def _by_node(samples: Sequence[Sample]) -> dict[Key, list[Sample]]:
    groups: dict[Key, list[Sample]] = {}
    for sample in samples:
        cluster, namespace, pool, node, instance = (
            sample.labels.get(label, "") for label in queries.IDENTITY
        )
        groups.setdefault((cluster, namespace, pool, node or instance), []).append(
            sample
        )
    return groups


def _node(key: Key, answers: Mapping[str, Mapping[Key, Sequence[Sample]]]) -> Node:
    cluster, _, pool, name = key
    mine = {what: by_node.get(key, ()) for what, by_node in answers.items()}
    scraped, states = mine[queries.SCRAPED], mine[queries.STATE]
    expectation = next(_words(mine[queries.EXPECTATION], Expectation), None)
    if scraped and not any(sample.value for sample in scraped):
        silent = _latest(mine[queries.ANSWERED])
        since = silent or _first(mine)
        return Node(
            name,
            *(pool, cluster),
            expectation=expectation,
            reason=AGENT_DOWN,
            since=since,
            exact=silent is not None,
        )
    if not states:
        return Node(name, pool, cluster, expectation=expectation)
    compliant = _worst(mine[queries.COMPLIANT], Compliance, Compliance.UNKNOWN)
    reason = _reason(mine[queries.REASON])
    otherwise = [s for s in mine[queries.OTHERWISE] if _is(s, compliant)]
    changed = _latest(otherwise)
    if mine[queries.STUCK]:
        compliant, reason, changed = Compliance.UNKNOWN, AGENT_STALE, None
    return Node(
        name,
        *(pool, cluster),
        state=_worst(states, State, State.UNKNOWN),
        boot_state=_worst(mine[queries.BOOT_STATE], State, State.UNKNOWN),
        compliant=compliant,
        expectation=expectation,
        reason=reason,
        since=changed or (None if reason == AGENT_STALE else _first(mine)),
        exact=changed is not None,
    )


def _words(samples: Sequence[Sample], words: type[Word]) -> Iterator[Word]:
    """Yield the members that the samples name; a newer agent may have others."""
    values = {value for sample in samples for value in sample.labels.values()}
    return (word for word in words if word.value in values)


def _worst(samples: Sequence[Sample], words: type[Word], unknown: Word) -> Word:
    """Return the answer; of two pods' answers the worse, and not that of a start."""
    labels = (queries.STATE, "status")
    values = {s.labels[label] for s in samples for label in labels if label in s.labels}
    worse = ("unavailable", "false", "on_demand", "ready", "true")
    return next((words(word) for word in worse if word in values), unknown)


def _reason(samples: Sequence[Sample]) -> str:
    reasons = sorted(sample.labels.get(queries.REASON, "") for sample in samples)
    final = [reason for reason in reasons if reason != Reason.STARTING]
    return next(iter(final or reasons), NO_DATA)


def _is(sample: Sample, compliant: Compliance) -> bool:
    return sample.labels.get("status") == compliant.value


def _latest(samples: Sequence[Sample]) -> float | None:
    return max(_moments(samples), default=None)


def _first(mine: Mapping[str, Sequence[Sample]]) -> float | None:
    return min(_moments(mine[queries.FIRST]), default=None)


def _moments(samples: Sequence[Sample]) -> Iterator[float]:
    """Yield what can be a moment: a server may answer with any number."""
    return (sample.value for sample in samples if 0 <= sample.value < _YEAR_10000)
