"""What is tried where and when, with a probe and namespaces that are pretended."""

import errno
import itertools
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from agent.findings import SocketResult
from agent.probe.prober import Results, SocketProber
from tests.probe.stand_ins import fails

HOST = "/host/proc/1/ns/net"
KINDS = [
    ("ipv4", "one-to-one"),
    ("ipv4", "one-to-many"),
    ("ipv6", "one-to-one"),
    ("ipv6", "one-to-many"),
]


@dataclass
class World:
    """Pretended namespaces and sockets; notes where each probe ran."""

    own: bool = False
    failing: bool = False
    problems: dict[str, Exception] = field(default_factory=dict)
    probes: list[str] = field(default_factory=list)
    times: Iterator[float] = field(default_factory=itertools.count)
    place: threading.local = field(default_factory=threading.local)

    def is_own(self, path: str) -> bool:
        """Say what the test says about the host's namespace."""
        assert path == HOST
        self._go("is_own")
        return self.own

    def enter(self, path: str) -> None:
        """Go to the host's namespace."""
        assert path == HOST
        self._go("host")

    def enter_fresh(self) -> None:
        """Go to a new namespace."""
        self._go("pod")

    def probe(self, family: str, style: str, *, netns: str) -> SocketResult:
        """Do as the test says, and be counted where it really ran."""
        self.probes.append(getattr(self.place, "name", "agent"))
        return SocketResult(
            netns,
            family,
            style,
            success=not self.failing,
            stage="done",
            time=next(self.times),
        )

    def _go(self, place: str) -> None:
        if problem := self.problems.get(place):
            raise problem
        self.place.name = "agent" if place == "is_own" else place

    def prober(self) -> SocketProber:
        """Return a prober that lives in this world."""
        return SocketProber(
            slow_interval=300, probe=self.probe, ways=self, clock=lambda: 77.0
        )


def run(
    prober: SocketProber,
    now: float = 0.0,
    *,
    permitted: bool = True,
    host: str | None = HOST,
) -> Results:
    """Run once."""
    return prober.run(permitted=permitted, host_netns=host, now=now)


def of(results: Results, netns: str) -> Results:
    """Return the results that are labelled so."""
    return tuple(result for result in results if result.netns == netns)


def test_first_run_tries_every_kind_in_every_namespace() -> None:
    """One run is enough to know everything, as `check` needs it."""
    world = World()

    results = run(world.prober())

    assert world.probes == ["agent"] * 4 + ["host"] * 4 + ["pod"] * 4
    assert [(r.netns, r.family, r.style) for r in results] == [
        (netns, *kind) for netns in ("agent", "host", "pod") for kind in KINDS
    ]


def test_nothing_is_opened_without_permission() -> None:
    """An unpermitted run neither probes nor enters, nor keeps old results."""
    world = World()
    prober = world.prober()

    assert run(prober, permitted=False) == ()
    assert world.probes == []
    run(prober)
    assert run(prober, permitted=False) == ()
    assert len(world.probes) == 12


@pytest.mark.parametrize(
    ("now", "fresh"),
    [
        pytest.param(299.0, False, id="within the interval"),
        pytest.param(300.0, True, id="when it has passed"),
    ],
)
def test_only_the_fresh_namespace_is_tried_at_a_slower_pace(
    now: float, *, fresh: bool
) -> None:
    """In between, its results stay as they were, with their times and their age."""
    world = World()
    prober = world.prober()
    first = run(prober, 0.0)
    world.probes.clear()

    second = run(prober, now)

    assert world.probes == ["agent"] * 4 + ["host"] * 4 + ["pod"] * 4 * fresh
    times = [result.time for result in of(second, "pod")]
    assert (times == [result.time for result in of(first, "pod")]) is not fresh
    assert {result.age for result in of(second, "pod")} == {0.0 if fresh else now}
    assert {r.age for r in second if r.netns != "pod"} == {0.0}
    assert len(second) == 12


def test_the_hosts_namespace_that_breaks_and_is_repaired_is_seen_at_once() -> None:
    """The node's state rests on it, so it is never an old result."""
    world = World()
    prober = world.prober()
    run(prober, 0.0)
    world.failing = True
    broken = run(prober, 15.0)
    world.failing = False
    repaired = run(prober, 30.0)

    assert [result.success for result in of(broken, "host")] == [False] * 4
    assert [result.success for result in of(repaired, "host")] == [True] * 4


def test_permission_that_comes_back_is_used_at_once() -> None:
    """When the module has been loaded, everything is tried without waiting."""
    world = World()
    prober = world.prober()
    run(prober, 0.0)
    run(prober, 1.0, permitted=False)
    world.probes.clear()

    run(prober, 2.0)

    assert len(world.probes) == 12


def test_agent_in_the_hosts_namespace_measures_it_in_place() -> None:
    """The agent's own results are the host's; nobody enters anything for them."""
    world = World(own=True, problems={"host": AssertionError("entered")})
    prober = world.prober()

    run(prober, 0.0)
    results = run(prober, 15.0)

    assert [r.netns for r in results] == ["agent"] * 4 + ["host"] * 4 + ["pod"] * 4
    assert [r.time for r in of(results, "host")] == [
        r.time for r in of(results, "agent")
    ]
    assert "host" not in world.probes


def test_unknown_host_namespace_has_no_results() -> None:
    """Without a path there is nothing to say about the host's namespace."""
    world = World()

    results = run(world.prober(), host=None)

    assert of(results, "host") == ()
    assert len(of(results, "pod")) == 4


@pytest.mark.parametrize(
    ("place", "problem", "netns", "error"),
    [
        ("is_own", fails(errno.EACCES), "host", "EACCES"),
        ("is_own", fails(errno.ENOENT), "host", "ENOENT"),
        ("host", fails(errno.EPERM), "host", "EPERM"),
        ("pod", fails(errno.EPERM), "pod", "EPERM"),
        ("pod", fails(errno.ENOSPC), "pod", "ENOSPC"),
        ("pod", TimeoutError(), "pod", "ETIMEDOUT"),
        ("pod", ImportError("pyroute2"), "pod", "ImportError"),
    ],
    ids=[
        "link not readable",
        "no such link",
        "not allowed to enter",
        "not allowed to make one",
        "too many namespaces",
        "stuck",
        "library missing",
    ],
)
def test_namespace_out_of_reach_says_nothing_about_sctp(
    place: str, problem: Exception, netns: str, error: str
) -> None:
    """Its results are neither success nor failure; the others are as ever."""
    world = World(problems={place: problem})

    results = run(world.prober())

    assert [(r.family, r.style) for r in of(results, netns)] == KINDS
    for result in of(results, netns):
        assert result.success is None
        assert (result.stage, result.error, result.time) == ("namespace", error, 77.0)
    assert [r.success for r in results if r.netns != netns] == [True] * 8


def test_namespace_that_cannot_be_entered_in_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It holds nothing up, and says nothing about SCTP until it lets go."""
    over = threading.Event()
    world = World()
    monkeypatch.setattr(world, "enter", lambda _: over.wait(30))
    prober = SocketProber(deadline=0.1, probe=world.probe, ways=world)
    results = run(prober)
    over.set()

    assert {(r.success, r.error) for r in of(results, "host")} == {(None, "ETIMEDOUT")}
    assert [r.success for r in results if r.netns != "host"] == [True] * 8


def test_importing_the_prober_does_not_import_pyroute2() -> None:
    """What only the slow probes need stays out of memory until they run."""
    program = "import sys, agent.probe.prober; sys.exit('pyroute2' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
