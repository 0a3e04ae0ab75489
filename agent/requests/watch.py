"""Follows the kernel's trace, in a thread that may be left behind."""

import logging
import os
import select
import time
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial

from agent.hostfs import tracefs
from agent.hostfs.host import Host
from agent.hostfs.processes import Processes, processes_of
from agent.hostfs.values import Kind, UnseenError
from agent.kernel.trace import Asked, Lost, Refused, TraceText
from agent.requests.attempts import Attempt, Attempts
from agent.requests.record import Outcome, Record
from agent.sources.owners import Owners
from agent.workloads.owner import Owner, OwnerKind, word

_SELINUX = "/sys/fs/selinux"
_MODULE = "/sys/module/sctp"
_AGAIN = 60.0  # seconds until it is tried again where it cannot watch
_LOOK = 0.05  # seconds between looks at attempts under way
_STAT_LIMIT = 1 << 12
_WAITING = b"D"  # proc_pid_stat(5): killable waits as well
_REMEMBERED = 128
_OTHER_IDS = "the node is a container, and the kernel numbers its processes otherwise"
_FRESH = 10.0  # seconds for which a process is remembered that may be gone

_log = logging.getLogger(__name__)


class Watch:
    """Watches until it is stopped; what it sees goes into *record*."""

    def __init__(self, host: Host, record: Record) -> None:
        self._host = host
        self._record = record
        self._owners = Owners(host)
        self._latest_owners: OrderedDict[int, tuple[float, Owner]] = OrderedDict()
        self._stopped, self._stop = os.pipe2(os.O_CLOEXEC)

    def stop(self) -> None:
        """Let *run* return soon; more than once does no harm."""
        stop, self._stop = self._stop, -1
        if stop >= 0:
            os.close(stop)

    def run(self) -> None:
        """Watch, and where that is impossible try it again after a minute."""
        try:
            self._watch_again_and_again()
        finally:
            os.close(self._stopped)

    def _watch_again_and_again(self) -> None:
        while True:
            try:
                has_selinux = self._host.kind(_SELINUX) is Kind.DIRECTORY
                with tracefs.instance(self._host, refusals=has_selinux) as trace:
                    sees = trace.sees_refusals if has_selinux else None
                    self._tell("", sees_refusals=sees)
                    self._follow(trace)
                    return
            except UnseenError as error:
                self._tell(str(error), sees_refusals=None)
            if self._ready(None, _AGAIN):
                return

    def _follow(self, trace: tracefs.Trace) -> None:
        """Read the trace until *stop* is called; raise UnseenError when it ends."""
        text, attempts = TraceText(), Attempts()
        while not self._ready(trace, _LOOK if attempts.pending else None):
            try:
                data = trace.read()
            except OSError as error:
                raise UnseenError("trace_pipe", str(error.strerror)) from error
            self._hear(text, attempts, data)
            self._conclude(attempts)

    def _ready(self, trace: tracefs.Trace | None, seconds: float | None) -> bool:
        """Wait for something to read, at most so long; tell whether to stop."""
        poll = select.poll()
        poll.register(self._stopped, select.POLLIN)
        if trace:
            poll.register(trace, select.POLLIN)
        events = poll.poll(None if seconds is None else seconds * 1000)
        return any(fd == self._stopped for fd, _ in events)

    def _hear(self, text: TraceText, attempts: Attempts, data: bytes) -> None:
        now = time.monotonic()
        for event in text.feed(data):
            if isinstance(event, Lost):
                self._record.lost += event.count
                continue
            begun = attempts.hear(event, now)
            if begun:
                begun.owner = self._owner(event, now)

    def _conclude(self, attempts: Attempts) -> None:
        over = self._over(attempts)
        outcome = self._outcome() if over else Outcome.UNKNOWN
        for attempt in over:
            if attempt.refused and outcome is Outcome.IN_KERNEL:
                continue  # then it was another module
            at = time.time() - max(time.monotonic() - attempt.time, 0.0)
            row = self._record.note(attempt, outcome, at)
            if row:
                _log.warning(
                    "SCTP denied to workload", extra=_log_fields(attempt, row.reason)
                )

    def _outcome(self) -> Outcome:
        file = self._host.read(f"{_MODULE}/initstate")
        if file.unseen:
            return Outcome.UNKNOWN
        # What is built in has a folder and no state.
        is_there = file.readable or self._host.kind(_MODULE) is Kind.DIRECTORY
        usable = file.text.strip() in {"", "live"}
        return Outcome.IN_KERNEL if is_there and usable else Outcome.DENIED

    def _over(self, attempts: Attempts) -> list[Attempt]:
        """Return the attempts that have come to their end; /proc is opened once."""
        if not attempts.pending:
            return []
        now = time.monotonic()
        with suppress(UnseenError), self._processes() as processes:
            return attempts.over(now, partial(_waits, processes))
        return attempts.over(now, lambda _: None)

    def _owner(self, event: Asked | Refused, now: float) -> Owner:
        """Return whose the thread is, from memory where it has just ended."""
        try:
            with self._processes() as processes:
                owner = self._owners.of(event.pid, processes)
        except UnseenError as error:
            owner = Owner(problem=word(str(error)))
        if owner.kind is OwnerKind.UNKNOWN and not owner.command:
            seen_at, before = self._latest_owners.get(event.pid, (0.0, owner))
            if before.command == event.command and now - seen_at < _FRESH:
                return before
        if not owner.command:
            return replace(owner, command=word(event.command))
        self._latest_owners[event.pid] = now, owner
        if len(self._latest_owners) > _REMEMBERED:
            self._latest_owners.popitem(last=False)
        return owner

    @contextmanager
    def _processes(self) -> Iterator[Processes]:
        """Open the node's processes; raise UnseenError where the trace's are others."""
        with processes_of(self._host) as processes:
            if processes.has_other_ids:
                raise UnseenError("/proc", _OTHER_IDS)
            yield processes

    def _tell(self, problem: str, *, sees_refusals: bool | None) -> None:
        """Log when it begins or ends to watch, and why, not every time."""
        before, self._record.problem = self._record.problem, problem
        self._record.sees_refusals = sees_refusals
        if problem and problem != before:
            _log.warning("requests for SCTP are not watched", extra={"why": problem})
        if not problem:
            _log.info(
                "watching requests for SCTP",
                extra={"selinux_refusals": sees_refusals},
            )


def _waits(processes: Processes, pid: int) -> bool | None:
    """Tell whether the thread sleeps in the kernel, as for modprobe's end."""
    file = processes.read(pid, "stat", _STAT_LIMIT)
    if file.unseen:
        return None
    return file.data.rpartition(b")")[2].split()[:1] == [_WAITING]


def _log_fields(attempt: Attempt, reason: str) -> dict[str, str | int]:
    owner = attempt.owner
    fields = {
        "pod_namespace": owner.pod_namespace,
        "pod_name": owner.pod_name,
        "pod_uid": "" if owner.pod_name else owner.pod_uid,
        "container": owner.container,
        "unit": owner.unit,
        "command": owner.command,
        "socket": attempt.socket,
        "reason": reason,
    }
    return {"pid": attempt.pid} | {key: text for key, text in fields.items() if text}
