"""How many nodes are as expected: in all, and by pool and expectation."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from agent.findings import Compliance, Expectation
from agent.fleet.names import natural
from agent.fleet.node import Node
from agent.report.exit_codes import AS_EXPECTED, COULD_NOT_TELL, NOT_AS_EXPECTED

"""The exit codes, those of `check`."""


@dataclass(frozen=True, slots=True)
class Group:
    """The nodes of one pool of which the same is expected."""

    cluster: str
    pool: str
    expectation: Expectation | None
    nodes: tuple[Node, ...]

    def count(self, compliant: Compliance) -> int:
        """Return how many nodes have this answer."""
        return count(self.nodes, compliant)

    @property
    def reasons(self) -> tuple[tuple[str, int], ...]:
        """Why nodes are not as expected or not known to be, the most frequent first."""
        counts = Counter(
            node.reason for node in self.nodes if node.compliant != Compliance.TRUE
        )
        return tuple(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))


def groups(nodes: Sequence[Node]) -> tuple[Group, ...]:
    """Return the groups by cluster, pool and expectation.

    A silent node counts to what is expected of the rest of its pool, if that is one.
    """
    expectations: dict[tuple[str, str], set[Expectation]] = {}
    for node in nodes:
        if node.expectation:
            pool = expectations.setdefault((node.cluster, node.pool), set())
            pool.add(node.expectation)
    members: dict[tuple[str, str, Expectation | None], list[Node]] = {}
    for node in nodes:
        of_pool = expectations.get((node.cluster, node.pool), set())
        only = next(iter(of_pool)) if len(of_pool) == 1 else None
        key = (node.cluster, node.pool, node.expectation or only)
        members.setdefault(key, []).append(node)
    keys = sorted(
        members, key=lambda key: (natural(key[0]), natural(key[1]), key[2] or "")
    )
    return tuple(Group(*key, tuple(members[key])) for key in keys)


def count(nodes: Sequence[Node], compliant: Compliance) -> int:
    """Return how many nodes have this answer."""
    return sum(node.compliant == compliant for node in nodes)


def headline(nodes: Sequence[Node]) -> str:
    """Return the state of the fleet in one sentence."""
    if not nodes:
        return "Prometheus knows of no node with an agent"
    all_nodes = f"{len(nodes)} nodes" if len(nodes) > 1 else "1 node"
    bad = count(nodes, Compliance.FALSE)
    unknown = count(nodes, Compliance.UNKNOWN)
    if not bad + unknown:
        return f"{all_nodes}, all as expected"
    parts = [f"{bad} not as expected"] if bad else []
    parts += [f"{unknown} not known"] if unknown else []
    return f"{all_nodes}: {', '.join(parts)}"


def exit_code(nodes: Sequence[Node], warnings: Sequence[str]) -> int:
    """Return 1 when a node is not as expected, else 2 when one may not be.

    With *warnings* the answer is not all that there is: nodes may be missing.
    """
    if count(nodes, Compliance.FALSE):
        return NOT_AS_EXPECTED
    if not nodes or warnings or count(nodes, Compliance.UNKNOWN):
        return COULD_NOT_TELL
    return AS_EXPECTED
