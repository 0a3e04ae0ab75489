"""What the kernel says of itself, parsed. Pure."""
