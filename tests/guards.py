"""What the agent's code must not do while tests run, watched by an audit hook."""

import sys
from dataclasses import dataclass, field
from types import FrameType

IPPROTO_SCTP = 132
_PROCESS_EVENTS = frozenset(
    {
        "os.exec",
        "os.fork",
        "os.forkpty",
        "os.posix_spawn",
        "os.spawn",
        "os.system",
        "pty.spawn",
        "subprocess.Popen",
    }
)


class ForbiddenActError(BaseException):
    """The agent's code did what it must never do; no `except Exception` hides it."""


@dataclass(slots=True)
class Guard:
    """Stops forbidden acts of the agent's code and remembers them.

    Tests themselves may do what they like: an act counts only when a function of
    the package *agent* is among its callers.
    """

    allow_sctp_sockets: bool = False
    acts: list[str] = field(default_factory=list)

    def audit(self, event: str, args: tuple[object, ...]) -> None:
        """Judge one audit event (see PEP 578); raise ForbiddenActError."""
        if event in _PROCESS_EVENTS:
            act = f"a child process ({event})"
        elif event == "socket.__new__" and self._is_banned_socket(args):
            act = "an SCTP socket"
        else:
            return
        if caller := _agent_on_stack():
            self.acts.append(f"{caller} started {act}")
            raise ForbiddenActError(self.acts[-1])

    def drain(self) -> list[str]:
        """Return the acts so far and forget them."""
        acts, self.acts = self.acts, []
        return acts

    def _is_banned_socket(self, args: tuple[object, ...]) -> bool:
        return not self.allow_sctp_sockets and args[3:] == (IPPROTO_SCTP,)


def _agent_on_stack() -> str | None:
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001  # the documented way to the stack
    while frame is not None:
        module = str(frame.f_globals.get("__name__", ""))
        if module.partition(".")[0] == "agent":
            return f"{module}.{frame.f_code.co_name}"
        frame = frame.f_back
    return None
