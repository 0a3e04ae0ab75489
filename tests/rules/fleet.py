"""Made-up fleets: what Prometheus would have scraped, minute by minute."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from agent.findings import (
    CheckResult,
    Compliance,
    Expectation,
    Finding,
    Reason,
    Report,
    SocketResult,
    State,
    Status,
    Verdict,
)
from agent.report.prometheus import families

Labels = tuple[tuple[str, str], ...]
#: Seconds between scrapes.
SCRAPE = 60
_FIRST_BOOT = -86_400.0
LAST_RUN = "sctp_agent_last_run_timestamp_seconds"
_ERRORS = "sctp_node_stack_checksum_errors_total"


@dataclass(frozen=True, slots=True)
class Phase:
    """Some minutes in which a node looks the same.

    Without a *report* its scrapes fail; without a *target* nobody tries. The clock
    of its runs stands still when *stuck*, and moves every so many minutes when it is
    *slow*; *errors* are checksum errors a minute. *own* are series
    of the process; None is a value that moves as the time of the runs does.
    """

    minutes: int
    report: Report | None = None
    target: bool = True
    stuck: bool = False
    slow: int = 1
    errors: int = 0
    pod: str = "agent-a"
    own: tuple[tuple[str, Labels, float | None], ...] = ()


@dataclass(frozen=True, slots=True)
class Node:
    """A node of a pool with its history."""

    name: str
    phases: tuple[Phase, ...]
    pool: str
    job: str


def node(
    name: str, *phases: Phase, pool: str = "amf", job: str = "sctp-node-agent"
) -> Node:
    """Return the node *name* that went through *phases*, scraped as *job*."""
    return Node(name, phases, pool, job)


def missed(minutes: int) -> Phase:
    """Return scrapes that fail."""
    return Phase(minutes)


def gone(minutes: int) -> Phase:
    """Return a time without target: the pod or the node was removed."""
    return Phase(minutes, target=False)


def shown(
    minutes: int,
    now: State,
    reason: Reason = Reason.AS_EXPECTED,
    *,
    boot: State | None = None,
    expect: Expectation = Expectation.REQUIRED,
    compliant: Compliance = Compliance.TRUE,
    booted: float = _FIRST_BOOT,
    interval: float = 15.0,
    checks: Mapping[str, tuple[Status, Reason]] | None = None,
    version: str = "0.1.0",
) -> Phase:
    """Return scrapes of an agent that says this; *boot* is as *now* if not given."""
    report = Report(
        agent_version=version,
        node="",
        time=0,
        kernel_release="",
        expectation=expect,
        verdict=Verdict(now, boot or now, compliant, reason),
        checks=tuple(
            CheckResult(name, Finding(status, why, ""))
            for name, (status, why) in (checks or {}).items()
        ),
        stack={"SctpChecksumErrors": 0},
        boot_time=booted,
        interval=interval,
    )
    return Phase(minutes, report)


def with_sockets(phase: Phase, *kinds: tuple[str, str, str, bool]) -> Phase:
    """Return *phase* with sockets: namespace, family, style, and whether it works."""
    assert phase.report
    tried = tuple(
        SocketResult(netns, family, style, success=works, stage="done")
        for netns, family, style, works in kinds
    )
    return replace(phase, report=replace(phase.report, sockets=tried))


def starting(minutes: int, pod: str = "agent-a") -> Phase:
    """Return scrapes of an agent that has evaluated nothing yet."""
    report = Report("0.1.0", "", 0, "", Expectation.REQUIRED)
    return Phase(minutes, report, stuck=True, pod=pod)


def of_pod(pod: str, phase: Phase) -> Phase:
    """Return *phase* as another pod of the DaemonSet shows it."""
    return replace(phase, pod=pod)


def input_series(nodes: Sequence[Node]) -> list[dict[str, str]]:
    """Return the series in promtool's form, one value per minute.

    What was there and is not any more gets a stale marker, as from Prometheus.
    """
    length = max(sum(phase.minutes for phase in one.phases) for one in nodes)
    columns: dict[tuple[str, Labels], list[str]] = {}
    for one in nodes:
        for minute, samples in enumerate(history(one)):
            for key, value in samples.items():
                row = columns.setdefault(key, ["_"] * length)
                row[minute] = repr(float(value))
    return [
        {"series": _selector(name, labels), "values": " ".join(_with_stale(row))}
        for (name, labels), row in columns.items()
    ]


def history(one: Node) -> Iterator[dict[tuple[str, Labels], float]]:
    """Yield what is scraped of *one*, minute by minute."""
    minute = errors = 0
    for phase in one.phases:
        ours = (
            ("cluster", "east"),
            ("container", "agent"),
            ("endpoint", "metrics"),
            ("instance", one.name),
            ("job", one.job),
            ("namespace", "sctp-node-agent"),
            ("node", one.name),
            ("pod", phase.pod),
            ("pool", one.pool),
        )
        said = _samples(phase.report)
        for _ in range(phase.minutes):
            samples: dict[tuple[str, Labels], float] = {}
            if phase.target:
                samples["up", ours] = phase.report is not None
            for (name, labels), value in said.items():
                samples[name, labels + ours] = value
            if phase.report:
                run = minute - minute % phase.slow
                time = 0 if phase.stuck else run * SCRAPE
                samples[LAST_RUN, ours] = time
                for name, labels, given in phase.own:
                    samples[name, labels + ours] = time if given is None else given
            if (_ERRORS, ours) in samples:
                samples[_ERRORS, ours] = errors
            yield samples
            minute, errors = minute + 1, errors + phase.errors


def _samples(report: Report | None) -> dict[tuple[str, Labels], float]:
    if report is None:
        return {}
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in families(report)
        for sample in family.samples
    }


def _with_stale(row: list[str]) -> Iterator[str]:
    for before, value in zip(["_", *row], row, strict=False):
        yield "stale" if value == "_" and before != "_" else value


def _selector(name: str, labels: Labels) -> str:
    matchers = ",".join(f'{key}="{value}"' for key, value in labels)
    return f"{name}{{{matchers}}}"
