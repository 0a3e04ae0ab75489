"""The fleet on paper: coverage, churn, spread of names, sizes, in small."""

import pytest

from agent.paths.directory import Directory
from agent.paths.names import Family
from agent.paths.targets import Form, Matrix, Path, Service, Target, plan
from tests.paths.simulation.arithmetic import (
    AAAA,
    LARGEST_ANSWER,
    answer,
    counted,
    most_records,
    series,
    targets,
)
from tests.paths.simulation.gossip import Fleet
from tests.paths.simulation.rings import agrees, moved, names, pairs, watchers

K, SIZE = 5, 300


def _fleet(*, missing: int = 0) -> tuple[Fleet, set[int]]:
    fleet = Fleet(SIZE, neighbours=K)
    absent = set(range(0, SIZE, SIZE // missing)) if missing else set()
    fleet.start(set(range(SIZE)) - absent)
    return fleet, absent


def test_cold_start() -> None:
    """Everybody is watched from the first round on, and then by name."""
    fleet, _ = _fleet()
    turns = [fleet.turn() for _ in range(25)]

    assert min(turn.least for turn in turns) >= K
    assert min(turn.least_by_name for turn in turns[10:]) == K
    assert max(turn.probes for turn in turns) <= 2 * K
    assert (turns[-1].known, turns[-1].probes) == (1.0, K)


@pytest.mark.parametrize("restarted", [False, True], ids=["join", "restart"])
def test_newcomers(restarted: bool) -> None:  # noqa: FBT001  # a column
    """They disturb nobody's watch, and few pairs move for each of them."""
    fleet, absent = _fleet(missing=6)
    fleet.know_everything()
    before = fleet.pairs()

    fleet.start(range(3, SIZE, SIZE // 6) if restarted else absent)
    turns = [fleet.turn() for _ in range(25)]

    assert min(turn.least for turn in turns) >= K
    assert max(turn.probes for turn in turns) < K + 1
    assert turns[-1].probes == K
    assert len(fleet.pairs() - before) == (0 if restarted else 2 * K * len(absent))


def test_leavers() -> None:
    """Who leaves DNS is replaced at once, by one other for each who watched it."""
    fleet, _ = _fleet()
    fleet.know_everything()
    before = fleet.pairs()

    fleet.stop([7, 50, 100])

    assert len(fleet.pairs() - before) == 3 * K
    assert fleet.turn().least == K


def test_ring_at_rest() -> None:
    """Sorted once, the ring is the one that each agent finds for itself."""
    everybody = list(names(1000))
    found = pairs(everybody, K)

    assert agrees(everybody, found, K, samples=20)
    assert set(watchers(found).values()) == {K}
    assert moved(found, pairs(everybody[10:], K)) <= 10 * K


def test_answers_of_dns() -> None:
    """A message over TCP has 16 bits for its length; what fits is in the docs."""
    name = "sctp-node-agent-peers.sctp-node-agent.svc.cluster.local"
    most = most_records(name), most_records(name, record=AAAA)

    assert most == (4090, 2337)
    assert answer(name, most[0]) <= LARGEST_ANSWER < answer(name, most[0] + 1)


@pytest.mark.parametrize("families", [1, 2])
@pytest.mark.parametrize("neighbours", [3, 5])
def test_series(neighbours: int, families: int) -> None:
    """The formula of the docs is what a node with all kinds of targets exports."""
    own = ("192.0.2.1", "2001:db8::1")[:families]
    peers = {
        (f"192.0.2.{n}", f"2001:db8::{n}")[of]: f"n{n}"
        for n in range(2, 20)
        for of in range(families)
    }
    directory = Directory("n1")
    for _ in range(30):
        directory.keep(peers | dict.fromkeys(own, ""), own)
    for address, node in peers.items():
        hosts = (f"10.0.0.{node[1:]}", f"fd00::{node[1:]}")[:families]
        directory.confirm(address, node, hosts)
    services = ("172.30.0.1", "fd30::1")[:families]
    planned = plan(
        Matrix("n1", 10132, neighbours, 30132, ("10.0.0.1", "fd00::1")[:families]),
        directory,
        (Service("a", 10132, services), Service("b", 132, services)),
    )
    expected = targets(neighbours=neighbours, services=2, others=2, families=families)

    where = (Path.POD, Family.IPV4, Form.SAME, "192.0.2.99", 10132)
    turn = Target(*where, "n99", passing=True)

    assert len(planned) == expected
    assert counted((*planned, turn)) == series(targets=expected, kinds=3 * families)
