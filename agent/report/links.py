"""Where the documentation of a check or a reason is, for those who click."""

_DOCUMENTATION = "https://github.com/sctp-node-agent/sctp-node-agent/blob/main/docs"


def address(name: str) -> str:
    """Return the address of what docs/checks.md says about a check or a reason."""
    return f"{_DOCUMENTATION}/checks.md#{name.lower()}"
