"""The text of the kernel's trace about requests for modules. Pure: bytes to events.

A line is `COMMAND-PID [CPU] FLAGS SECONDS: EVENT: FIELDS` (kernel/trace/trace_output.c
and the print formats of the two events). A command is 15 bytes at most and may be
anything, a newline included; so a line is recognised by its end, which is longer.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from agent.printable import printable

_HEAD = (
    rb"(?s:(?P<command>.*))-(?P<pid>\d{1,10}) +(?:\([ \d-]+\) +)?"
    rb"\[\d+\] +(?:\S+ +)?(?P<time>\d{1,12}\.\d{1,9}): "
)
_REQUEST = re.compile(
    _HEAD + rb"module_request: (?P<name>\S{1,255}) wait=[01] call_site=.*"
)
_REFUSAL = re.compile(
    _HEAD + rb"selinux_audited: requested=0x(?P<requested>[0-9a-f]{1,8}) "
    rb"denied=0x[0-9a-f]+ audited=0x[0-9a-f]+ result=(?P<result>-?\d{1,6}) "
    rb"scontext=\S* tcontext=\S* tclass=(?P<kind>\S*)"
)
_STACK = re.compile(_HEAD + rb"<stack trace> *")
_FRAME = re.compile(rb" => (?P<function>[\w.]{1,200})\S*")
_LOST = re.compile(rb"CPU:\d+ \[LOST (?P<count>\d{1,18}) EVENTS\]")
_LOST_SOME = re.compile(rb"CPU:\d+ \[LOST EVENTS\]")
_MODULE_REQUEST = 0x10  # its bit in the class "system" (security/selinux/classmap.h)
_MOST_FRAMES = 64
_LONGEST = 1 << 12  # bytes of a line whose end has not come yet
_LONGEST_COMMAND = 15  # TASK_COMM_LEN
#: What the kernel writes where it does not remember the command.
_FORGOTTEN = b"<...>"


@dataclass(frozen=True, slots=True)
class Asked:
    """A thread asked for the module *name*; *time* is that of the trace's clock."""

    pid: int
    command: str
    time: float
    name: str


@dataclass(frozen=True, slots=True)
class Refused:
    """SELinux refused a thread a module; by *callers* it asked, the innermost first."""

    pid: int
    command: str
    time: float
    callers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Lost:
    """So many events were overwritten before they were read."""

    count: int


Event = Asked | Refused | Lost


class TraceText:
    """Reads the trace as it comes: pieces of text become events.

    A refusal is followed by the kernel's stack, in a record of its own which is
    written in one go; other processors' records may come between the two.
    """

    def __init__(self) -> None:
        self._rest = b""
        self._refused: dict[int, Refused] = {}
        self._of_stack: Refused | None = None
        self._frames: list[str] = []

    def feed(self, data: bytes) -> Iterator[Event]:
        """Yield the events that are complete with *data*, a read of whole records."""
        *lines, rest = (self._rest + data).split(b"\n")
        self._rest = rest[-_LONGEST:]
        for line in lines:
            yield from self._line(line)
        yield from self._end_of_stack()

    def _line(self, line: bytes) -> Iterator[Event]:
        frame = _FRAME.fullmatch(line)
        if frame:
            if len(self._frames) < _MOST_FRAMES:
                self._frames.append(frame["function"].decode("ascii", "replace"))
            return
        yield from self._end_of_stack()
        if match := _REQUEST.fullmatch(line):
            name = match["name"].decode("ascii", "backslashreplace")
            yield Asked(*_who(match), name)
        elif match := _REFUSAL.fullmatch(line):
            yield from self._refusal(match)
        elif match := _STACK.fullmatch(line):
            self._of_stack = self._refused.pop(int(match["pid"]), None)
        elif match := _LOST.fullmatch(line):
            yield Lost(int(match["count"]))
        elif _LOST_SOME.fullmatch(line):
            yield Lost(1)

    def _refusal(self, match: re.Match[bytes]) -> Iterator[Event]:
        asked_for = int(match["requested"], 16) & _MODULE_REQUEST
        if match["kind"] != b"system" or not asked_for or not int(match["result"]):
            return
        refused = Refused(*_who(match))
        without_stack = self._refused.pop(refused.pid, None)
        self._refused[refused.pid] = refused
        if len(self._refused) > _MOST_FRAMES:
            without_stack = self._refused.pop(next(iter(self._refused)))
        if without_stack:
            yield without_stack

    def _end_of_stack(self) -> Iterator[Event]:
        refused, frames = self._of_stack, self._frames
        self._of_stack, self._frames = None, []
        if refused:
            yield replace(refused, callers=tuple(frames))


def _who(match: re.Match[bytes]) -> tuple[int, str, float]:
    command = match["command"].lstrip(b" ")
    if command == _FORGOTTEN:
        command = b""
    clean = printable(command[-_LONGEST_COMMAND:].decode("utf-8", "backslashreplace"))
    return int(match["pid"]), clean, float(match["time"])
