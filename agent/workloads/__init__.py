"""Who uses SCTP on a node: whose a process is, and what the kernel's tables say."""
