"""What the agent says: statuses, states, reasons, findings and the report."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # who uses SCTP is read only where that is asked for
    from agent.workloads.usage import Workloads


class Status(StrEnum):
    """The conclusion of one check."""

    PASS = "pass"
    WARN = "warn"
    FAIL = "fail"
    UNKNOWN = "unknown"
    SKIP = "skip"


class State(StrEnum):
    """Whether an unprivileged container gets a one-to-one IPv4 SCTP socket."""

    READY = "ready"
    ON_DEMAND = "on_demand"
    UNAVAILABLE = "unavailable"
    UNKNOWN = "unknown"

    @property
    def usable(self) -> bool:
        """True when a socket succeeds, at once or by loading the module."""
        return self in {State.READY, State.ON_DEMAND}


class Expectation(StrEnum):
    """What is intended for this node."""

    REQUIRED = "required"
    FORBIDDEN = "forbidden"
    OBSERVE = "observe"


class Compliance(StrEnum):
    """Whether the node is as expected."""

    TRUE = "true"
    FALSE = "false"
    UNKNOWN = "unknown"


class ModuleState(StrEnum):
    """Where the sctp module is; what denies it is said by the checks."""

    BUILTIN = "builtin"
    LOADED = "loaded"
    LOADABLE = "loadable"
    MISSING = "missing"
    UNKNOWN = "unknown"


class Reason(StrEnum):
    """The closed vocabulary of causes; a metric label, so never node data.

    The order is that of removal: a reason further up has to be removed before
    the removal of one further down can help.
    """

    STARTING = "Starting"
    NO_MODULE_SUPPORT = "NoModuleSupport"
    NOT_IN_KERNEL = "NotInKernel"
    MODULE_FOR_OTHER_KERNEL_ONLY = "ModuleForOtherKernelOnly"
    MODULE_NOT_INDEXED = "ModuleNotIndexed"
    MODULE_MISSING = "ModuleMissing"
    MODULE_DAMAGED = "ModuleDamaged"
    MODULE_OF_OTHER_BUILD = "ModuleOfOtherBuild"
    DEPENDENCY_MISSING = "DependencyMissing"
    DEPENDENCY_DAMAGED = "DependencyDamaged"
    SIGNATURE_REQUIRED = "SignatureRequired"
    DENIED_BY_KERNEL_ARGUMENT = "DeniedByKernelArgument"
    MODULES_DISABLED = "ModulesDisabled"
    ALIAS_DIVERTED = "AliasDiverted"
    BLACKLISTED_BY_KERNEL_ARGUMENT = "BlacklistedByKernelArgument"
    BLACKLISTED = "Blacklisted"
    INSTALL_OVERRIDE = "InstallOverride"
    DEPENDENCY_OVERRIDDEN = "DependencyOverridden"
    BAD_MODULE_OPTION = "BadModuleOption"
    MODPROBE_HELPER = "ModprobeHelper"
    SELINUX_DENIES_LOAD = "SELinuxDeniesLoad"
    SELINUX_DENIES_SOCKET = "SELinuxDeniesSocket"
    INSTALL_COMMAND_OPAQUE = "InstallCommandOpaque"
    HELPER_OPAQUE = "HelperOpaque"
    BOOT_LOAD_OPAQUE = "BootLoadOpaque"
    SELINUX_DECIDES = "SELinuxDecides"
    FIPS_COOKIE_ALGORITHM = "FipsCookieAlgorithm"
    SOCKET_FAILED = "SocketFailed"
    SOCKET_TIMEOUT = "SocketTimeout"
    NOT_PROBED = "NotProbed"
    LOADED_WHERE_FORBIDDEN = "LoadedWhereForbidden"
    LOADABLE_WHERE_FORBIDDEN = "LoadableWhereForbidden"
    NOT_DECLARED_AT_BOOT = "NotDeclaredAtBoot"
    DECLARED_BUT_NOT_LOADED = "DeclaredButNotLoaded"
    CONFIG_DRIFT = "ConfigDrift"
    LOST_WITH_OTHER_KERNEL = "LostWithOtherKernel"
    INEFFECTIVE_LINE = "IneffectiveLine"
    VERSION_DECIDES = "VersionDecides"
    FACT_TIMEOUT = "FactTimeout"
    FACT_UNREADABLE = "FactUnreadable"
    CHECK_CRASHED = "CheckCrashed"
    NOT_APPLICABLE = "NotApplicable"
    AS_EXPECTED = "AsExpected"

    @property
    def precedence(self) -> int:
        """The position in the order of removal; smaller is removed first."""
        return tuple(Reason).index(self)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a fact comes from: the node's own path, line (from 1) and text."""

    path: str
    line: int | None = None
    text: str = ""

    def __str__(self) -> str:
        return self.path if self.line is None else f"{self.path}:{self.line}"

    def as_dict(self) -> dict[str, Any]:
        """Return the form the report shows."""
        return {"path": self.path, "line": self.line, "text": self.text}


