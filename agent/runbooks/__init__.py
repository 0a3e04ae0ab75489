"""What to do about each alert, as docs/runbooks has it and the package carries it."""
