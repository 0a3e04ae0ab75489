"""The tour: every pair in time, failing pairs as long as they fail, at most a few."""

from collections import Counter

import pytest

from agent.echo.outcome import FailureClass
from agent.paths.names import Family
from agent.paths.targets import Form, Path, Target
from agent.paths.tour import MOST_KEPT, Tour

V4, V6 = Family.IPV4, Family.IPV6
TIMEOUT = FailureClass.TIMEOUT
PEERS = {V4: [f"192.0.2.{n}" for n in range(20)]}
WATCHED = tuple(PEERS[V4][:5])


def _target(address: str, *, passing: bool = True) -> Target:
    where = (V6 if ":" in address else V4, Form.SAME, address, 10132)
    return Target(Path.POD, *where, passing=passing)


def _round(tour: Tour, *failing: str, why: FailureClass = TIMEOUT) -> list[str]:
    """Return whom the tour dials in one round; those that are *failing* fail."""
    watched = [_target(address, passing=False) for address in WATCHED]
    found = [address for _, address in tour.visits(PEERS, watched)]
    for address in found:
        tour.note(_target(address), why if address in failing else None)
    return found


def test_every_other_peer_once_in_as_many_rounds() -> None:
    """One a round, and nobody twice before all have had their turn."""
    tour = Tour()
    visited = Counter(address for _ in range(30) for address in _round(tour))

    assert visited == Counter(dict.fromkeys(PEERS[V4][5:], 2))


def test_families_go_round_apart() -> None:
    """A peer of each in every round."""
    peers = {V4: ["192.0.2.1", "192.0.2.2"], V6: ["2001:db8::1"]}
    tour = Tour()
    found = [frozenset(tour.visits(peers, ())) for _ in range(2)]

    assert {len(one) for one in found} == {2}
    assert frozenset.union(*found) == {
        (V4, "192.0.2.1"),
        (V4, "192.0.2.2"),
        (V6, "2001:db8::1"),
    }


def test_a_fleet_that_is_watched_whole_has_no_tour() -> None:
    """Nor has one of a single node."""
    tour = Tour()
    watched = [_target(address, passing=False) for address in PEERS[V4]]

    assert not list(tour.visits(PEERS, watched))
    assert not list(tour.visits({V4: [], V6: []}, ()))


def test_a_failing_pair_is_dialled_until_it_works() -> None:
    """In each round, while the tour goes on beside it; once it works, no more."""
    tour, broken = Tour(), PEERS[V4][9]
    first = next(n for n in range(20) if broken in _round(tour, broken))
    again = [_round(tour, broken) for _ in range(40)]
    mended = [len(_round(tour)) for _ in range(3)]

    assert first < 15
    assert all(found[-1] == broken and len(found) == 2 for found in again)
    assert mended == [2, 1, 1]


def test_no_more_than_a_few() -> None:
    """Where most fails the watched show it: the tour waits until something works."""
    tour = Tour()
    found = [_round(tour, *PEERS[V4]) for _ in range(10)]

    assert max(map(len, found)) == MOST_KEPT
    assert found[-1] == found[-2]
    assert len(_round(tour)) == MOST_KEPT
    assert len(_round(tour)) == 1


@pytest.mark.parametrize(
    "why", [FailureClass.REFUSED, FailureClass.PROTOCOL_UNREACHABLE]
)
def test_who_refuses_is_left_to_its_watchers(why: FailureClass) -> None:
    """Such an answer came all the way: mixed clusters do not stop the tour."""
    tour = Tour()
    visited = Counter(x for _ in range(15) for x in _round(tour, *PEERS[V4], why=why))

    assert visited == Counter(PEERS[V4][5:])


@pytest.mark.parametrize(
    ("peers", "watched"),
    [
        pytest.param({V4: ["192.0.2.1"]}, (), id="gone"),
        pytest.param(PEERS, (_target("192.0.2.9", passing=False),), id="watched now"),
    ],
)
def test_a_failing_pair_is_left(
    peers: dict[Family, list[str]], watched: tuple[Target, ...]
) -> None:
    """When DNS has it no more, or it is dialled anyway."""
    tour = Tour()
    tour.note(_target("192.0.2.9"), TIMEOUT)

    assert (V4, "192.0.2.9") not in set(tour.visits(peers, watched))
    assert len(list(tour.visits({V4: [*WATCHED, "192.0.2.9"]}, ()))) == 1


def test_others_are_none_of_its_business() -> None:
    """What a watched peer comes to keeps nobody."""
    tour = Tour()
    tour.note(_target("192.0.2.9", passing=False), TIMEOUT)

    assert len(list(tour.visits(PEERS, ()))) == 1
