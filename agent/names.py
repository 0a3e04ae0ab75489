"""Names that the kernel gave: the module's, and where its arguments stand."""

SCTP = "sctp"
CMDLINE = "/proc/cmdline"
