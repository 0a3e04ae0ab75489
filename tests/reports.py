"""A report with something of everything, for the tests of what shows reports."""

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

STARTING = Report("0.1.0", "worker-0", 1_790_000_000.0, "", Expectation.REQUIRED)

_BLACKLISTED = Finding(
    Status.FAIL,
    Reason.BLACKLISTED,
    "sctp is denied by `blacklist sctp` at /etc/modprobe.d/sctp-blacklist.conf:1",
    (Origin("/etc/modprobe.d/sctp-blacklist.conf", 1, "blacklist sctp"),),
    "remove the line",
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
    stack={"SctpCurrEstab": 2, "SctpFromTheFuture": 9}
    | {counter.kernel_name: i for i, counter in enumerate(COUNTERS)},
    os_name="Debian GNU/Linux 12 (bookworm)",
    os_id="debian",
    os_version="12",
    boot_time=1_789_000_000.25,
    seconds=0.0075,
    interval=15.0,
)
