"""The rounds: every target once per interval, each at its own time, for ever."""

import asyncio
import logging
import random
import socket
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from agent.echo.message import Reply
from agent.echo.outcome import Attempt, FailureClass
from agent.paths.names import Family, canonical
from agent.paths.neighbourhood import Surroundings
from agent.paths.record import Record
from agent.paths.ring import phase
from agent.paths.targets import Path, Target

_JITTER = 0.1
_MOST_ASKED = 64
_MOST_DOUBTED = 8  # hearsay that one request has checked, while there is any
_FAMILIES = {Family.IPV4: socket.AF_INET, Family.IPV6: socket.AF_INET6}
_UNTRUSTED = {FailureClass.CORRUPTED, FailureClass.WRONG_RESPONDER}

_log = logging.getLogger(__name__)


class Prober(Protocol):
    """What makes an attempt; it never raises OSError."""

    async def __call__(
        self,
        address: tuple[str, int],
        *,
        family: int,
        deadline: float,
        node: str,
        ask: Sequence[str],
    ) -> Attempt:
        """Associate with *address* as *node*, and ask for names of addresses."""


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds from round to round, and those that one attempt may take.

    *interval* is at least three times *deadline*: one to ask DNS, one to begin
    the attempts in, and one for the last attempt to end. *clock* counts seconds
    and never goes back; *sleep* waits by it.
    """

    interval: float
    deadline: float
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

    @property
    def window(self) -> float:
        """Seconds in which the attempts of a round begin."""
        return self.interval - 2 * self.deadline


class Rounds:
    """Probes what the surroundings hold, as long as *present* says SCTP is here.

    A round ends before the next one begins, so attempts on a target never
    overlap. A failed attempt counts if its target is still there when DNS answers
    for the next round: peers that go away are no failures, nor are those of which
    DNS tells nothing.
    """

    def __init__(
        self,
        surroundings: Surroundings,
        record: Record,
        probe: Prober,
        *,
        pace: Pace,
        present: Callable[[], bool],
    ) -> None:
        self._surroundings = surroundings
        self._record = record
        self._probe = probe
        self._pace = pace
        self._present = present
        self._suspects: list[tuple[Target, FailureClass]] = []
        self._failing = False
        self.active = False

    async def run(self) -> None:
        """Go round until cancelled, beginning somewhere within an interval."""
        pace = self._pace
        await pace.sleep(random.random() * pace.interval)  # noqa: S311  # a spread
        while True:
            start = pace.clock()
            try:
                await self.turn()
                self._failing = False
            except Exception:  # noqa: BLE001  # the rounds outlive one that fails
                if not self._failing:
                    _log.exception("round failed")
                self._failing = True
            await pace.sleep(max(0.0, start + pace.interval - pace.clock()))

    async def turn(self) -> None:
        """Make one round, or none while there is no SCTP here."""
        self.active = self._present()
        if not self.active:
            self._suspects.clear()
            self._record.retain(())
            return
        start = self._pace.clock()
        blank = await self._refresh()
        targets = await self._surroundings.targets()
        self._surroundings.directory.doubt_all_but(t.address for t in targets)
        self._record.retain(targets + blank)
        results = await asyncio.gather(
            *(self._attend(target, start) for target in targets),
            return_exceptions=True,
        )
        if errors := [r for r in results if isinstance(r, Exception)]:
            raise ExceptionGroup("attempts broke", errors)

    async def _refresh(self) -> tuple[Target, ...]:
        """Ask for the peers; return what cannot be probed for lack of an address."""
        surroundings = self._surroundings
        no_answers = await surroundings.refresh(self._pace.deadline)
        suspects, self._suspects = self._suspects, []
        # Without an answer nobody knows whether they are still there.
        peers_answer = all(one.path is not Path.POD for one in no_answers)
        for target, failure in suspects if peers_answer else ():
            if surroundings.knows(target):
                self._note(target, failure)
        pairs = [(one, of) for one in no_answers for of in surroundings.families]
        for one, of in pairs:
            self._note(one.target(of), FailureClass.RESOLVE)
        return tuple(one.target(of) for one, of in pairs if not one.has_earlier)

    async def _attend(self, target: Target, start: float) -> None:
        pace, own = self._pace, self._surroundings.matrix.own
        share = phase(own, target.path, target.address, str(target.port))
        share += random.random() * _JITTER  # noqa: S311  # not in step for ever
        due = start + pace.deadline + share % 1 * pace.window
        await pace.sleep(max(0.0, due - pace.clock()))
        attempt = await self._probe(
            (target.address, target.port),
            family=_FAMILIES[target.family],
            deadline=pace.deadline,
            node=own,
            ask=self._questions(),
        )
        self._conclude(target, attempt)

    def _questions(self) -> tuple[str, ...]:
        """Return addresses to ask names for: chance spreads them best."""
        unnamed, hearsay = self._surroundings.directory.doubtful()
        nameless = random.sample(unnamed, min(_MOST_ASKED, len(unnamed)))
        room = min(_MOST_DOUBTED, len(hearsay), _MOST_ASKED - len(nameless))
        return (*nameless, *random.sample(hearsay, room))

    def _conclude(self, target: Target, attempt: Attempt) -> None:
        failure = _failure(target, attempt)
        if attempt.reply and failure not in _UNTRUSTED:
            target = self._learn(target, attempt.reply)
        if failure is None:
            self._note(target, None, seconds=attempt.seconds)
        elif target.path is Path.CLUSTER_IP:
            self._note(target, failure)
        else:
            self._suspects.append((target, failure))

    def _note(
        self, target: Target, failure: FailureClass | None, *, seconds: float = 0.0
    ) -> None:
        """Record an attempt, and log what it changes: only there is the address."""
        self._surroundings.tour.note(target, failure)
        news = self._record.note(target, failure, seconds=seconds)
        if news is None:
            return
        fields = {
            "path": target.path.value,
            "target": target.node,
            "address": target.address,
            "port": target.port,
        }
        if failure:
            _log.warning(news.value, extra=fields | {"class": failure.value})
        else:
            _log.info(news.value, extra=fields)

    def _learn(self, target: Target, reply: Reply) -> Target:
        """Return *target* by the name that it has given itself."""
        directory = self._surroundings.directory
        directory.hear(reply.names)
        if target.path is not Path.POD:
            return target
        directory.confirm(target.address, reply.node, reply.host_addresses)
        return replace(target, node=directory.confirmed(target.address))


def _failure(target: Target, attempt: Attempt) -> FailureClass | None:
    """Return why the attempt failed: also when it succeeded with somebody else.

    Another node at a known address is a pod that took over the address. But a
    pod's own address must be the one that was reached: nothing rewrites it.
    """
    reply = attempt.reply
    reached = canonical(reply.reached) if reply else ""
    is_direct = target.path is Path.POD
    if attempt.failure is None and is_direct and reached != target.address:
        return FailureClass.WRONG_RESPONDER
    return attempt.failure
