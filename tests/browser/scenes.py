"""Boards for every state a page can be in, the same on every machine."""

from dataclasses import dataclass, replace

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
from agent.report.latest import LatestReport
from agent.report.path_row import PathRow
from agent.report.requests import RequestRow, Requests
from agent.workloads.owner import Owner, OwnerKind
from tests.reports import USERS

NOW = 1_790_000_100.0
CIS = "/etc/modprobe.d/CIS.conf"
REMEDY = f"remove the line from {CIS}; it counts at once for the next load"
_LINE = Origin(CIS, 2, "install sctp /bin/true")
_DENIED = f"sctp is kept from loading by `install sctp /bin/true` at {CIS}:2"
_SKIPPED = "sctp is not in the kernel, and a socket might load it"


class Clock:
    """A clock that goes by hand."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        """Return the seconds since some moment."""
        return self.seconds


@dataclass(frozen=True, slots=True)
class Scene:
    """What a board has been told, one report after the other, and then its age.

    Where it is *watched* who asks for SCTP, *requests* come while the page is open.
    """

    reports: tuple[Report, ...]
    paths: tuple[PathRow, ...] = ()
    requests: Requests | None = None
    watched: bool = False
    age: float = 4.0

    def board(self, clock: Clock) -> LatestReport:
        """Return the board in that state."""
        board = LatestReport(STARTING, clock=clock)
        for report in self.reports:
            board.publish(report)
        clock.seconds += self.age
        return board


def _check(name: str, status: Status, message: str, *origins: Origin) -> CheckResult:
    denied = status is Status.FAIL
    reason = Reason.INSTALL_OVERRIDE if denied else Reason.AS_EXPECTED
    return CheckResult(
        name, Finding(status, reason, message, origins, REMEDY if denied else "")
    )


def sockets(*failing: tuple[str, str, str]) -> tuple[SocketResult, ...]:
    """Return a probe of every kind, those *failing* refused."""
    return tuple(
        SocketResult(
            netns, family, style, success=False, stage="socket", error="EACCES"
        )
        if (netns, family, style) in failing
        else SocketResult(
            netns, family, style, success=True, stage="done", seconds=0.0021
        )
        for netns in ("agent", "host", "pod")
        for family in ("ipv4", "ipv6")
        for style in ("one-to-one", "one-to-many")
    )


_DECLARED = Origin("/etc/modules-load.d/sctp-load.conf", 1, "sctp")
_PASSED = (
    _check("kernel_arguments", Status.PASS, "no kernel argument denies sctp"),
    _check("kmod_alias", Status.PASS, "requests for SCTP lead to sctp"),
    _check("kmod_blacklist", Status.PASS, "no modprobe.d file blacklists sctp"),
    _check("modprobe_helper", Status.PASS, "the kernel calls /sbin/modprobe"),
    _check("module_loading", Status.PASS, "kernel.modules_disabled is 0"),
    _check(
        "module_present",
        Status.PASS,
        "/lib/modules/6.1.0-56-amd64/kernel/net/sctp/sctp.ko can be loaded",
    ),
    _check(
        "next_kernel",
        Status.PASS,
        "the running kernel, 6.1.0-56-amd64, boots next",
        Origin("/boot/grub/grub.cfg", 112, "menuentry 'Debian GNU/Linux'"),
    ),
    _check("node_readable", Status.PASS, "everything could be read"),
)
_NOT_HERE = (
    _check("config_drift", Status.SKIP, "no Machine Config Operator manages this node"),
    _check("fips_cookie", Status.SKIP, "the kernel is not in FIPS mode"),
    _check("selinux_autoload", Status.SKIP, "SELinux does not enforce here"),
    _check("selinux_socket", Status.SKIP, "SELinux does not enforce here"),
)
STARTING = Report("0.1.0", "worker-0", NOW - 600, "", Expectation.REQUIRED)
_BASE = replace(
    STARTING,
    time=NOW,
    kernel_release="6.1.0-56-amd64",
    os_name="Debian GNU/Linux 12 (bookworm)",
    boot_time=NOW - 3_000_000,
    seconds=0.0075,
)
READY = replace(
    _BASE,
    verdict=Verdict(
        State.READY,
        State.READY,
        Compliance.TRUE,
        Reason.AS_EXPECTED,
        "SCTP works and will after the next reboot",
    ),
    module_state=ModuleState.LOADED,
    references=6,
    checks=(
        *_PASSED,
        _check(
            "modules_load", Status.PASS, "sctp is declared and will load", _DECLARED
        ),
        _check("sctp_socket", Status.PASS, "an association works, data both ways"),
        *_NOT_HERE,
    ),
    sockets=sockets(),
)
ON_DEMAND = replace(
    _BASE,
    verdict=Verdict(
        State.ON_DEMAND,
        State.ON_DEMAND,
        Compliance.TRUE,
        Reason.AS_EXPECTED,
        "the first socket will load SCTP, now and after a reboot",
    ),
    module_state=ModuleState.LOADABLE,
    checks=(
        _check("modules_load", Status.WARN, "nothing declares sctp at boot"),
        *_PASSED,
        *_NOT_HERE,
    ),
    facts={"socket_skipped": _SKIPPED},
)
UNAVAILABLE = replace(
    _BASE,
    verdict=Verdict(
        State.UNAVAILABLE,
        State.UNAVAILABLE,
        Compliance.FALSE,
        Reason.INSTALL_OVERRIDE,
        _DENIED,
        REMEDY,
    ),
    module_state=ModuleState.LOADABLE,
    checks=(
        _check("kmod_install", Status.FAIL, _DENIED, _LINE),
        _check(
            "modules_load",
            Status.FAIL,
            f"{_DECLARED} declares sctp, but it will not be loaded: {_DENIED}",
            _DECLARED,
            _LINE,
        ),
        *_PASSED,
        *_NOT_HERE,
    ),
    facts={
        "socket_skipped": _SKIPPED,
        "last_change": {"path": "/etc/modprobe.d/CIS.conf", "time": NOW - 90.0},
    },
)
UNKNOWN = replace(
    _BASE,
    verdict=Verdict(
        State.READY,
        State.UNKNOWN,
        Compliance.UNKNOWN,
        Reason.FACT_UNREADABLE,
        "after a reboot: /etc/modprobe.d could not be read (EACCES)",
        "mount the node's /etc read-only into the agent",
    ),
    module_state=ModuleState.LOADED,
    references=4,
    checks=(
        _check("node_readable", Status.UNKNOWN, "/etc/modprobe.d: EACCES"),
        _check("sctp_ipv6", Status.WARN, "no association over IPv6: EACCES"),
        *_PASSED[:6],
        *_NOT_HERE,
    ),
    sockets=(
        *sockets(("agent", "ipv6", "one-to-one"), ("host", "ipv6", "one-to-many"))[:8],
        SocketResult("pod", "ipv4", "one-to-one", success=None, stage="namespace"),
    ),
)
FORBIDDEN = replace(
    READY,
    expectation=Expectation.FORBIDDEN,
    verdict=Verdict(
        State.READY,
        State.ON_DEMAND,
        Compliance.FALSE,
        Reason.LOADED_WHERE_FORBIDDEN,
        "SCTP is in the kernel, though it is forbidden here",
        "add `install sctp /bin/false` to a file in /etc/modprobe.d and reboot",
    ),
)
_FAR = "10.128.2.17:38412"
PATHS = (
    PathRow(
        *("pod", "ipv4", "same", _FAR),
        ok=True,
        since=NOW - 7200,
        last_success=NOW,
        seconds=0.0012,
    ),
    PathRow(
        *("node_port", "ipv4", "translated", "192.0.2.12:30132"),
        ok=False,
        failure="timeout",
        since=NOW - 300,
        last_success=NOW - 310,
    ),
    PathRow("cluster_ip", "ipv6", "translated", "[fd02::c0de]:38412", ok=None),
)
REQUESTS = Requests(
    "",
    sees_refusals=False,
    lost=12,
    requests=3132,
    denied=3129,
    unnamed=3000,
    rows=(
        RequestRow(
            Owner(
                OwnerKind.POD, "u", "core", "amf-7d9c5b6f4-x2x9q", "amf", command="amf"
            ),
            *(4711, ("ipv4 one-to-one", "ipv6 one-to-many"), 128, 128),
            *(NOW - 7200, NOW - 5, NOW - 5, "InstallOverride"),
        ),
        RequestRow(
            Owner(command="<b>\\x1b[2J", problem="it has ended"),
            *(4712, ("ipv4 unknown",), 1, 1, NOW - 60, NOW - 60, NOW - 60, ""),
        ),
        RequestRow(
            Owner(OwnerKind.HOST, unit="sctp-test.service", command="sctp_test"),
            *(4713, ("ipv4 one-to-one",), 3, 0, NOW - 90, NOW - 80, None, ""),
        ),
    ),
)
UNWATCHED = replace(
    REQUESTS, problem="/sys/kernel/tracing: is mounted read-only", lost=0, rows=()
)
SCENES: dict[str, Scene] = {
    "starting": Scene(()),
    "ready": Scene((READY,), PATHS),
    "on_demand": Scene((ON_DEMAND,), requests=UNWATCHED),
    "unavailable": Scene((ON_DEMAND, UNAVAILABLE)),
    "unknown": Scene((READY, UNKNOWN), PATHS),
    "outdated": Scene((UNKNOWN, READY), age=400.0),
    "forbidden": Scene((FORBIDDEN,)),
    "observed": Scene(
        (replace(UNAVAILABLE, expectation=Expectation.OBSERVE, workloads=USERS),),
        requests=REQUESTS,
    ),
}
