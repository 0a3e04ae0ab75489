"""Gathering from a node of which a part does not answer."""

import itertools
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from agent.declared import CURRENT_CONFIG
from agent.evaluation.evaluator import Evaluator
from agent.evaluation.gather import Gatherer, Scope
from agent.facts import SystemFacts
from agent.findings import (
    Expectation,
    Finding,
    ModuleState,
    Origin,
    Reason,
    Report,
    SocketResult,
    State,
    Status,
)
from agent.hostfs.host import Host
from agent.kmod.request import Loader
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
    elf,
    loaded,
)
from tests.threadless import no_threads

SOON = 2.0  # seconds each part may take here: more than one needs on a busy machine
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


def _evaluator(
    node: Node, prober: SocketProber | None = None, *, patience: float = 0.0
) -> Evaluator:
    sockets = Sockets({})
    return Evaluator(
        Scope(
            root=str(node.root),
            deadline=SOON,
            socket_deadline=SOON,
            patience=patience,
        ),
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


def test_root_that_hangs(make_node: MakeNode, monkeypatch: pytest.MonkeyPatch) -> None:
    """The evaluation ends, says so, and names where; nothing waits for the root."""
    node = make_node(loaded(), {BOOT: "sctp\n"})
    evaluate = _evaluator(node)
    assert evaluate().verdict.state == State.READY
    over, original = threading.Event(), os.stat

    def hang(path: Any, *args: Any, **options: Any) -> os.stat_result:  # noqa: ANN401  # those of the original
        if str(path).startswith(f"{node.root}/proc"):
            over.wait(LATE)
        return original(path, *args, **options)

    monkeypatch.setattr(os, "stat", hang)
    report = evaluate()
    over.set()

    assert report.verdict.state == State.UNKNOWN
    assert report.verdict.reason == Reason.FACT_TIMEOUT
    assert "/proc/" in report.verdict.message


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


def _finding(report: Report, check: str) -> Finding:
    return next(c.finding for c in report.checks if c.name == check)


@pytest.mark.parametrize(
    "path",
    [
        pytest.param(CMDLINE, id="kernel arguments"),
        pytest.param("/etc/os-release", id="os-release"),
        pytest.param(SCTP_KO, id="module file"),
        pytest.param(f"{MODULES}/modules.alias.bin", id="index"),
        pytest.param(f"{ETC}/x.conf", id="modprobe.d file"),
        pytest.param(BOOT, id="modules-load.d file"),
        pytest.param(CURRENT_CONFIG, id="MachineConfig"),
    ],
)
def test_what_is_late_is_for_a_while_as_it_was(
    make_node: MakeNode,
    stall: Callable[[str], Stall],
    monkeypatch: pytest.MonkeyPatch,
    path: str,
) -> None:
    """Late once is no alarm; the age is shown, and it ends as unknown in time."""
    real, offset = time.monotonic, [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: real() + offset[0])
    node = make_node(
        {f"{ETC}/x.conf": "# nothing\n", BOOT: "sctp\n", CURRENT_CONFIG: "{}"}
    )
    evaluate = _evaluator(node, patience=600.0)
    before = evaluate()
    times = itertools.count(1_790_000_000.0)
    monkeypatch.setattr("psutil.boot_time", lambda: next(times))  # as after a step
    node.change({SCTP_KO: elf()})  # else nobody would read it again
    stall(path)
    offset[0] = 500.0
    late = evaluate()
    offset[0] = 700.0
    too_late = evaluate()

    assert late.verdict == before.verdict
    statuses = [(c.name, c.finding.status) for c in late.checks]
    assert statuses == [(c.name, c.finding.status) for c in before.checks]
    finding = _finding(late, "node_readable")
    assert f"is of 8 min ago: no answer within {SOON:g} s" in finding.message
    assert finding.evidence == (Origin(path, None, f"no answer within {SOON:g} s"),)
    assert late.facts["old"]
    assert all(500 <= old["age_seconds"] < 600 for old in late.facts["old"])
    assert _finding(too_late, "node_readable").reason == Reason.FACT_TIMEOUT


def test_answer_that_came_late_is_there_the_next_time(
    make_node: MakeNode, stall: Callable[[str], Stall]
) -> None:
    """A node where everything takes too long is known all the same."""
    path = f"{ETC}/x.conf"
    evaluate = _evaluator(make_node({path: "# nothing\n"}), patience=600.0)
    first_stall = stall(path)
    first = evaluate()
    _end(first_stall)
    stall(path)
    second = evaluate()

    assert first.verdict.state == State.UNKNOWN
    assert second.verdict.state == State.ON_DEMAND
    assert _status(second, "node_readable") == Status.PASS


def test_late_forecast_does_not_outlast_what_it_was_made_from(
    make_node: MakeNode, stall: Callable[[str], Stall]
) -> None:
    """A change is seen at once, if only as unknown: never answered by what was."""
    node = make_node()
    evaluate = _evaluator(node, patience=600.0)
    assert evaluate().verdict.state == State.ON_DEMAND

    node.change({f"{ETC}/x.conf": "blacklist sctp\n"})
    stall(f"{MODULES}/modules.alias.bin")
    verdict = evaluate().verdict

    assert (verdict.state, verdict.reason) == (State.UNKNOWN, Reason.FACT_TIMEOUT)


def test_forecast_that_takes_too_long(
    make_node: MakeNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is late without reading anything is no path that could not be read."""
    over = threading.Event()
    original = Loader.request

    def ponder(self: Loader, name: str, *, blacklist: bool = False) -> set[str]:
        over.wait(LATE)
        return original(self, name, blacklist=blacklist)

    monkeypatch.setattr(Loader, "request", ponder)
    report = _evaluator(make_node())()
    over.set()

    assert report.verdict.message == f"forecast: no answer within {SOON:g} s"
    assert "/proc/pressure" in report.verdict.remedy
    assert _finding(report, "node_readable").evidence == ()


@pytest.mark.parametrize(
    ("reader", "boot_only"),
    [
        pytest.param("system", False, id="system"),
        pytest.param("modprobe", False, id="modprobe.d"),
        pytest.param("boot", True, id="modules-load.d"),
        pytest.param("declared", True, id="MachineConfig"),
        pytest.param("stack", True, id="counters"),
    ],
)
def test_reader_that_crashes(
    make_node: MakeNode,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    reader: str,
    *,
    boot_only: bool,
) -> None:
    """A defect is told as one, once, not as a file system that hangs."""

    def fail(*_: object, **__: object) -> SystemFacts:
        raise ValueError("a defect")

    monkeypatch.setattr(f"agent.sources.{reader}.gather", fail)
    evaluate = _evaluator(make_node({BOOT: "sctp\n"}), patience=600.0)
    report = evaluate()
    evaluate()
    readable = _finding(report, "node_readable")

    assert report.verdict.state == (State.ON_DEMAND if boot_only else State.UNKNOWN)
    assert _status(report, "kernel_arguments") == Status.PASS
    assert readable.reason == Reason.CHECK_CRASHED
    assert "ValueError('a defect')" in readable.message
    assert "defect of the agent" in readable.remedy
    assert {c.finding.reason for c in report.checks}.isdisjoint({Reason.FACT_TIMEOUT})
    assert [record.getMessage() for record in caplog.records] == ["reading failed"]


def test_reader_that_crashes_again_is_told_again(
    make_node: MakeNode,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """After it has worked, or with another defect."""

    def fail(_: Host) -> dict[str, int]:
        raise ValueError("a defect")

    evaluate = _evaluator(make_node())
    for _ in range(2):
        with monkeypatch.context() as patch:
            patch.setattr("agent.sources.stack.gather", fail)
            evaluate()
        evaluate()

    assert [record.getMessage() for record in caplog.records] == ["reading failed"] * 2


@pytest.mark.parametrize("patience", [0.0, 600.0], ids=["at first", "after an answer"])
def test_system_that_gives_no_thread(make_node: MakeNode, patience: float) -> None:
    """The report is there and says so, or what was known a moment ago."""
    evaluate = _evaluator(make_node(loaded(), {BOOT: "sctp\n"}), patience=patience)
    evaluate()
    with no_threads():
        report = evaluate()

    readable = _finding(report, "node_readable")
    assert "no thread could be started" in readable.message
    assert (readable.status == Status.PASS) is (patience > 0)
    assert report.verdict.state == State.UNKNOWN  # no socket can be tried
    known = State.READY if patience else State.UNKNOWN
    assert report.verdict.boot_state == known


def test_clock_that_is_set_back(
    make_node: MakeNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    """How long an evaluation took does not depend on the time of day."""
    times = itertools.count(1_790_000_000.0, -30.0)
    with monkeypatch.context() as patch:
        patch.setattr(time, "time", lambda: next(times))
        report = make_node(loaded()).report()

    assert report.seconds > 0


def test_clock_that_leaps_hastens_no_probe(
    make_node: MakeNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A new namespace is made at its own pace, whatever the time of day is set to."""
    visits: list[str] = []

    class Ways(Sockets):
        def enter_fresh(self) -> None:
            """Count the visits."""
            visits.append("pod")

    ways = Ways({})
    scope = Scope(root=str(make_node(loaded()).root))
    gatherer = Gatherer(scope, SocketProber(probe=ways, ways=ways))
    times = itertools.count(1_790_000_000.0, 1e6)
    with monkeypatch.context() as patch:
        patch.setattr(time, "time", lambda: next(times))
        gatherer.gather()
        gatherer.gather()

    assert visits == ["pod"]


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
