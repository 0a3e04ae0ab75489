"""Made-up fleets for pictures: one that is well, one with troubles, a large one."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from agent.findings import Reason
from tests.dashboards.fleets import END, SCRAPE, Node, lines
from tests.dashboards.looks import Look

#: How often something is known of them, and for how long.
STEP, SPAN = 600, 6 * 3600
START = END - SPAN
_NEW_KERNEL = "6.1.0-57-amd64"


@dataclass(frozen=True, slots=True)
class Trouble:
    """What becomes of some nodes of a pool, how many seconds before the end."""

    reason: Reason
    check: str
    ago: int
    reboots: bool = False


_BROKEN = Trouble(Reason.MODULE_MISSING, "module_present", 9_600, reboots=True)
_LOST_NEXT = Trouble(Reason.NOT_DECLARED_AT_BOOT, "modules_load", 15_600)
_DENIED = Trouble(Reason.INSTALL_OVERRIDE, "kmod_install", 4_800)
_SLOW = Trouble(Reason.FACT_TIMEOUT, "node_readable", 2_400)
_PRESENT = Trouble(Reason.LOADED_WHERE_FORBIDDEN, "forbidden_exposure", 18_000)


def pictured(asked: frozenset[str]) -> Iterator[str]:
    """Yield the lines of all of them, of the metrics that somebody asks for."""
    times = [t for at in range(START, END + 1, STEP) for t in (at - SCRAPE, at)]
    for node in (*_well(), *_ill(), *_large()):
        yield from lines(node, times, asked)


def _well() -> Iterator[Node]:
    names = [f"worker-{at:02}.lab.example" for at in range(24)]
    for at, name in enumerate(names):
        look = Look(targets=_ring(names, at))
        yield Node(name, "amf" if at < 16 else "smf", "well", look, look)


def _ill() -> Iterator[Node]:
    names = [f"worker-{at:02}.lab.example" for at in range(36)]
    broken = frozenset({names[7]})
    troubles = {3: _DENIED, 5: _LOST_NEXT, 12: _SLOW, 19: _LOST_NEXT, 33: _PRESENT}
    troubles |= dict.fromkeys((8, 9, 10, 11), _BROKEN)
    for at, name in enumerate(names):
        targets = _ring(names[:32], at) if at < 32 else ()
        fails = frozenset(targets[:5]) if name in broken else broken & {*targets}
        pool = "edge" if at >= 32 else "amf" if at < 20 else "smf"
        before = Look(targets=targets, forbidden=pool == "edge", loaded=at != 21)
        after = replace(before, failing=fails, version="0.2.0" if at < 20 else "0.1.0")
        yield _node(name, pool, "ill", (before, after), troubles.get(at, None), at)


def _large() -> Iterator[Node]:
    """Yield 500 nodes of a cloud, on one pool of which a new image is rolled out."""
    for at in range(500):
        pool = f"amf-{'abcd'[at % 4]}" if at < 440 else "smf"
        name = f"ip-10-0-{at // 200}-{at % 200 + 16}.eu-central-1.compute.internal"
        bad = pool == "amf-c" and at % 16 == 2
        look = Look(whole=bad)
        yield _node(name, pool, "large", (look, look), _BROKEN if bad else None, at)


def _node(
    name: str,
    pool: str,
    cluster: str,
    looks: tuple[Look, Look],
    trouble: Trouble | None,
    at: int,
) -> Node:
    before, after = looks
    if trouble is None:
        return Node(
            name, pool, cluster, before, after, down=name.startswith("worker-30")
        )
    since = END - trouble.ago + STEP * (at % 3)
    after = replace(after, reason=trouble.reason, check=trouble.check)
    if trouble.reboots:
        after = replace(after, kernel=_NEW_KERNEL, booted=since - 60)
    return Node(name, pool, cluster, before, after, since=since)


def _ring(names: list[str], at: int) -> tuple[str, ...]:
    return tuple(names[(at + step) % len(names)] for step in range(6))
