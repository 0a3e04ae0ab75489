"""Which sockets are tried where and how often: never without permission."""

import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Protocol

from agent.errno_names import error_name
from agent.findings import SocketResult
from agent.probe import namespaces, sctp
from agent.threads import Bounded, Overdue

Results = tuple[SocketResult, ...]


class Probe(Protocol):
    """One conversation in the calling thread's namespace: sctp.probe."""

    def __call__(self, family: str, style: str, *, netns: str) -> SocketResult:
        """Return the result, labelled with *netns*."""


class Ways(Protocol):
    """The ways into other namespaces: the module namespaces."""

    def is_own(self, path: str) -> bool:
        """Say whether *path* is the calling thread's namespace."""

    def enter(self, path: str) -> None:
        """Move the calling thread into the namespace at *path*."""

    def enter_fresh(self) -> None:
        """Move the calling thread into a new namespace."""


class SocketProber:
    """Probes the agent's, the host's and a new pod's network namespace.

    The agent's and the host's on every run; a new one, which is dear, at most every
    *slow_interval* seconds, its results getting older in between. One visit to
    another namespace may take *deadline* seconds, the import of pyroute2 included.
    *clock* tells Unix time, for what is shown. For one thread at a time.
    """

    def __init__(
        self,
        *,
        slow_interval: float = 300.0,
        deadline: float = 5.0,
        probe: Probe = sctp.probe,
        ways: Ways = namespaces,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._interval = slow_interval
        self._bounded, self._deadline = Bounded(), deadline
        self._probe = probe
        self._ways = ways
        self._clock = clock
        self._visit_time = 0.0
        self._pod: Results = ()

    def run(self, *, permitted: bool, host_netns: str | None, now: float) -> Results:
        """Return the newest results; () and no socket opened unless *permitted*.

        *host_netns* is the path of the host's namespace, None when it is not
        known. *now* are the seconds of a clock that never goes back. Once permission
        is given, everything is tried at once.
        """
        if not permitted:
            self._pod = ()
            return ()
        agent = self._try_all("agent")
        host = self._try_host(host_netns, agent)
        if not self._pod or now - self._visit_time >= self._interval:
            self._visit_time = now
            self._pod = self._try_in("pod", self._ways.enter_fresh)
        age = now - self._visit_time
        return (*agent, *host, *(replace(result, age=age) for result in self._pod))

    def _try_host(self, path: str | None, agent: Results) -> Results:
        if path is None:
            return ()
        try:
            is_own = self._ways.is_own(path)
        except OSError as error:
            return self._failures("host", error)
        if is_own:
            return tuple(replace(result, netns="host") for result in agent)
        return self._try_in("host", partial(self._ways.enter, path))

    def _try_in(self, netns: str, enter: Callable[[], None]) -> Results:
        def visit() -> Results:
            enter()
            return self._try_all(netns)

        try:
            results = self._bounded.run(
                f"netns-{netns}", visit, deadline=self._deadline
            )
        except Exception as error:  # noqa: BLE001  # the agent's results must survive
            return self._failures(netns, error)
        if isinstance(results, Overdue):
            return self._failures(netns, TimeoutError())
        return results

    def _try_all(self, netns: str) -> Results:
        return tuple(
            self._probe(family, style, netns=netns)
            for family in sctp.FAMILIES
            for style in sctp.STYLES
        )

    def _failures(self, netns: str, error: Exception) -> Results:
        return tuple(
            SocketResult(
                netns=netns,
                family=family,
                style=style,
                success=None,
                stage="namespace",
                error=error_name(error),
                time=self._clock(),
            )
            for family in sctp.FAMILIES
            for style in sctp.STYLES
        )
