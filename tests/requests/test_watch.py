"""The watch on small nodes, with the kernel's part played: from a line to a row."""

import asyncio
import logging
import os
import threading
import time
from collections.abc import Callable, Iterator

import pytest
from prometheus_client.metrics_core import Metric

from agent.hostfs import tracefs
from agent.requests import component, watch
from agent.requests.component import RequestWatch
from agent.threads import NoThreadError
from agent.workloads.owner import OwnerKind
from tests.reports import SAMPLE
from tests.tracefs import kernel
from tests.tracefs_kernel import Kernel

__all__ = ["kernel"]

_UID = "0f9a2c4e-1b2d-4c3e-8f00-0123456789ab"
_NAME = b"net-pf-2-proto-132"
_SECONDS = 20.0


def _lines(pid: int = 7, *names: bytes, command: bytes = b"amf") -> bytes:
    asked = names or (_NAME + b"-type-1", _NAME)
    line = (
        b"%16s-%-7d [000] .....     4.456589: module_request: %s wait=1 call_site=f\n"
    )
    return b"".join(line % (command, pid, name) for name in asked)


@pytest.fixture
def node(kernel: Kernel, monkeypatch: pytest.MonkeyPatch) -> Kernel:
    """Return the kernel of a node with one pod, whose process is 7."""
    root = kernel.root
    (root / f"var/log/pods/core_amf-0_{_UID}/amf").mkdir(parents=True)
    (root / "var/log/containers").mkdir()
    for pid, path in ((1, "/init.scope"), (7, f"/kubepods/pod{_UID}/{'a1' * 32}")):
        folder = root / f"proc/{pid}"
        folder.mkdir()
        (folder / "comm").write_text("amf\n")
        (folder / "cgroup").write_text(f"0::{path}\n")
        (folder / "stat").write_text(f"{pid} (a) b) S 1 1\n")
    monkeypatch.setattr(watch, "_AGAIN", 0.01)
    return kernel


@pytest.fixture
def started(node: Kernel) -> Iterator[RequestWatch]:
    """Return a watch at work beside a loop."""
    with _running(node) as running:
        _until(lambda: not running.summary().problem)
        yield running


class _running:  # noqa: N801  # used as a function
    """Runs a watch in a loop of its own."""

    def __init__(self, node: Kernel) -> None:
        self.watch = RequestWatch(str(node.root), None)
        self.error: BaseException | None = None
        self._loop = asyncio.new_event_loop()
        self._task = self._loop.create_task(self.watch.run())
        self._thread = threading.Thread(target=self._turn)

    def _turn(self) -> None:
        try:
            self._loop.run_until_complete(self._task)
        except (asyncio.CancelledError, Exception) as error:  # noqa: BLE001  # told
            self.error = error

    def __enter__(self) -> RequestWatch:
        self._thread.start()
        return self.watch

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._task.cancel)
        self._thread.join()
        self._loop.close()
        self.watch.withdraw()
        self.watch.withdraw()


def _until(wanted: Callable[[], bool]) -> None:
    end = time.monotonic() + _SECONDS
    while not wanted():
        assert time.monotonic() < end
        time.sleep(0.005)


def test_denied_pod(
    node: Kernel, started: RequestWatch, caplog: pytest.LogCaptureFixture
) -> None:
    """It is named with all that is known, and logged once."""
    started.explained(lambda: SAMPLE)()
    node.says(_lines())
    _until(lambda: started.summary().denied == 1)
    node.says(_lines())
    _until(lambda: started.summary().denied == 2)
    (row,) = started.summary().rows

    assert row.title == "core/amf-0"
    assert (row.owner.container, row.owner.command) == ("amf", "amf")
    assert (row.sockets, row.denied) == (("ipv4 one-to-one",), 2)
    assert row.reason == "Blacklisted"
    assert abs(row.last - (time.time() - time.monotonic() + 4.456589)) < 60
    (told,) = [r for r in caplog.records if r.message == "SCTP denied to workload"]
    assert (told.__dict__["pod_name"], told.__dict__["pid"]) == ("amf-0", 7)


@pytest.mark.parametrize(
    ("files", "denied"),
    [
        pytest.param({"initstate": "live\n"}, 0, id="loaded"),
        pytest.param({}, 0, id="built in"),
        pytest.param({"initstate": "coming\n"}, 1, id="never finished"),
        pytest.param({"initstate/": ""}, 0, id="not known"),
    ],
)
def test_outcome(
    node: Kernel, started: RequestWatch, files: dict[str, str], denied: int
) -> None:
    """It is denied if sctp is not in the kernel when the thread comes back."""
    folder = node.root / "sys/module/sctp"
    folder.mkdir(parents=True)
    for name, text in files.items():
        if name.endswith("/"):
            (folder / name).mkdir()
        else:
            (folder / name).write_text(text)
    node.says(_lines())
    _until(lambda: started.summary().requests == 1)

    assert started.summary().denied == denied


