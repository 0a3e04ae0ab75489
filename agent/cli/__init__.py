"""The commands: one file each, the flags, and settings that were checked."""
