"""The rounds: whom they probe when, and what counts as a failure."""

import asyncio
import logging
import socket
from dataclasses import replace

import pytest

from agent.echo.message import Reply
from agent.echo.outcome import FailureClass
from agent.paths.names import Family
from agent.paths.targets import Path, Service
from tests.http.loopback import bounded
from tests.paths.cluster import EVERYBODY, OWN, PORT, A, B, Bench, World

TIMEOUT, WRONG = FailureClass.TIMEOUT, FailureClass.WRONG_RESPONDER
POD4 = (Path.POD, Family.IPV4)


def _turned(world: World, *changes: dict[str, object], services: int = 0) -> Bench:
    """Return what is recorded after a round, and one after each of the *changes*."""
    bench = Bench(
        world, services=[Service("agents", PORT + n) for n in range(services)]
    )

    async def turns() -> None:
        await bench.turn()
        for change in changes:
            for name, value in change.items():
                setattr(world, name, value)
            await bench.turn()

    bounded(turns())
    return bench


def test_everybody_is_probed_once() -> None:
    """Peers become known by what they say, and this node is one of its targets."""
    bench = _turned(World(), {})

    assert sorted(host for host, _, _ in bench.world.dialled) == [A, B, OWN]
    assert bench.latest() == {"me": None, "a": None, "b": None}
    assert bench.record.attempts[POD4] == 6


def test_spread_over_the_interval() -> None:
    """Each target has its own time: after DNS, and early enough to end in time."""
    bench = _turned(World())

    assert len(set(bench.clock.slept)) == 3
    assert all(5 <= seconds <= 25 for seconds in bench.clock.slept)


def test_a_failure_counts_when_dns_still_has_the_peer() -> None:
    """It is judged by the next answer, and by the name that was dialled."""
    dead = {OWN: "me", A: "a"}
    bench = _turned(World(), {"nodes": dead})
    assert bench.latest()["b"] is None
    assert bench.record.attempts[POD4] == 5

    bounded(bench.turn())

    assert bench.latest() == {"me": None, "a": None, "b": TIMEOUT}
    assert bench.record.failures[*POD4, TIMEOUT] == 1


@pytest.mark.parametrize(
    ("answer", "nodes"),
    [
        pytest.param({OWN: "", A: ""}, {OWN: "me", A: "a"}, id="peer gone"),
        pytest.param(
            {OWN: "", A: "", "192.0.2.3": ""},
            {OWN: "me", A: "a", "192.0.2.3": "b"},
            id="peer with another address",
        ),
    ],
)
def test_vanished_peers_are_no_failures(
    answer: dict[str, str], nodes: dict[str, str]
) -> None:
    """Who left DNS while an attempt was under way has done nothing wrong."""
    bench = _turned(World(), {"nodes": nodes}, {"peers": answer})

    assert bench.record.failures.total() == 0
    assert "b" not in bench.latest() or bench.latest()["b"] is None


def test_peers_of_which_dns_tells_nothing() -> None:
    """Their failures count again when it answers, and has them."""
    dead: dict[str, object] = {"nodes": {OWN: "me", A: "a"}}
    silent = OSError("no servers")
    bench = _turned(World(), dead, {"peers": silent}, {}, {})
    assert bench.record.failures[*POD4, TIMEOUT] == 0
    assert bench.latest()["b"] is None

    bench.world.peers = EVERYBODY
    bounded(bench.turn())
    assert bench.record.failures[*POD4, TIMEOUT] == 1
    assert bench.latest()["b"] == TIMEOUT


def test_an_address_that_went_to_another_node() -> None:
    """Whoever answers is learnt anew: that is no wrong responder."""
    bench = _turned(World(), {"nodes": {OWN: "me", A: "c", B: "b"}}, {})

    assert bench.latest() == {"me": None, "c": None, "b": None}
    assert bench.record.failures.total() == 0


@pytest.mark.parametrize(
    "reply",
    [
        pytest.param(Reply("n", "a", reached=B), id="at another address"),
        pytest.param(Reply("n", "a", reached=""), id="nowhere"),
        pytest.param(Reply("n", "a", reached="\0"), id="at no address"),
    ],
)
def test_wrong_responder(reply: Reply) -> None:
    """Nothing may rewrite the address of a pod; and who does is not believed."""
    bench = _turned(World(replies={A: reply}), {})

    assert bench.latest() == {"me": None, "": WRONG, "b": None}