_REFUSED = (
    b"             amf-7       [000] .....     4.4: selinux_audited: requested=0x10 "
    b"denied=0x10 audited=0x10 result=-13 scontext=a tcontext=b tclass=system\n"
    b"             amf-7       [000] .....     4.4: <stack trace>\n => inet_create\n"
)


@pytest.mark.parametrize(
    ("loaded", "counted"),
    [
        pytest.param(False, 1, id="sctp is not there"),
        pytest.param(True, 0, id="sctp is there: it was another module"),
    ],
)
def test_refusal(node: Kernel, loaded: bool, counted: int) -> None:  # noqa: FBT001  # a column
    """SELinux does not say which module it has refused."""
    (node.root / "sys/fs/selinux").mkdir(parents=True)
    if loaded:
        (node.root / "sys/module/sctp").mkdir(parents=True)
        (node.root / "sys/module/sctp/initstate").write_text("live\n")
    with _running(node) as running:
        _until(lambda: running.summary().sees_refusals is True)
        node.says(_REFUSED * 2 + _lines(8))
        _until(lambda: running.summary().requests == counted + 1)
        reasons = {row.reason for row in running.summary().rows if row.pid == 7}

    assert reasons == ({"SELinuxDeniesLoad"} if counted else set())


@pytest.mark.parametrize(
    ("before", "command", "title"),
    [
        pytest.param(7, b"amf", "core/amf-0", id="seen before"),
        pytest.param(7, b"other", "other, whose is not known", id="another command"),
        pytest.param(0, b"amf", "amf, whose is not known", id="never seen"),
    ],
)
def test_process_that_has_ended(
    node: Kernel, started: RequestWatch, before: int, command: bytes, title: str
) -> None:
    """It is known by what was seen of it, else by what the trace has."""
    if before:
        node.says(_lines())
        _until(lambda: started.summary().requests == 1)
    (node.root / "proc/7").rename(node.root / "proc/gone")
    node.says(_lines(command=command))
    _until(lambda: started.summary().requests == 1 + bool(before))

    assert title in {row.title for row in started.summary().rows}


@pytest.mark.parametrize(
    ("namespace", "title"),
    [
        pytest.param("pid:[4026531836]", "core/amf-0", id="those of the kernel"),
        pytest.param("pid:[4026532289]", "amf, whose is not known", id="others"),
    ],
)
def test_process_with_the_same_number(
    node: Kernel, started: RequestWatch, namespace: str, title: str
) -> None:
    """On a node that is a container, what the trace calls 7 is not taken for its 7."""
    (node.root / "proc/1/ns").mkdir()
    (node.root / "proc/1/ns/pid").symlink_to(namespace)
    node.says(_lines())
    _until(lambda: started.summary().requests == 1)

    assert [row.title for row in started.summary().rows] == [title]


def test_memory_of_processes_is_bounded(node: Kernel, started: RequestWatch) -> None:
    """A storm of processes pushes out the oldest."""
    for pid in range(100, 240):
        (node.root / f"proc/{pid}").symlink_to("7")
        node.says(_lines(pid))
    _until(lambda: started.summary().requests == 140)

    (node.root / "proc/100").unlink()
    (node.root / "proc/239").unlink()
    node.says(_lines(100) + _lines(239))
    _until(lambda: started.summary().requests == 142)
    by_owner = {row.owner.kind: row.requests for row in started.summary().rows}

    assert by_owner == {OwnerKind.POD: 141, OwnerKind.UNKNOWN: 1}


def test_thread_that_waits(node: Kernel, started: RequestWatch) -> None:
    """While modprobe runs nothing is denied."""
    stat = node.root / "proc/7/stat"
    stat.write_text("7 (a) b) D 1 1\n")
    node.says(_lines())
    node.says(_lines(8))
    _until(lambda: started.summary().requests == 1)
    assert [row.pid for row in started.summary().rows] == [8]
    stat.write_text("7 (a) b) S 1 1\n")
    _until(lambda: started.summary().requests == 2)


