"""What a flag is, and how its environment twin is called."""

from dataclasses import dataclass
from typing import Any

PREFIX = "SCTP_AGENT_"


@dataclass(frozen=True, slots=True)
class Option:
    """One flag; *kind* is str, int, float, bool, a tuple of choices or list.

    *about* tells its variable from that of a flag of the same name for other commands:
    what is set for a node's agent is about that node.
    """

    flag: str
    kind: Any
    default: Any
    help: str
    commands: tuple[str, ...] = ("check", "run")
    about: str = ""

    @property
    def key(self) -> str:
        """The attribute's name in the parsed result."""
        return self.flag.lstrip("-").replace("-", "_").replace(".", "_")

    @property
    def variable(self) -> str:
        """The environment twin's name."""
        return PREFIX + self.about + self.key.upper()
