"""Names that the kernel gave: the module's, and where it says what it was told."""

SCTP = "sctp"
CMDLINE = "/proc/cmdline"
DISABLED = "/proc/sys/kernel/modules_disabled"
