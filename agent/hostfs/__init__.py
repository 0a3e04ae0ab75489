"""The node's files under a root: bounded reads, with links and mounts as it has."""
