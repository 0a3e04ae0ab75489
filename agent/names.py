"""Names that the kernel gave: the module's, and where it says what it was told."""

SCTP = "sctp"
CMDLINE = "/proc/cmdline"
MOUNTS = "/proc/1/mountinfo"  # the node's, of its first process
IN_KERNEL = "/proc/sys/net/sctp"  # registered in every namespace once it runs
HELPER = "/proc/sys/kernel/modprobe"
DISABLED = "/proc/sys/kernel/modules_disabled"
DISABLED_KEY = "kernel.modules_disabled"  # the same as sysctl.d names it
