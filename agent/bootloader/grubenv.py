"""GRUB's environment block: 1024 bytes of `key=value` lines."""

import re

_PROTECTED = re.compile(r"\\(.)")


def parse(text: str) -> dict[str, str]:
    """Return the variables; a backslash protects the next character (envblk.c)."""
    variables = {}
    for line in text.splitlines():
        key, equals, value = line.partition("=")
        if equals and not line.startswith("#"):
            variables[key] = _PROTECTED.sub(r"\1", value)
    return variables
