"""Who is served while many want to be: how many, how often, and who has to go."""

from collections import Counter, OrderedDict
from dataclasses import dataclass

_MOST_BUCKETS = 4096  # peers whose rate is remembered


@dataclass(frozen=True, slots=True)
class Limits:
    """What a responder spends: times in seconds, for one association each.

    *rate* is associations per second from one address, after a first *burst*.
    """

    associations: int = 256
    per_peer: int = 32
    rate: float = 50.0
    burst: float = 100.0
    requests: int = 16
    idle: float = 5.0
    lifetime: float = 15.0


@dataclass(slots=True)
class _Bucket:
    level: float
    time: float


class Admission:
    """Keeps the associations within the limits.

    When all places are taken, the newcomer gets that of the oldest association
    of the peer that has the most: so one that has come to be answered always is,
    however many come to stay.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._peers: OrderedDict[int, str] = OrderedDict()
        self._count: Counter[str] = Counter()
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def within_rate(self, peer: str, now: float) -> bool:
        """Count an association of *peer* at *now*; say whether it may be served."""
        limits = self._limits
        bucket = self._buckets.pop(peer, None) or _Bucket(limits.burst, now)
        gained = (now - bucket.time) * limits.rate
        bucket.level, bucket.time = min(limits.burst, bucket.level + gained), now
        self._buckets[peer] = bucket
        if len(self._buckets) > _MOST_BUCKETS:
            self._buckets.popitem(last=False)
        if bucket.level < 1:
            return False
        bucket.level -= 1
        return True

    def enter(self, key: int, peer: str) -> int | None:
        """Give *key* a place; return the key of the one that has to leave, if any."""
        leaving = None
        if self._count[peer] >= self._limits.per_peer:
            leaving = self._oldest(peer)
        elif len(self._peers) >= self._limits.associations:
            leaving = self._oldest(self._count.most_common(1)[0][0])
        if leaving is not None:
            self.leave(leaving)
        self._peers[key] = peer
        self._count[peer] += 1
        return leaving

    def leave(self, key: int) -> None:
        """Free the place of *key*; one that has none any more does no harm."""
        peer = self._peers.pop(key, None)
        if peer is None:
            return
        self._count[peer] -= 1
        if not self._count[peer]:
            del self._count[peer]

    def _oldest(self, peer: str) -> int:
        return next(key for key, each in self._peers.items() if each == peer)
