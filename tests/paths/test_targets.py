"""The matrix: everybody is watched, whoever knows what."""

from collections import Counter
from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from agent.paths.directory import YOUNG, Directory, Members
from agent.paths.names import Family
from agent.paths.ring import successors
from agent.paths.targets import (
    Form,
    Matrix,
    Path,
    Service,
    Target,
    peers_to_watch,
    plan,
)

SIZES, COUNTS = st.integers(2, 24), st.integers(1, 6)


def _address(node: int) -> str:
    return f"192.0.2.{node + 1}"


def _watched(
    own: int, size: int, known: set[int], *, count: int, old: bool
) -> set[int]:
    """Return whom a node watches that knows these names of all."""
    directory = Directory(f"node-{own}")
    answer = {_address(node): "" for node in range(size)}
    for _ in range(YOUNG + 1 if old else 1):
        directory.keep(answer, [_address(own)])
    directory.hear({_address(node): f"node-{node}" for node in known if node != own})
    found = peers_to_watch(directory.own, directory.members(Family.IPV4), count)
    by_address = {_address(node): node for node in range(size)}
    assert len(found) == len(set(found))
    return {by_address[address] for address in found}


@given(data=st.data(), size=SIZES, count=COUNTS)
def test_new_peers_are_watched_whoever_knows_what(
    data: st.DataObject, size: int, count: int
) -> None:
    """As long as they are new, every node is watched by as many others at least."""
    subsets = st.sets(st.integers(0, size - 1))
    watchers = Counter(
        node
        for own in range(size)
        for node in _watched(own, size, data.draw(subsets), count=count, old=False)
    )

    assert min(watchers[node] for node in range(size)) >= min(count, size - 1)
    assert watchers.total() <= 2 * count * size


@given(data=st.data(), size=SIZES, count=COUNTS)
def test_old_peers_are_watched_if_all_know_the_same(
    data: st.DataObject, size: int, count: int
) -> None:
    """Whichever names all of them know: one, some, none or all."""
    known = data.draw(st.sets(st.integers(0, size - 1)))
    watchers = Counter(
        node
        for own in range(size)
        for node in _watched(own, size, known, count=count, old=True)
    )

    assert min(watchers[node] for node in range(size)) >= min(count, size - 1)


@given(size=SIZES, count=COUNTS)
def test_at_rest_each_is_watched_by_just_as_many(size: int, count: int) -> None:
    """When all names are known the traffic is nodes times neighbours."""
    everyone = set(range(size))
    watchers = Counter(
        node
        for own in everyone
        for node in _watched(own, size, everyone, count=count, old=True)
    )

    assert watchers == Counter(dict.fromkeys(everyone, min(count, size - 1)))


def _plan(matrix: Matrix, *services: Service) -> tuple[Target, ...]:
    directory = Directory("me")
    peers = ("192.0.2.1", "192.0.2.2", "2001:db8::1", "192.0.2.9")
    directory.keep(dict.fromkeys(peers, ""), ["192.0.2.9", "2001:db8::9"])
    directory.confirm("192.0.2.1", "a", ["10.0.0.1", "fd00::1"])
    directory.confirm("192.0.2.2", "b", ["10.0.0.2"])
    directory.confirm("2001:db8::1", "a", ["10.0.0.1", "fd00::1"])
    return plan(matrix, directory, services)


def test_all_paths() -> None:
    """Pods of both families, own address included; Services by form; host addresses."""
    matrix = Matrix("me", 10132, 5, 30132, ("10.0.0.9", "10.0.0.8"))
    services = (
        Service("same", 10132, ("172.30.0.1", "172.30.0.2")),
        Service("other", 132, ("fd30::1",)),
        Service("lost", 132),
    )
    v4, v6, same, other = Family.IPV4, Family.IPV6, Form.SAME, Form.TRANSLATED

    assert set(_plan(matrix, *services)) == {
        Target(Path.POD, v4, same, "192.0.2.1", 10132, "a"),
        Target(Path.POD, v4, same, "192.0.2.2", 10132, "b"),
        Target(Path.POD, v4, same, "192.0.2.9", 10132, "me"),
        Target(Path.POD, v6, same, "2001:db8::1", 10132, "a"),
        Target(Path.CLUSTER_IP, v4, same, "172.30.0.1", 10132),
        Target(Path.CLUSTER_IP, v6, other, "fd30::1", 132),
        Target(Path.NODE_PORT, v4, other, "10.0.0.9", 30132, "me"),
        Target(Path.NODE_PORT, v4, other, "10.0.0.1", 30132, "a"),
        Target(Path.NODE_PORT, v4, other, "10.0.0.2", 30132, "b"),
        Target(Path.NODE_PORT, v6, other, "fd00::1", 30132, "a"),
    }


def test_pods_alone() -> None:
    """What is not configured is not probed."""
    assert {target.path for target in _plan(Matrix("me", 10132, 5))} == {Path.POD}


def test_newcomers_take_nobodys_place() -> None:
    """Who has just come does not know whom to watch: the others go on meanwhile."""
    names = [f"node-{n}" for n in range(20)]
    named = {name: f"192.0.2.{n + 1}" for n, name in enumerate(names)}
    ordered = [named[name] for name in successors("me", names, 20)]

    def shown(new: Iterable[str]) -> list[str]:
        members = Members(named, frozenset(new), frozenset(named.values()), "")
        return [a for a in peers_to_watch("me", members, 3) if a in ordered[:7]]

    assert shown([]) == ordered[:3]
    assert shown([ordered[0], ordered[3]]) == ordered[:5]
    assert set(shown(ordered[:7])) >= set(ordered[:6])
    assert (
        len(
            peers_to_watch("me", Members(named, frozenset(ordered), frozenset(), ""), 3)
        )
        == 3
    )