def test_thread_whose_state_is_not_told(
    node: Kernel, started: RequestWatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is as if the thread were not seen."""
    monkeypatch.setattr("agent.requests.attempts._UNSEEN", 0.2)
    (node.root / "proc/7/stat").unlink()
    (node.root / "proc/7/stat").mkdir()
    node.says(_lines())
    _until(lambda: started.summary().requests == 1)


def test_node_whose_processes_are_not_seen(
    node: Kernel, started: RequestWatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An attempt is taken as over after a while."""
    monkeypatch.setattr("agent.requests.attempts._UNSEEN", 0.2)
    (node.root / "proc").rename(node.root / "elsewhere")
    node.says(_lines())
    _until(lambda: started.summary().requests == 1)

    assert "whose is not known" in started.summary().rows[0].title


def test_lost_events(node: Kernel, started: RequestWatch) -> None:
    """They are counted."""
    node.says(b"CPU:0 [LOST 12 EVENTS]\n" * 2)
    _until(lambda: started.summary().lost == 24)


def test_it_leaves_nothing_behind(node: Kernel) -> None:
    """Neither where it ran, nor where it was never started."""
    with _running(node) as running:
        _until(lambda: not running.summary().problem)
    RequestWatch(str(node.root), None).withdraw()

    assert list(node.above.iterdir()) == []


def test_watching_is_tried_again(
    node: Kernel, caplog: pytest.LogCaptureFixture
) -> None:
    """Where it is impossible that is told once, and it begins when it is possible."""
    caplog.set_level(logging.INFO)
    node.above.rename(node.root / "away")
    with _running(node) as running:
        _until(lambda: "has no instances" in running.summary().problem)
        time.sleep(0.1)
        (node.root / "away").rename(node.above)
        _until(lambda: not running.summary().problem)
        node.falls_silent()
        _until(lambda: node.made > 1 and not running.summary().problem)

    told = [record.message for record in caplog.records]
    assert told.count("requests for SCTP are not watched") == 2
    assert told.count("watching requests for SCTP") == 2


def test_trace_that_cannot_be_read(
    node: Kernel, started: RequestWatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error of the kernel ends this instance, and another is tried."""
    read = os.read

    def fail(fd: int, size: int) -> bytes:
        if os.readlink(f"/proc/self/fd/{fd}").endswith("trace_pipe"):
            raise OSError(5, "Input/output error")
        return read(fd, size)

    monkeypatch.setattr(os, "read", fail)
    node.says(_lines())
    _until(lambda: "Input/output error" in started.summary().problem or node.made > 1)
    monkeypatch.setattr(os, "read", read)
    _until(lambda: node.made > 1 and not started.summary().problem)


def test_error_of_the_watch_is_shown(
    node: Kernel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It ends the watch and nothing else."""

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(tracefs, "instance", fail)
    running = _running(node)
    with running as shown:
        _until(lambda: "broken" in shown.summary().problem)

    assert isinstance(running.error, RuntimeError)


def test_no_thread(node: Kernel, monkeypatch: pytest.MonkeyPatch) -> None:
    """A system without threads has no watch, and says so."""

    def none(_: object) -> None:
        raise NoThreadError

    monkeypatch.setattr(component, "in_thread", none)
    running = _running(node)
    with running as shown:
        _until(lambda: "no thread" in shown.summary().problem)

    assert isinstance(running.error, NoThreadError)


def test_kernel_that_hangs(
    node: Kernel, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The end does not wait for it for ever."""
    going_on = threading.Event()
    monkeypatch.setattr(component, "_LONGEST_END", 0.05)
    monkeypatch.setattr(Kernel, "make", lambda _: going_on.wait())
    with _running(node):
        pass
    going_on.set()

    assert "hangs" in caplog.text


def _samples(families: Iterator[Metric]) -> dict[str, float]:
    return {
        f"{s.name}{sorted(s.labels.values())}": s.value
        for family in families
        for s in family.samples
    }


def test_metrics(node: Kernel, started: RequestWatch) -> None:
    """In all, and by workload."""
    started.explained(lambda: SAMPLE)()
    node.says(_lines() + b"CPU:0 [LOST 3 EVENTS]\n")
    _until(lambda: started.summary().requests == 1)
    (denied,) = started.summary().rows
    (node.root / "sys/module/sctp").mkdir(parents=True)
    (node.root / "sys/module/sctp/initstate").write_text("live\n")
    node.says(_lines(8))
    _until(lambda: started.summary().requests == 2)
    found = _samples(started.families())
    pod, gone = ["amf-0", "core"], ["", "(unknown)"]

    assert found["sctp_node_requests_total[]"] == 2
    assert found["sctp_node_denied_requests_total[]"] == 1
    assert found[f"sctp_node_workload_requests_total{pod}"] == 1
    assert found[f"sctp_node_workload_denied_requests_total{gone}"] == 0
    last = "sctp_node_workload_last_denied_request_timestamp_seconds"
    assert found[f"{last}{sorted(['Blacklisted', *pod])}"] == denied.last
    assert found["sctp_agent_request_watch_running[]"] == 1
    assert found["sctp_agent_request_watch_lost_events_total[]"] == 3


def test_report_has_json(node: Kernel, started: RequestWatch) -> None:
    """Whatever is not known is null."""
    node.says(_lines(8, command=b"<...>"))
    _until(lambda: started.summary().requests == 1)
    shown = started.summary().as_dict()
    (row,) = shown["workloads"]

    assert (shown["watched"], shown["problem"], shown["requests"]) == (True, None, 1)
    assert (row["owner"], row["pod_name"], row["command"]) == ("unknown", None, None)
    assert row["last_denied"] == row["last"]
