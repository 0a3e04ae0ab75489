"""What a made-up node exports: the samples of the agent's own code, by name."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from prometheus_client.metrics_core import Metric

from agent.checks import discover
from agent.echo.outcome import FailureClass
from agent.findings import (
    CheckResult,
    Compliance,
    Expectation,
    Finding,
    ModuleState,
    Reason,
    Report,
    SocketResult,
    State,
    Status,
    Verdict,
)
from agent.paths import exposition as path_exposition
from agent.paths.names import Family
from agent.paths.record import Record
from agent.paths.targets import Form, Target
from agent.paths.targets import Path as Way
from agent.report import prometheus
from agent.report.stack_counters import ASSOCIATIONS, COUNTERS
from agent.requests import exposition as requests
from agent.requests.attempts import Attempt
from agent.requests.record import Outcome
from agent.requests.record import Record as Requests
from agent.workloads.owner import Owner, OwnerKind, word
from agent.workloads.usage import (
    Association,
    AssociationState,
    Endpoint,
    Path,
    PathState,
    Style,
    Workload,
    Workloads,
)

Sample = tuple[str, tuple[tuple[str, str], ...]]
#: What neither a query nor a board may take for its own.
EVIL = word("x\"}) or up{a='\\' {{node}} ${node}<script>alert(1)</script>$1\n\x1b[2J")
CHECKS = tuple(check.name for check in discover())
_UNKNOWN = {
    *(Reason.STARTING, Reason.NOT_PROBED, Reason.SOCKET_TIMEOUT, Reason.HELPER_OPAQUE),
    *(Reason.FACT_TIMEOUT, Reason.FACT_UNREADABLE, Reason.CHECK_CRASHED),
    *(Reason.VERSION_DECIDES, Reason.SELINUX_DECIDES, Reason.INSTALL_COMMAND_OPAQUE),
}
_UNTIL_REBOOT = {
    *(Reason.NOT_DECLARED_AT_BOOT, Reason.LOST_WITH_OTHER_KERNEL),
    *(Reason.DECLARED_BUT_NOT_LOADED, Reason.INEFFECTIVE_LINE, Reason.CONFIG_DRIFT),
}
_FORBIDDEN = {Reason.LOADED_WHERE_FORBIDDEN, Reason.LOADABLE_WHERE_FORBIDDEN}
_WELL = {Reason.AS_EXPECTED, Reason.NOT_APPLICABLE}


@dataclass(frozen=True, slots=True)
class Look:
    """How a node looks: its *reason*, what it probes and what of that fails.

    *loaded* is whether sctp is in its kernel while all is well, *forbidden* whether
    it is not to be there, *check* the one that finds the reason. One that is *blind*
    does not see who asks for SCTP; on a *hostile* one pods have odd names.
    """

    reason: Reason = Reason.AS_EXPECTED
    loaded: bool = True
    targets: tuple[str, ...] = ()
    failing: frozenset[str] = frozenset()
    whole: bool = True
    kernel: str = "6.1.0-56-amd64"
    forbidden: bool = False
    blind: bool = False
    hostile: bool = False
    booted: float = 1_789_000_000.0
    version: str = "0.1.0"
    check: str = CHECKS[-1]


def samples(look: Look) -> Mapping[Sample, float]:
    """Return what a node exports when it looks like this."""
    found = [*prometheus.families(report(look)), *beside(look)]
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in found
        for sample in family.samples
        if look.whole or _is_slim(sample.name, sample.labels)
    }


def _is_slim(name: str, labels: Mapping[str, str]) -> bool:
    """Say whether the fleet looks at it, or its rules; or it is one node's affair."""
    if name == "sctp_node_check_status":
        return labels["check"] == "config_drift"
    wanted = (
        *("sctp_node_path_probe_success", "sctp_agent_last_run", "sctp_node_boot"),
        *("sctp_node_info", "sctp_agent_build_info"),
        *("sctp_node_workload_", "sctp_agent_request_watch_running"),
    )
    states = {
        *("sctp_node_state", "sctp_node_reason", "sctp_node_compliant"),
        "sctp_node_expectation",
    }
    return name in states or name.startswith(wanted)


def beside(look: Look) -> Iterator[Metric]:
    """Yield the families of its path probes, and who asked for SCTP, if it has some."""
    if look.targets:
        yield from _paths(look)
    if look.targets or look.blind:
        yield from requests.families(_requests(look))


def report(look: Look) -> Report:
    """Return the report of a node that looks like this."""
    answer, expected = verdict(look)
    in_kernel = answer.state is State.READY
    drifted = look.reason is Reason.CONFIG_DRIFT
    return Report(
        agent_version=look.version,
        node="",
        time=0,
        kernel_release=look.kernel,
        os_id="debian",
        os_version="12",
        expectation=expected,
        verdict=answer,
        module_state=ModuleState.LOADED if in_kernel else ModuleState.LOADABLE,
        checks=tuple(_check(name, look, drifted=drifted) for name in CHECKS),
        sockets=tuple(_sockets()) if in_kernel else (),
        stack=_stack() if in_kernel else {},
        boot_time=look.booted,
        seconds=0.01,
        workloads=_workloads(look) if look.targets and in_kernel else None,
    )


