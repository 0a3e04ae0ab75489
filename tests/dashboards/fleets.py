"""Made-up fleets as OpenMetrics text: a day with every reason, calm ones, a vast one.

Counters and moments move with the time; all else is as the agent's code says it for
the look of the node at that time.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from agent.findings import Reason
from tests.dashboards.looks import Look, Sample, samples

#: When everything ends, Unix time in seconds, and how often something is known.
END = 1_790_000_400
DAY, STEP, SCRAPE = 86_400, 7_200, 60
_LATELY = 600
_LAST_DENIED = "sctp_node_workload_last_denied_request_timestamp_seconds"
_LAST_RUN = "sctp_agent_last_run_timestamp_seconds"
_REASONS = [r for r in Reason if r not in {Reason.AS_EXPECTED, Reason.NOT_APPLICABLE}]
_WELL = Look()


@dataclass(frozen=True, slots=True)
class Node:
    """A node: how it looks up to *since* (Unix time), and how after that."""

    name: str
    pool: str
    cluster: str
    before: Look
    after: Look
    since: int = END - DAY // 2
    down: bool = False
    stale: bool = False


def everything(asked: frozenset[str]) -> Iterator[str]:
    """Yield the lines of all fleets, of the metrics that somebody asks for."""
    lately = [*range(END - _LATELY, END + 1, SCRAPE)]
    grid = range(END - DAY, END - _LATELY, STEP)
    day = sorted({*(t for g in grid for t in (g - SCRAPE, g)), *lately})
    for node in troubled(50):
        yield from lines(node, day, asked)
    healthy = (*calm(8, "calm", paths=True), *calm(8, "bare", paths=False))
    for node in (*healthy, *shut(4), *dark(1), *hostile(1)):
        yield from lines(node, lately, asked)
    for node in vast(5_000):
        yield from lines(node, [END - SCRAPE, END], asked)


def troubled(count: int) -> Iterator[Node]:
    """Yield nodes of two pools, with all reasons since noon."""
    names = [f"worker-{at:02}" for at in range(count)]
    broken = frozenset({names[-3]})
    for at, name in enumerate(names):
        targets = _ring(names, at)
        fails = frozenset(targets) if name in broken else broken & {*targets}
        reason = _REASONS[at] if at < len(_REASONS) else Reason.AS_EXPECTED
        yield Node(
            name,
            pool="amf" if at % 2 else "smf",
            cluster="east",
            before=Look(targets=targets),
            after=Look(reason, targets=targets, failing=fails - {name}),
            down=at == count - 1,
            stale=at == count - 2,
        )


def calm(count: int, cluster: str, *, paths: bool) -> Iterator[Node]:
    """Yield nodes with which all is well; on the first sctp is not loaded yet."""
    names = [f"{cluster}-{at}" for at in range(count)]
    for at, name in enumerate(names):
        targets = _ring(names, at) if paths else ()
        look = Look(loaded=at > 0, targets=targets)
        yield Node(name, cluster, cluster, look, look)


def shut(count: int) -> Iterator[Node]:
    """Yield nodes on which SCTP is forbidden, and cannot be had."""
    for at in range(count):
        look = Look(forbidden=True)
        yield Node(f"shut-{at}", "shut", "shut", look, look)


def dark(count: int) -> Iterator[Node]:
    """Yield nodes that are well and cannot see who asks for SCTP."""
    for at in range(count):
        look = Look(blind=True)
        yield Node(f"dark-{at}", "dark", "dark", look, look)


def hostile(count: int) -> Iterator[Node]:
    """Yield nodes that deny SCTP to pods with odd names."""
    for at in range(count):
        look = Look(Reason.BLACKLISTED, targets=("nowhere",), hostile=True)
        yield Node(f"evil-{at}", "evil", "evil", look, look)


def vast(count: int) -> Iterator[Node]:
    """Yield very many nodes, a hundredth of them troubled; the first one as a whole."""
    names = [f"vast-{at:04}" for at in range(count)]
    for at, name in enumerate(names):
        reason = Reason.AS_EXPECTED if at % 100 else _REASONS[at // 100 % len(_REASONS)]
        targets = _ring(names, at)
        bad = frozenset(targets[1:] if at % 500 == 0 else ())
        look = Look(reason, targets=targets, failing=bad, whole=at == 1)
        yield Node(name, f"vast-{at % 4}", "vast", look, look)


def _ring(names: Sequence[str], at: int) -> tuple[str, ...]:
    return tuple(names[(at + step) % len(names)] for step in range(6))


def lines(node: Node, times: Sequence[int], asked: frozenset[str]) -> Iterator[str]:
    """Yield the lines of *node* at these *times*."""
    scraped = (
        f'cluster="{node.cluster}",instance="{node.name}",job="sctp-node-agent",'
        f'namespace="sctp-node-agent",node="{node.name}",pod="agent-{node.name}",'
        f'pool="{node.pool}"'
    )
    forms = {
        look: [*_form(node, look, scraped, asked)] for look in {node.before, node.after}
    }
    for time in times:
        down = node.down and time > END - STEP
        yield f"up{{{scraped}}} {int(not down)} {time}\n"
        if not down:
            look = node.before if time < node.since else node.after
            for series, value in forms[look]:
                yield f"{series} {value(time)} {time}\n"


def _form(
    node: Node, look: Look, scraped: str, asked: frozenset[str]
) -> Iterator[tuple[str, Callable[[int], float]]]:
    for (name, labels), value in samples(look).items():
        if name not in asked:
            continue
        inner = "".join(f"{key}={json.dumps(text)}," for key, text in labels)
        yield f"{name}{{{inner}{scraped}}}", _course(node, (name, labels), value)


def _course(node: Node, sample: Sample, value: float) -> Callable[[int], float]:
    """Return how a sample moves: counters by 0.1 a second, if not those of errors."""
    name, _ = sample
    if name == _LAST_RUN:
        return lambda time: END - DAY if node.stale else time - 5
    if name == _LAST_DENIED:
        return lambda time: time - 30
    if "request" in name and name.endswith("_total"):
        return lambda time: (time - END + 2 * DAY) // 10 * value
    if "errors" in name:
        return lambda _: value
    if name.endswith(("_total", "_bucket", "_count", "_sum")):
        return lambda time: int((time - END + 2 * DAY) * (0.1 + value))
    return lambda _: value