def test_a_mapped_address_is_the_same() -> None:
    """A responder that listens for both families sees IPv4 in IPv6's clothes."""
    bench = _turned(World(replies={A: Reply("n", "a", reached=f"::ffff:{A}")}))

    assert bench.latest()["a"] is None


@pytest.mark.parametrize(
    ("failure", "name"),
    [
        pytest.param(FailureClass.LARGE_LOST, "a", id="believed"),
        pytest.param(FailureClass.CORRUPTED, "", id="not believed"),
    ],
)
def test_names_from_failed_attempts(failure: FailureClass, name: str) -> None:
    """A reply that arrived whole is believed even if a later one did not."""
    bench = _turned(World(failures={A: failure}), {})

    assert bench.latest()[name] is failure


@pytest.mark.parametrize("lie", ["A", "a" * 254, "a b", "", "../a", "a\n", "ä"])
def test_hostile_names(lie: str) -> None:
    """What no node can be called never becomes a label."""
    world = World(replies={A: Reply("n", lie, reached=A, names={B: lie})})
    bench = _turned(world, {})

    assert bench.latest() == {"me": None, "": None, "b": None}


def test_names_are_asked_for_and_learnt() -> None:
    """Addresses without a name are asked for, hearsay is asked for again."""
    peers = EVERYBODY | {f"198.51.100.{n}": "" for n in range(200)}
    told = dict.fromkeys([a for a in peers if a.startswith("198")], "")
    told = {address: f"n{address.rpartition('.')[2]}" for address in told}
    world = World(peers=peers, replies={A: Reply("n", "a", reached=A, names=told)})
    world.nodes |= told
    bench = Bench(world)
    bench.surroundings.directory.own_addresses = frozenset({OWN})

    bounded(bench.turn())
    first = list(world.dialled)
    bench.surroundings.directory.hear(told)
    bounded(bench.turn())

    assert len(first) == 7  # five neighbours, itself, and one that has its turn
    assert all(len(set(ask)) == 64 for _, _, ask in first)
    assert {len(ask) for _, _, ask in world.dialled} <= {8, 9, 10}


def test_peers_in_passing() -> None:
    """Each has its turn; there are series of such a pair as long as it fails."""
    others = {f"192.0.2.{n}": f"n{n}" for n in range(20, 40)}
    peers = EVERYBODY | dict.fromkeys(others, "")
    world = World(peers=dict(peers))
    world.nodes |= others
    bench = Bench(world)

    async def rounds(count: int) -> tuple[list[int], set[str]]:
        sizes, dialled = [], set[str]()
        for _ in range(count):
            await bench.turn()
            sizes.append(len(bench.latest()))
            dialled |= {host for host, _, _ in world.dialled}
        return sizes, dialled

    early, everyone = bounded(rounds(45))
    watched = {host for host, _, _ in world.dialled}
    away = min(others.keys() - watched)
    del world.nodes[away]
    failing, _ = bounded(rounds(25))
    shown = bench.latest()
    world.nodes[away] = others[away]
    late, _ = bounded(rounds(2))

    assert everyone == peers.keys()
    assert early[-20:] == [6] * 20
    assert failing[-1] == 7
    assert [why for why in shown.values() if why] == [TIMEOUT]
    assert late == [6, 6]


def test_no_sctp_here() -> None:
    """Without SCTP nothing is dialled, nothing fails and nothing is shown."""
    bench = _turned(World(), {"nodes": {}}, {"has_sctp": False})
    shown = bench.rounds.active, bench.latest(), bench.world.dialled
    assert shown == (False, {}, [])

    bounded(bench.turn(lambda world: setattr(world, "has_sctp", True)))

    assert bench.rounds.active
    assert bench.record.failures.total() == 0


def test_who_is_a_peer() -> None:
    """Whom DNS had last, however a socket spells the address, and this node."""
    bench = _turned(World(own=(OWN, "198.51.100.9")), {"peers": OSError("no servers")})
    asked = (A, f"::ffff:{A}", "198.51.100.9", "203.0.113.1", "fe80::1%2")

    assert [bench.surroundings.is_peer(address) for address in asked] == [
        *(True, True, True, False, False)
    ]


def test_dns_fails() -> None:
    """The last answer stands in; that nothing was resolved is counted all the same."""
    error = OSError("no servers")
    bench = _turned(World(), {"peers": error, "service": error}, {}, services=2)

    assert len(bench.world.dialled) == 5
    assert bench.latest() == {"me": None, "a": None, "b": None}
    assert bench.latest(Path.CLUSTER_IP) == {"": None}
    resolve = FailureClass.RESOLVE
    assert bench.record.failures[*POD4, resolve] == 2
    assert bench.record.failures[Path.CLUSTER_IP, Family.IPV4, resolve] == 4


