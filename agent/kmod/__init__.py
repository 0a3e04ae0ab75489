"""What kmod (modprobe, libkmod) would do with a node's configuration. Pure."""
