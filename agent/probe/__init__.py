"""Socket capability, measured: the only package that opens SCTP sockets."""