@pytest.mark.parametrize("code", [socket.EAI_NONAME, socket.EAI_NODATA])
def test_dns_says_that_there_is_nobody(code: int) -> None:
    """Said twice, it is an answer: nobody is dialled any more, and that shows."""
    nobody = socket.gaierror(code, "no such name")
    bench = _turned(World(), {"peers": nobody, "service": nobody}, services=1)
    assert bench.latest() == {"me": None, "a": None, "b": None}

    bench.world.dialled.clear()
    bounded(bench.turn())
    assert bench.world.dialled == []
    assert bench.latest() == {"": FailureClass.RESOLVE}
    assert bench.latest(Path.CLUSTER_IP) == {"": FailureClass.RESOLVE}


def test_silence_is_no_answer() -> None:
    """Nor is one that says for a moment that there is nobody."""
    nobody, silent = socket.gaierror(socket.EAI_NONAME, ""), OSError("no servers")
    turns: list[dict[str, object]] = [
        {"peers": error, "service": error} for error in (nobody, silent, nobody)
    ]
    bench = _turned(World(), *turns, services=1)

    assert bench.latest() == {"me": None, "a": None, "b": None}
    assert bench.latest(Path.CLUSTER_IP) == {"": None}


def test_dns_has_never_answered() -> None:
    """Then there is nothing to probe, and that shows, for each family there is."""
    error = OSError("no servers")
    world = World(peers=error, service=error, own=(OWN, "2001:db8::9", "fe80::1"))
    bench = _turned(world, {}, services=1)

    assert world.dialled == []
    assert {(path, of) for path, of, _, _ in bench.record.series()} == {
        (path, of) for path in (Path.POD, Path.CLUSTER_IP) for of in Family
    }
    assert bench.latest() == {"": FailureClass.RESOLVE}
    world.peers, world.service = EVERYBODY, ("172.30.0.1",)
    bounded(bench.turn())

    assert bench.latest() == {"me": None, "a": None, "b": None}
    assert bench.latest(Path.CLUSTER_IP) == {"": None}


def test_service_fails_at_once() -> None:
    """A Service does not go away because its agents do."""
    bench = _turned(World(failures={"172.30.0.1": TIMEOUT}), services=1)

    assert bench.latest(Path.CLUSTER_IP) == {"": TIMEOUT}


def test_node_port_of_a_node_that_left() -> None:
    """It is no failure; that of a node which is still there is one."""
    world = World()
    host = {"a": "10.0.0.1", "b": "10.0.0.2"}
    for address, node in ((A, "a"), (B, "b")):
        reply = Reply("n", node, reached=address, host_addresses=(host[node],))
        world.replies[address] = reply
    bench = Bench(world)
    matrix = replace(bench.surroundings.matrix, node_port=30132)
    bench.surroundings.matrix = replace(matrix, host_addresses=("10.0.0.9",))
    world.nodes |= {"10.0.0.1": "b", "10.0.0.2": "a", "10.0.0.9": "b"}
    bounded(bench.turn())
    bounded(bench.turn())
    assert bench.latest(Path.NODE_PORT) == {"me": None, "a": None, "b": None}
    for address in ("10.0.0.1", "10.0.0.2", "10.0.0.9"):
        del world.nodes[address]
    bounded(bench.turn())

    del world.peers[B]  # type: ignore[union-attr]
    bounded(bench.turn())

    assert bench.latest(Path.NODE_PORT) == {"me": TIMEOUT, "a": TIMEOUT}
    assert bench.record.failures[Path.NODE_PORT, Family.IPV4, TIMEOUT] == 2


def test_run_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    """A round that breaks is logged once, harms no other target, and is repeated."""
    bench = Bench(World(broken={A}))

    async def some_rounds() -> None:
        running = asyncio.ensure_future(bench.rounds.run())
        while bench.clock.now < 1000 + 4 * 30:  # noqa: ASYNC110  # no event
            await asyncio.sleep(0.001)
        running.cancel()

    with caplog.at_level(logging.ERROR):
        bounded(some_rounds())

    assert [record.getMessage() for record in caplog.records] == ["round failed"]
    assert bench.latest() == {"me": None, "b": None}
    assert 0 <= bench.clock.slept[0] < 30