def verdict(look: Look) -> tuple[Verdict, Expectation]:
    """Return the answer of a node that looks so, and what is expected of it."""
    ready, gone, unknown = State.READY, State.UNAVAILABLE, State.UNKNOWN
    required, forbidden = Expectation.REQUIRED, Expectation.FORBIDDEN
    true, false = Compliance.TRUE, Compliance.FALSE
    reason = look.reason
    if look.forbidden and reason in _WELL:
        return Verdict(gone, gone, true, reason), forbidden
    if reason in _WELL:
        now = ready if look.loaded else State.ON_DEMAND
        return Verdict(now, now, true, reason), required
    if reason in _UNKNOWN:
        return Verdict(unknown, unknown, Compliance.UNKNOWN, reason), required
    if reason in _UNTIL_REBOOT:
        return Verdict(ready, gone, false, reason), required
    if reason in _FORBIDDEN:
        return Verdict(ready, ready, false, reason), forbidden
    return Verdict(gone, gone, false, reason), required


def _check(name: str, look: Look, *, drifted: bool) -> CheckResult:
    status = Status.PASS
    if name == "config_drift" and drifted:
        status = Status.WARN
    elif name == look.check and look.reason not in _WELL:
        status = Status.UNKNOWN if look.reason in _UNKNOWN else Status.FAIL
    return CheckResult(name, Finding(status, look.reason, ""), 0.001)


def _sockets() -> Iterator[SocketResult]:
    for netns in ("agent", "host", "pod"):
        for family in ("ipv4", "ipv6"):
            for style in ("one-to-one", "one-to-many"):
                yield SocketResult(
                    netns, family, style, success=True, stage="done", seconds=0.004
                )


def _stack() -> dict[str, int]:
    return {ASSOCIATIONS: 3} | {counter.kernel_name: 0 for counter in COUNTERS}


def _workloads(look: Look) -> Workloads:
    """Return two pods and a process; of one a path is down while any target fails."""
    down = PathState.INACTIVE if look.failing else PathState.ACTIVE
    paths = (Path("192.0.2.1", state=PathState.ACTIVE), Path("192.0.2.2", state=down))
    found = Association(
        1, AssociationState.ESTABLISHED, Style.ONE_TO_ONE, 1, 2, (), paths, 0, 0, 0, 0
    )
    endpoint = Endpoint(38412, Style.ONE_TO_MANY, (), 0, 0)
    users = (
        Workload(Owner(OwnerKind.POD, "a", "core", "amf-0"), (endpoint,), (found,) * 3),
        Workload(Owner(OwnerKind.POD, "b", "core", "smf-0"), (), (found,)),
        Workload(Owner(OwnerKind.HOST, unit="frr.service"), (endpoint,)),
    )
    return Workloads(users, stack=True, time=1_790_000_000.0)


def _requests(look: Look) -> Requests:
    """Return two pods and a process that were denied, and a pod that came too early.

    Nobody asks where sctp is in the kernel, and without tracefs nobody sees it.
    """
    record = Requests()
    if look.blind:
        record.problem = "/sys/kernel/tracing: no tracefs is mounted there"
        return record
    record.problem = ""
    answer = report(replace(look, targets=()))
    if answer.verdict.state is State.READY:
        return record
    early = Owner(OwnerKind.POD, "c", "core", "upf-0")
    record.note(_attempt(early), Outcome.IN_KERNEL, 1_790_000_000.0)
    if answer.verdict.state is State.ON_DEMAND:
        return record
    record.hear(answer)
    record.lost = 3
    if look.hostile:
        evil = Owner(OwnerKind.POD, "e", EVIL, EVIL)
        record.note(_attempt(evil), Outcome.DENIED, 1_790_000_000.0)
    pods = [Owner(OwnerKind.POD, name, "core", name) for name in ("amf-0", "smf-0")]
    for owner in (*pods, pods[0], Owner(OwnerKind.HOST, unit="frr.service")):
        record.note(_attempt(owner), Outcome.DENIED, 1_790_000_000.0)
    return record


def _attempt(owner: Owner) -> Attempt:
    return Attempt(7, "amf", "ipv4", "one-to-one", 1, 1, refused=False, owner=owner)


def _paths(look: Look) -> Iterator[Metric]:
    record = Record(wall=lambda: 1_790_000_000.0)
    places = [
        *((Way.POD, Form.SAME, target) for target in look.targets),
        (Way.CLUSTER_IP, Form.SAME, ""),
        (Way.CLUSTER_IP, Form.TRANSLATED, ""),
        *((Way.NODE_PORT, Form.TRANSLATED, target) for target in look.targets[:3]),
    ]
    for number, (path, form, target) in enumerate(places):
        bad = target in look.failing
        failure = FailureClass.TIMEOUT if bad else None
        at = Target(path, Family.IPV4, form, f"192.0.2.{number}", 1, target)
        record.note(at, failure, seconds=0.002)
    yield from path_exposition.families(record, peers=len(look.targets), visitors=5)