@dataclass(frozen=True, slots=True)
class Cause:
    """What prevents, or may prevent, SCTP on kernel *release* ("": the running)."""

    reason: Reason
    message: str
    evidence: tuple[Origin, ...] = ()
    release: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One check's conclusion, with enough evidence to act on it."""

    status: Status
    reason: Reason
    message: str
    evidence: tuple[Origin, ...] = ()
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class CheckResult:
    """A finding with the name of its check and the seconds it took."""

    name: str
    finding: Finding
    seconds: float = 0.0

    def as_dict(self) -> dict[str, Any]:
        """Return the form the report shows."""
        return {
            "name": self.name,
            "status": self.finding.status.value,
            "reason": self.finding.reason.value,
            "message": self.finding.message,
            "evidence": [origin.as_dict() for origin in self.finding.evidence],
            "remedy": self.finding.remedy,
        }


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer for the node: now, after a reboot, and against the intent."""

    state: State = State.UNKNOWN
    boot_state: State = State.UNKNOWN
    compliant: Compliance = Compliance.UNKNOWN
    reason: Reason = Reason.STARTING
    message: str = "no evaluation has finished yet"
    remedy: str = ""

    def as_dict(self) -> dict[str, str]:
        """Return the form the report shows."""
        return {
            "state": self.state.value,
            "boot_state": self.boot_state.value,
            "compliant": self.compliant.value,
            "reason": self.reason.value,
            "message": self.message,
            "remedy": self.remedy,
        }


@dataclass(frozen=True, slots=True)
class SocketResult:
    """One socket probe: how far it came and what stopped it.

    *netns* is agent, host or pod, *family* ipv4 or ipv6, *style* one-to-one or
    one-to-many, *stage* the last one entered: namespace, socket, bind, listen,
    connect, exchange or done. *error* is the errno's name or "". *success* is None
    when the probe could not be made, which says nothing about SCTP. *obstacle* says in
    words what explains a failure, "" if nothing known does. *seconds* is its duration,
    *time* (Unix time) its end, *age* seconds before the evaluation that shows it.
    """

    netns: str
    family: str
    style: str
    success: bool | None
    stage: str
    error: str = ""
    seconds: float = 0.0
    time: float = 0.0
    age: float = 0.0
    obstacle: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """One evaluation of the node, immutable: at *time* (Unix), it took *seconds*.

    *stack* has the counters of /proc/net/sctp/snmp by their kernel names; *interval* is
    the time to the next evaluation, or None; *workloads* None unless asked for.
    """

    agent_version: str
    node: str
    time: float
    kernel_release: str
    expectation: Expectation
    verdict: Verdict = Verdict()
    module_state: ModuleState = ModuleState.UNKNOWN
    references: int | None = None
    checks: tuple[CheckResult, ...] = ()
    sockets: tuple[SocketResult, ...] = ()
    stack: dict[str, int] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    pool: str = ""
    cluster: str = ""
    os_name: str = ""
    os_id: str = ""
    os_version: str = ""
    boot_time: float | None = None
    seconds: float = 0.0
    interval: float | None = None
    workloads: "Workloads | None" = None
