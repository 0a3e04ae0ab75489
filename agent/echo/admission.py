"""Who is served while many want to be: how many, how often, and who has to go."""

import ipaddress
import resource
from collections import Counter, OrderedDict
from dataclasses import dataclass, replace
from typing import Self

_MOST_BUCKETS = 4096  # groups whose rate is remembered
_KEPT_BACK = 128  # descriptors: for evaluations, clients of HTTP, and our own probes
_LEAST = 4  # associations
_NETWORK = 64  # bits of an address of IPv6: whoever has one, has all of these


@dataclass(frozen=True, slots=True)
class Limits:
    """What a responder spends: times in seconds, for one association each.

    *rate* is associations per second from one group, after a first *burst*.
    """

    associations: int = 256
    rate: float = 50.0
    burst: float = 100.0
    requests: int = 16
    idle: float = 5.0
    lifetime: float = 15.0


def affordable(limits: Limits) -> Limits:
    """Return *limits* with no more associations than there are descriptors for."""
    soft_limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = max(_LEAST, min(limits.associations, soft_limit - _KEPT_BACK))
    return replace(limits, associations=most)


@dataclass(frozen=True, slots=True)
class Group:
    """Addresses that are counted as one; those of peers (*is_peer*) come first."""

    name: str
    is_peer: bool = False

    @classmethod
    def of(cls, address: str, *, is_peer: bool) -> Self:
        """Return the group of *address*: alone, or with its network if a stranger.

        >>> Group.of("2001:db8::1", is_peer=False).name
        '2001:db8::/64'
        """
        host = address.partition("%")[0]
        if is_peer or ":" not in host:
            return cls(host, is_peer)
        network = ipaddress.IPv6Network((host, _NETWORK), strict=False)
        return cls(str(network), is_peer)


@dataclass(slots=True)
class _Bucket:
    level: float
    time: float


class Admission:
    """Keeps the associations within the limits.

    When all places are taken, the newcomer gets that of the oldest association
    of the group that has the most, strangers first: so one that has come to be
    answered always is, however many come to stay.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._groups: OrderedDict[int, Group] = OrderedDict()
        self._count: Counter[Group] = Counter()
        self._buckets: OrderedDict[Group, _Bucket] = OrderedDict()

    def within_rate(self, group: Group, now: float) -> bool:
        """Count an association of *group* at *now*; say whether it may be served."""
        limits = self._limits
        bucket = self._buckets.pop(group, None) or _Bucket(limits.burst, now)
        gained = (now - bucket.time) * limits.rate
        bucket.level, bucket.time = min(limits.burst, bucket.level + gained), now
        self._buckets[group] = bucket
        if len(self._buckets) > _MOST_BUCKETS:
            self._buckets.popitem(last=False)
        if bucket.level < 1:
            return False
        bucket.level -= 1
        return True

    def enter(self, key: int, group: Group) -> int | None:
        """Give *key* a place; return the key of the one that has to leave, if any."""
        leaving = None
        if len(self._groups) >= self._limits.associations:
            leaving = self._first_to_go()
            self.leave(leaving)
        self._groups[key] = group
        self._count[group] += 1
        return leaving

    def leave(self, key: int) -> None:
        """Free the place of *key*; one that has none any more does no harm."""
        group = self._groups.pop(key, None)
        if group is None:
            return
        self._count[group] -= 1
        if not self._count[group]:
            del self._count[group]

    def _first_to_go(self) -> int:
        count = self._count
        most = max(count, key=lambda group: (not group.is_peer, count[group]))
        return next(key for key, each in self._groups.items() if each == most)
