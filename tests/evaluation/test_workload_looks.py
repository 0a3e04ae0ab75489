"""When it is looked who uses SCTP, and what comes of a look that fails."""

import threading
from pathlib import Path

import pytest

from agent.evaluation import workload_looks
from agent.evaluation.workload_looks import WorkloadLooks
from agent.sources.workloads import WorkloadReader
from agent.threads import NoThreadError
from agent.workloads.usage import Workloads
from tests.users import HOST, Process, Tables, Users, endpoint

USERS = Users(
    {1: Process(), 5: Process(HOST, "/system.slice/a.service", "a", (51,))},
    {HOST: Tables([endpoint(3868, 51)])},
)


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        """Return the seconds."""
        return self.now


def at_times(root: Path, *seconds: float) -> list[Workloads]:
    """Return what is answered at these times."""
    clock, found = Clock(), []
    looks = WorkloadLooks(str(root), None, clock=clock)
    for clock.now in seconds:
        found.append(looks())
    return found


def test_once_a_minute(tmp_path: Path) -> None:
    """In between the last answer is given again."""
    USERS.write(tmp_path)

    first, second, third, fourth = at_times(tmp_path, 0, 59, 60, 61)

    assert len(first.users) == 1
    assert second is first
    assert third is not first
    assert fourth is third


def test_module_that_comes_is_seen_at_once(tmp_path: Path) -> None:
    """Without SCTP in the kernel a look is one call, and made each time."""
    clock = Clock()
    Users(USERS.processes, stack=False).write(tmp_path)
    looks = WorkloadLooks(str(tmp_path), None, once=True, clock=clock)
    assert not looks().stack
    (tmp_path / "namespaces/host/sctp/snmp").mkdir(parents=True)

    assert looks().stack


def test_nothing_is_certain_after_a_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """What was known is kept, and said not to be all; a defect is logged once."""
    USERS.write(tmp_path)
    clock = Clock()
    looks = WorkloadLooks(str(tmp_path), None, clock=clock)
    known = looks()

    def fail(_: WorkloadReader) -> Workloads:
        raise ValueError("a defect")

    monkeypatch.setattr(WorkloadReader, "read", fail)
    for clock.now in (60, 120):
        found = looks()
        assert found.users == known.users
        assert found.problems == (
            "the agent failed to read it: ValueError('a defect')",
        )
        assert not found.complete
    assert caplog.messages == ["looking at workloads failed"]


def test_no_thread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that gets no thread does not know who uses SCTP."""

    def fail(_: WorkloadReader) -> Workloads:
        raise NoThreadError

    monkeypatch.setattr(WorkloadReader, "read", fail)

    [found] = at_times(tmp_path, 0)
    assert found.problems == (NoThreadError().strerror,)


def test_late(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A look that hangs holds nothing up for longer than its deadline."""
    hanging = threading.Event()

    def hang(_: WorkloadReader) -> Workloads:
        hanging.wait(60)
        return Workloads()

    monkeypatch.setattr(WorkloadReader, "read", hang)
    monkeypatch.setattr(workload_looks, "_DEADLINE", 0.0)

    found = at_times(tmp_path, 0, 60)
    hanging.set()
    assert [f.problems for f in found] == [("/proc: no answer within 0 s",)] * 2
