"""A report with something of everything, for the tests of what shows reports."""

from dataclasses import replace

from agent.findings import (
    CheckResult,
    Compliance,
    Expectation,
    Finding,
    ModuleState,
    Origin,
    Reason,
    Report,
    SocketResult,
    State,
    Status,
    Verdict,
)
from agent.report.stack_counters import COUNTERS
from agent.workloads.owner import Owner, OwnerKind
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

STARTING = Report("0.1.0", "worker-0", 1_790_000_000.0, "", Expectation.REQUIRED)

_BLACKLISTED = Finding(
    Status.FAIL,
    Reason.BLACKLISTED,
    "sctp is denied by `blacklist sctp` at /etc/modprobe.d/sctp-blacklist.conf:1",
    (Origin("/etc/modprobe.d/sctp-blacklist.conf", 1, "blacklist sctp"),),
    "remove the line",
)

_ASSOCIATION = Association(
    number=9,
    state=AssociationState.ESTABLISHED,
    style=Style.ONE_TO_MANY,
    local_port=38412,
    remote_port=5000,
    local_addresses=("10.0.0.1", "10.0.1.1"),
    paths=(
        Path("10.0.0.2", True, PathState.ACTIVE, True, 250, 5),  # noqa: FBT003
        Path("10.0.1.2", False, PathState.INACTIVE, True, 15000, 5),  # noqa: FBT003
    ),
    send_queue=16,
    receive_queue=0,
    uid=0,
    inode=51,
    retransmissions=3,
    heartbeat_interval=7500,
    streams_in=10,
    streams_out=10,
)
USERS = Workloads(
    users=(
        Workload(
            Owner(
                OwnerKind.POD,
                "0f9a2c4e-1b2d-4c3e-8f00-0123456789ab",
                "core",
                "amf-0",
                "amf",
                "a1" * 32,
            ),
            (Endpoint(38412, Style.ONE_TO_MANY, ("10.0.0.1", "10.0.1.1"), 0, 51),),
            (
                _ASSOCIATION,
                replace(
                    _ASSOCIATION,
                    number=0,
                    state=AssociationState.COOKIE_WAIT,
                    paths=(Path("10.0.0.3", heartbeat=False),),
                    retransmissions=None,
                ),
            ),
        ),
        Workload(
            Owner(OwnerKind.HOST, unit="frr.service", command="<b>bgpd</b>"),
            (Endpoint(179, Style.ONE_TO_ONE, (), 0, 52),),
        ),
        Workload(Owner(problem="it has ended"), (), (_ASSOCIATION,)),
    ),
    stack=True,
    problems=("/proc/7/fd: permission denied",),
    processes=312,
    namespaces=41,
    time=1_790_000_000.0,
)

SAMPLE = Report(
    agent_version="0.1.0",
    node="worker-0",
    time=1_790_000_100.5,
    kernel_release="6.1.0-56-amd64",
    expectation=Expectation.REQUIRED,
    verdict=Verdict(
        State.UNAVAILABLE,
        State.ON_DEMAND,
        Compliance.FALSE,
        Reason.BLACKLISTED,
        _BLACKLISTED.message,
        _BLACKLISTED.remedy,
    ),
    module_state=ModuleState.LOADABLE,
    references=3,
    checks=(
        CheckResult("kmod_blacklist", _BLACKLISTED, 0.000125),
        CheckResult(
            "module_present",
            Finding(Status.UNKNOWN, Reason.FACT_TIMEOUT, "not read in time"),
            1.0,
        ),
        CheckResult(
            "boot_load",
            Finding(Status.UNKNOWN, Reason.CHECK_CRASHED, "KeyError('x')"),
        ),
    ),
    sockets=(
        SocketResult(
            "agent",
            "ipv4",
            "one-to-one",
            success=True,
            stage="done",
            seconds=0.002,
            time=1_790_000_100.25,
        ),
        SocketResult(
            "host",
            "ipv6",
            "one-to-many",
            success=False,
            stage="socket",
            error="EPROTONOSUPPORT",
            seconds=0.0001,
            time=1_790_000_100.375,
        ),
        SocketResult("pod", "ipv4", "one-to-one", success=None, stage="namespace"),
    ),
    workloads=USERS,
    stack={"SctpCurrEstab": 2, "SctpFromTheFuture": 9}
    | {counter.kernel_name: i for i, counter in enumerate(COUNTERS)},
    os_name="Debian GNU/Linux 12 (bookworm)",
    os_id="debian",
    os_version="12",
    boot_time=1_789_000_000.25,
    seconds=0.0075,
    interval=15.0,
)
