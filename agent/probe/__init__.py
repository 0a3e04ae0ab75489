"""Socket capability, measured: conversations of the node with itself."""
