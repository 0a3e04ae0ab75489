"""What systemd would do at boot with a node's configuration. Pure."""
