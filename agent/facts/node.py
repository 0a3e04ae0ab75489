"""What was observed on the node: frozen values with their origins, no judgement."""

from dataclasses import dataclass, field
from enum import StrEnum

from agent.declared import Declared
from agent.facts.boot import BootFacts, Init, ModuleService
from agent.facts.files import DropIn, Gap
from agent.findings import ModuleState, Origin, SocketResult
from agent.gaps import Change, OldPart
from agent.kernel.arguments import Argument
from agent.kmod.config import ModprobeConfig
from agent.kmod.rules import KmodRules
from agent.kmod.tree import Health
from agent.names import HELPER
from agent.selinux.facts import SELinuxFacts


class Helper(StrEnum):
    """What kernel.modprobe, the program the kernel calls to load, is."""

    MODPROBE = "modprobe"
    NONE = "none"  # empty, missing, not executable, or known to do nothing
    OPAQUE = "opaque"  # something else: only running it would tell
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class HelperFact:
    """The helper, what it is called and where that is set.

    *doubt* says why it is not known, where it was read.
    """

    kind: Helper = Helper.UNKNOWN
    path: str = ""
    origin: Origin = Origin(HELPER)
    doubt: str = ""


@dataclass(frozen=True, slots=True)
class KernelFacts:
    """The running kernel; None and "" stand for not known.

    *config_sctp* is CONFIG_IP_SCTP: y, m or n. *modular* is CONFIG_MODULES.
    *boot_time* is Unix time in seconds. *live* is false when the files of a
    kernel that is not running here are judged: *source* says what they are, and
    *captured* whether /proc and /sys were copied while it ran. *default_helper* is
    the path a boot starts with. *unread_options* may hold how it was built.
    *heeds_initcalls* tells whether `initcall_blacklist=` is of effect.
    """

    release: str = ""
    live: bool = True
    source: str = ""
    captured: bool = False
    arguments: tuple[Argument, ...] = ()
    command_line: str = ""
    arguments_known: bool = False
    config_sctp: str | None = None
    config_origin: Origin = Origin("")
    modular: bool | None = None
    static_helper: bool = False
    default_helper: str | None = "/sbin/modprobe"
    modules_disabled: bool | None = None
    helper: HelperFact = HelperFact()
    signatures_enforced: bool | None = None
    enforced_by: Origin = Origin("")
    lockdown: str = ""
    fips: bool | None = None
    cookie_algorithm: str = ""
    ipv6_disabled: bool | None = None
    boot_time: float | None = None
    unread_options: tuple[Gap, ...] = ()
    heeds_initcalls: bool | None = None
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True, slots=True)
class SystemFacts:
    """The operating system around the kernel; None stands for not known.

    *variant* is VARIANT_ID of os-release, *image* tells whether /usr is an image's, of
    bootc or rpm-ostree. *unseen* was not given to the agent.
    """

    os_id: str = ""
    os_like: tuple[str, ...] = ()
    os_name: str = ""
    os_version: str = ""
    variant: str = ""
    kmod_version: int | None = None
    systemd_version: int | None = None
    service: ModuleService = ModuleService(Init.SYSTEMD)
    image: bool = False
    selinux: SELinuxFacts = SELinuxFacts()
    unseen: tuple[Gap, ...] = ()
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True, slots=True)
class ModprobeFacts:
    """The effective modprobe.d configuration.

    *configs* holds one configuration with the rules it was read by, or one for
    every set of rules that the node may follow when its kmod's version is
    unknown and they differ. *programs* says of those that install lines name whether
    the node has them. *unseen* are folders that were not given to the agent,
    *unseen_at_boot* those of them that the next boot will find as they are. *strays*
    are lines about sctp in files that kmod does not read.
    """

    configs: tuple[tuple[KmodRules, ModprobeConfig], ...] = ()
    programs: dict[str, bool] = field(default_factory=dict)
    drop_ins: tuple[DropIn, ...] = ()
    strays: tuple[Origin, ...] = ()
    unseen: tuple[Gap, ...] = ()
    unseen_at_boot: tuple[Gap, ...] = ()
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True, slots=True)
class ModuleFacts:
    """The sctp module: in the kernel, on disk, and for which kernels.

    *initstate* is that of /sys/module/sctp ("" when not loaded). *needs* are
    the modules it depends on with the state of their files. *unindexed* is a
    module file that depmod has not seen. *other_kernels* have it on disk,
    of these *kernels_with* could boot, *kernels_without* could and do not have it.
    *lists_only* when of its tree just depmod's lists are here, *was_loaded* when the
    files were taken. *live_modules* are all modules that the kernel has loaded.
    """

    state: ModuleState = ModuleState.UNKNOWN
    initstate: str = ""
    references: int | None = None
    path: str = ""
    health: Health = Health.UNKNOWN
    needs: tuple[tuple[str, Health], ...] = ()
    unindexed: str = ""
    other_kernels: tuple[str, ...] = ()
    kernels_with: tuple[str, ...] = ()
    kernels_without: tuple[str, ...] = ()
    tree: str = ""
    lists_only: bool = False
    was_loaded: bool = False
    live_modules: frozenset[str] = frozenset()
    gaps: tuple[Gap, ...] = ()

    @property
    def differing(self) -> tuple[str, ...]:
        """The kernels that could boot instead and differ in whether they have it."""
        missing = self.state is ModuleState.MISSING
        return self.kernels_with if missing else self.kernels_without


@dataclass(frozen=True, slots=True)
class NextKernel:
    """The kernel that boots next, by the boot loader's files.

    *release* is "" when that is not known. Then *note* says that there was nothing to
    read, and the running kernel is assumed; or *unclear* says that a boot loader was
    seen and not understood, or *gaps* are what of it was not read. *origin* is the
    menu entry. *root* is where its own file system lies when another deployment
    (ostree) boots next.
    """

    release: str = ""
    command_line: str = ""
    origin: Origin = Origin("")
    root: str = ""
    note: str = ""
    unclear: str = ""
    gaps: tuple[Gap, ...] = ()

    @property
    def hidden(self) -> tuple[Gap, ...]:
        """What may lead to any kernel with any arguments: nothing is assumed then."""
        if not self.unclear:
            return self.gaps
        return (*self.gaps, Gap("the next boot", self.unclear))


@dataclass(frozen=True, slots=True)
class NodeFacts:
    """Everything one evaluation observed.

    *sockets* is empty with *sockets_skipped* saying why no socket was opened.
    *next* is the kernel that boots next, *next_module* its sctp module where it
    is another kernel than the running one. *old* are parts that were late, *changed*
    is what of the configuration was written last.
    """

    kernel: KernelFacts = KernelFacts()
    system: SystemFacts = SystemFacts()
    modprobe: ModprobeFacts = ModprobeFacts()
    boot: BootFacts = BootFacts()
    module: ModuleFacts = ModuleFacts()
    next: NextKernel = NextKernel()
    next_module: ModuleFacts | None = None
    declared: Declared = Declared()
    sockets: tuple[SocketResult, ...] = ()
    sockets_skipped: str = ""
    stack: dict[str, int] = field(default_factory=dict)
    gaps: tuple[Gap, ...] = ()
    old: tuple[OldPart, ...] = ()
    changed: Change | None = None
