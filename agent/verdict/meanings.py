"""What each reason of the closed vocabulary means, in one sentence."""

from agent.findings import Reason

MEANINGS = {
    Reason.STARTING: "the agent has not finished its first evaluation",
    Reason.NO_MODULE_SUPPORT: "the kernel has neither SCTP nor loadable modules",
    Reason.NOT_IN_KERNEL: "the kernel was built without SCTP",
    Reason.MODULE_FOR_OTHER_KERNEL_ONLY: "the sctp module is on disk, but for "
    "another kernel than the one in question",
    Reason.MODULE_NOT_INDEXED: "the module file is there, but depmod's index does "
    "not list it, so modprobe cannot find it",
    Reason.MODULE_MISSING: "there is no sctp module for the kernel",
    Reason.MODULE_DAMAGED: "the sctp module's file is truncated or no module",
    Reason.MODULE_OF_OTHER_BUILD: "the module file was built for another kernel",
    Reason.DEPENDENCY_MISSING: "a module that sctp needs is missing",
    Reason.DEPENDENCY_DAMAGED: "a module that sctp needs is truncated or no module",
    Reason.SIGNATURE_REQUIRED: "the kernel takes signed modules only, and sctp or "
    "a module it needs has no signature",
    Reason.DENIED_BY_KERNEL_ARGUMENT: "module_blacklist= on the kernel command line "
    "names sctp, or initcall_blacklist= the function it starts with: the kernel "
    "refuses every load",
    Reason.MODULES_DISABLED: "kernel.modules_disabled is 1: no module can be loaded "
    "until the next reboot",
    Reason.ALIAS_DIVERTED: "an alias line leads the request for SCTP elsewhere",
    Reason.BLACKLISTED_BY_KERNEL_ARGUMENT: "modprobe.blacklist= on the kernel "
    "command line names sctp",
    Reason.BLACKLISTED: "a blacklist line in modprobe.d names sctp: neither a socket "
    "nor modules-load.d loads it",
    Reason.INSTALL_OVERRIDE: "an install line replaces the loading of sctp by a "
    "command that does not load it",
    Reason.DEPENDENCY_OVERRIDDEN: "an install line does that to a module sctp needs",
    Reason.BAD_MODULE_OPTION: "an option of sctp has a value the kernel refuses",
    Reason.MODPROBE_HELPER: "the kernel's helper program is empty, missing or not "
    "modprobe: sockets load nothing",
    Reason.SELINUX_DENIES_LOAD: "SELinux lets no container make the kernel load sctp, "
    "unconfined processes only",
    Reason.SELINUX_DENIES_SOCKET: "SELinux denies SCTP sockets to containers, whether "
    "sctp is loaded or not",
    Reason.INSTALL_COMMAND_OPAQUE: "an install line runs something whose effect only "
    "running it would tell",
    Reason.HELPER_OPAQUE: "the kernel's helper program is something unknown",
    Reason.BOOT_LOAD_OPAQUE: "something else than a list of modules may load sctp at "
    "boot, and whether it does is not known",
    Reason.SELINUX_DECIDES: "SELinux enforces, and whether it lets containers make "
    "the kernel load sctp is not known",
    Reason.FIPS_COOKIE_ALGORITHM: "the cookie algorithm is one that FIPS mode refuses",
    Reason.SOCKET_FAILED: "sctp is in the kernel, but an association fails",
    Reason.SOCKET_TIMEOUT: "sctp is in the kernel, but an association on loopback "
    "got no answer in time",
    Reason.NOT_PROBED: "sctp is in the kernel, but no socket could be tried",
    Reason.LOADED_WHERE_FORBIDDEN: "SCTP works on a node where it must not",
    Reason.LOADABLE_WHERE_FORBIDDEN: "a process can get SCTP loaded on a node where "
    "it must not be",
    Reason.NOT_DECLARED_AT_BOOT: "nothing loads sctp at boot; the first socket has to",
    Reason.DECLARED_BUT_NOT_LOADED: "modules-load.d names sctp, but something keeps "
    "it from being loaded",
    Reason.CONFIG_DRIFT: "the node's files or arguments are not what its "
    "MachineConfig declares",
    Reason.LOST_WITH_OTHER_KERNEL: "a kernel that is installed has no sctp: booting it "
    "loses SCTP",
    Reason.INEFFECTIVE_LINE: "a line about sctp does nothing as it is written",
    Reason.VERSION_DECIDES: "versions of kmod differ here and the node's is unknown",
    Reason.FACT_UNREADABLE: "something that decides could not be read",
    Reason.FACT_TIMEOUT: "something that decides did not answer in time",
    Reason.CHECK_CRASHED: "a check or a reader failed by a defect of the agent",
    Reason.NOT_APPLICABLE: "the question does not arise on this node",
    Reason.AS_EXPECTED: "nothing is wrong",
}