def test_run_recovers(caplog: pytest.LogCaptureFixture) -> None:
    """After a good round the next break is news again."""
    bench = Bench(World(broken={A}))

    async def some_rounds() -> None:
        running = asyncio.ensure_future(bench.rounds.run())
        for broken in ({A}, set[str](), {A}):
            bench.world.broken = broken
            until = bench.clock.now + 90
            while bench.clock.now < until:  # noqa: ASYNC110  # no event
                await asyncio.sleep(0.001)
        running.cancel()

    with caplog.at_level(logging.ERROR):
        bounded(some_rounds())

    assert [record.getMessage() for record in caplog.records] == ["round failed"] * 2


def test_searches_that_fail_are_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    """The log says when an answer begins to lack, and when it is back, and of whom."""
    caplog.set_level(logging.INFO)
    error = OSError("no servers")
    _turned(World(), {"peers": error}, {}, {"peers": EVERYBODY}, {})

    assert _searches(caplog) == [
        ("WARNING", "not found, keeping the last answer", "peers.example"),
        ("INFO", "found again", "peers.example"),
    ]


def test_a_rollout_is_no_failure(caplog: pytest.LogCaptureFixture) -> None:
    """What works within the first rounds of a fleet has not failed before."""
    caplog.set_level(logging.INFO)
    nobody = socket.gaierror(socket.EAI_NONAME, "")
    refused = {A: FailureClass.REFUSED, "172.30.0.1": FailureClass.REFUSED}
    _turned(
        World(peers=nobody, service=nobody, failures=refused),
        {},
        {"peers": EVERYBODY, "service": ("172.30.0.1",)},
        {},
        {"failures": {}},
        {},
        services=2,
    )

    assert caplog.records == []


def test_what_never_worked_is_told_when_it_goes_on(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """After three rounds the log says so, once for each name, and when it is over."""
    caplog.set_level(logging.INFO)
    nobody = socket.gaierror(socket.EAI_NONAME, "")
    world = World(service=nobody, failures={A: TIMEOUT})
    mended: dict[str, object] = {"service": ("172.30.0.1",), "failures": {}}
    _turned(world, {}, {}, {}, {}, mended, services=2)

    assert _searches(caplog) == [
        ("WARNING", "not found, and no earlier answer", "agents"),
        ("INFO", "found", "agents"),
    ]
    pods = [r for r in caplog.records if vars(r).get("path") == "pod"]
    assert [r.getMessage() for r in pods] == ["path fails", "path works"]
    services = [r for r in caplog.records if vars(r).get("path") == "cluster_ip"]
    assert {vars(r)["class"] for r in services} == {"resolve"}


def _searches(caplog: pytest.LogCaptureFixture) -> list[tuple[str, str, str]]:
    return [
        (r.levelname, r.getMessage(), vars(r)["sought"])
        for r in caplog.records
        if "found" in r.msg
    ]


def test_changes_are_logged(caplog: pytest.LogCaptureFixture) -> None:
    """The log says when a path begins to fail, otherwise, and no more; and where."""
    caplog.set_level(logging.INFO)
    refused: dict[str, object] = {"failures": {A: FailureClass.REFUSED}}
    lost: dict[str, object] = {"failures": {A: TIMEOUT}}
    _turned(World(), refused, {}, {}, lost, {}, {}, {"failures": {}}, {})

    told = [(r.levelname, r.getMessage(), vars(r).get("class")) for r in caplog.records]
    assert told == [
        ("WARNING", "path fails", "refused"),
        ("WARNING", "path fails", "timeout"),
        ("INFO", "path works again", None),
    ]
    assert {vars(r)["address"] for r in caplog.records} == {A}
    assert {vars(r)["target"] for r in caplog.records} == {"a"}


def test_days_of_churn() -> None:
    """Peers come and go for two thousand rounds, and leave nothing behind."""
    world = World()
    bench = Bench(world)
    seen: list[tuple[int, int]] = []

    async def rounds() -> None:
        for number in range(2000):
            peers = {
                f"198.51.{number // 240}.{number % 240 + step}" for step in range(9)
            }
            world.peers = dict.fromkeys((OWN, *peers), "")
            world.nodes = {OWN: "me"} | {a: f"n{a}" for a in peers if a[-1] != "7"}
            await bench.turn()
            told = bench.surroundings.directory.tell([OWN])
            seen.append((len(bench.record.series()), len(told)))

    bounded(rounds())

    assert max(series for series, _ in seen) <= 12
    assert max(names for _, names in seen) <= 10
    assert len(bench.record.failures) == len(bench.record.attempts) == 1
