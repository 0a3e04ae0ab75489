"""The tour: one more peer a round, until every pair of the fleet has been tried."""

import random
from collections.abc import Collection, Iterable, Iterator, Mapping

from agent.echo.outcome import FailureClass
from agent.paths.names import Family
from agent.paths.ring import SIZE, next_after, position
from agent.paths.targets import Path, Target

MOST_KEPT = 2
"""Failing peers of a family that are dialled again and again; then the tour waits."""

_ANSWERS = {FailureClass.PROTOCOL_UNREACHABLE, FailureClass.REFUSED}


class Tour:
    """Goes round the ring of addresses, one a round, past those that are watched.

    A pair that works is forgotten. One that fails is dialled in each round until it
    works, as if the peer were watched. Not if the peer has answered: then the way is
    there, and those who watch the peer find the same. A tour begins anywhere, so that
    agents which are often restarted come round in time, too.
    """

    def __init__(self) -> None:
        self._at = {of: random.randrange(SIZE) for of in Family}  # noqa: S311  # spread
        self._failing: dict[Family, dict[str, None]] = {of: {} for of in Family}

    def visits(
        self, peers: Mapping[Family, Collection[str]], watched: Iterable[Target]
    ) -> Iterator[tuple[Family, str]]:
        """Yield the addresses to dial besides those that are *watched*, and go on."""
        targets = {target.address for target in watched if target.path is Path.POD}
        for of, addresses in peers.items():
            others = set(addresses) - targets
            failing = self._failing[of] = {
                a: None for a in self._failing[of] if a in others
            }
            if len(failing) < MOST_KEPT and (rest := others - failing.keys()):
                address = next_after(self._at[of], rest)
                self._at[of] = position(address)
                yield of, address
            yield from ((of, address) for address in failing)

    def note(self, target: Target, failure: FailureClass | None) -> None:
        """Take note of how a visit ended; of others nothing."""
        if not target.passing:
            return
        failing = self._failing[target.family]
        if failure is None or failure in _ANSWERS:
            failing.pop(target.address, None)
        else:
            failing[target.address] = None
