"""Gathering from a node of which a part does not answer."""

import itertools
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from agent.evaluation.evaluator import Evaluator
from agent.evaluation.gather import Scope
from agent.facts import SystemFacts
from agent.findings import (
    Expectation,
    ModuleState,
    Reason,
    Report,
    SocketResult,
    State,
    Status,
)
from agent.hostfs.host import Host
from agent.probe.prober import SocketProber
from agent.report.build import NodeSpec
from tests.nodes import (
    BOOT,
    CMDLINE,
    ETC,
    MODULES,
    SCTP_KO,
    MakeNode,
    Node,
    Sockets,
    loaded,
)

SOON = 0.5  # seconds each part may take here: more than one needs on a busy machine
LATE = 30.0  # seconds within which a released read has returned


class Stall:
    """Makes reads of one path hang, as on a dead network mount, until it is over."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.hanging = 0
        self.over = threading.Event()

    def wait(self) -> None:
        """Hang."""
        self.hanging += 1
        self.over.wait(LATE)
        self.hanging -= 1


@pytest.fixture
def stall(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], Stall]]:
    """Return what makes a path hang; it is over at the latest after the test."""
    stalls: list[Stall] = []

    def start(path: str) -> Stall:
        stall = Stall(path)
        stalls.append(stall)
        original = Host.open

        @contextmanager
        def hanging(host: Host, path: str) -> Iterator[int]:
            if path == stall.path and not stall.over.is_set():
                with host._at(path):  # noqa: SLF001  # it has got that far
                    stall.wait()
            with original(host, path) as fd:
                yield fd

        monkeypatch.setattr(Host, "open", hanging)
        return stall

    yield start
    for started in stalls:
        started.over.set()


def _evaluator(node: Node, prober: SocketProber | None = None) -> Evaluator:
    sockets = Sockets({})
    return Evaluator(
        Scope(root=str(node.root), deadline=SOON, socket_deadline=SOON),
        NodeSpec("worker-0", Expectation.REQUIRED),
        prober=prober or SocketProber(probe=sockets, ways=sockets),
    )


def _status(report: Report, check: str) -> Status:
    return next(c.finding.status for c in report.checks if c.name == check)


@pytest.mark.parametrize(
    ("path", "passing"),
    [
        pytest.param(CMDLINE, "kmod_blacklist", id="kernel arguments"),
        pytest.param("/etc/os-release", "kmod_blacklist", id="os-release"),
        pytest.param("/proc/modules", "kmod_blacklist", id="loaded modules"),
        pytest.param(SCTP_KO, "kmod_blacklist", id="module file"),
        pytest.param(f"{MODULES}/modules.dep.bin", "kmod_blacklist", id="index"),
        pytest.param(f"{ETC}/x.conf", "module_present", id="modprobe.d file"),
    ],
)
def test_part_that_hangs_makes_the_answer_unknown(
    make_node: MakeNode, stall: Callable[[str], Stall], path: str, passing: str
) -> None:
    """The path is named each time, the rest is gathered, and it recovers."""
    node = make_node({f"{ETC}/x.conf": "# nothing\n"})
    evaluate = _evaluator(node)
    stalled = stall(path)

    for _ in range(3):
        report = evaluate()

        assert report.verdict.state == State.UNKNOWN
        assert report.verdict.boot_state == State.UNKNOWN
        assert report.verdict.compliant == "unknown"
        assert report.verdict.reason == Reason.FACT_TIMEOUT
        assert path in report.verdict.message
        assert stalled.hanging == 1
        assert _status(report, "node_readable") == Status.UNKNOWN
        assert _status(report, passing) == Status.PASS

    _end(stalled)
    report = evaluate()

    assert report.verdict.state == State.ON_DEMAND
    assert {c.finding.status for c in report.checks} <= {"pass", "warn", "skip"}


def _end(stalled: Stall) -> None:
    stalled.over.set()
    until = time.monotonic() + LATE
    while stalled.hanging and time.monotonic() < until:
        time.sleep(0.001)
    time.sleep(SOON)  # the thread itself has to end as well


def test_boot_configuration_that_hangs_leaves_the_state_now(
    make_node: MakeNode, stall: Callable[[str], Stall]
) -> None:
    """What is only about the boot makes only the boot state unknown."""
    evaluate = _evaluator(make_node({BOOT: "sctp\n"}))
    stall(BOOT)

    verdict = evaluate().verdict

    assert (verdict.state, verdict.boot_state) == (State.ON_DEMAND, State.UNKNOWN)
    assert (verdict.reason, verdict.compliant) == (Reason.FACT_TIMEOUT, "unknown")
    assert BOOT in verdict.message


def test_counters_that_hang_decide_nothing(
    make_node: MakeNode, stall: Callable[[str], Stall]
) -> None:
    """They are missing and the check says so; the verdict stands."""
    snmp = "/proc/1/net/sctp/snmp"
    node = make_node(loaded(), {BOOT: "sctp\n", snmp: "SctpCurrEstab\t2\n"})
    evaluate = _evaluator(node)
    stalled = stall(snmp)

    report = evaluate()

    assert report.stack == {}
    assert (report.verdict.state, report.verdict.compliant) == (State.READY, "true")
    assert _status(report, "node_readable") == Status.UNKNOWN

    _end(stalled)
    assert evaluate().stack == {"SctpCurrEstab": 2}


def test_socket_that_hangs_is_a_timeout(make_node: MakeNode) -> None:
    """The loop goes on, and what hangs is not tried beside itself."""
    over = threading.Event()
    calls = []

    def hang(family: str, style: str, *, netns: str) -> SocketResult:
        calls.append(netns)
        over.wait(LATE)
        return SocketResult(netns, family, style, success=True, stage="done")

    node = make_node(loaded(), {BOOT: "sctp\n"})
    evaluate = _evaluator(node, SocketProber(probe=hang, ways=Sockets({})))

    for _ in range(2):
        report = evaluate()
        assert (report.verdict.state, report.verdict.reason) == (
            State.UNKNOWN,
            Reason.SOCKET_TIMEOUT,
        )
        assert _status(report, "sctp_socket") == Status.UNKNOWN
    assert calls == ["agent"]
    over.set()


def test_part_that_fails(
    make_node: MakeNode,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A defect in reading one part is a gap and a log line; the rest is judged."""

    def fail(_: Host) -> SystemFacts:
        raise ValueError("a defect")

    monkeypatch.setattr("agent.sources.system.gather", fail)
    report = make_node({BOOT: "sctp\n"}).report()
    found = {check.name: check.finding for check in report.checks}

    assert report.verdict.state == State.UNKNOWN
    assert found["kernel_arguments"].status == Status.PASS
    assert "ValueError('a defect')" in found["node_readable"].message
    assert "reading failed" in caplog.text


def test_clock_that_is_set_back(
    make_node: MakeNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    """How long an evaluation took does not depend on the time of day."""
    times = itertools.count(1_790_000_000.0, -30.0)
    with monkeypatch.context() as patch:
        patch.setattr(time, "time", lambda: next(times))
        report = make_node(loaded()).report()

    assert report.seconds > 0


def test_socket_that_loads_the_module_is_seen(make_node: MakeNode) -> None:
    """With --allow-autoload the module is looked for once more, after the socket."""
    node = make_node()
    modules = node.path("/proc/modules")

    def load(family: str, style: str, *, netns: str) -> SocketResult:
        modules.write_text(str(loaded()["/proc/modules"]))
        return SocketResult(netns, family, style, success=True, stage="done")

    report = _evaluated(node, load)

    assert report.verdict.state == State.READY
    assert report.module_state == ModuleState.LOADED


def _evaluated(node: Node, probe: Callable[..., SocketResult]) -> Report:
    ways = Sockets({})
    evaluator = Evaluator(
        Scope(root=str(node.root), allow_autoload=True),
        NodeSpec("worker-0", Expectation.REQUIRED),
        prober=SocketProber(probe=probe, ways=ways),
    )
    return evaluator()
