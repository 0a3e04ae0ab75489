"""Who asked for SCTP in vain, as the kernel's trace tells."""
