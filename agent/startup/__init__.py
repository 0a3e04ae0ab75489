"""What loads modules at a boot beside systemd-modules-load, by its files. Pure."""
