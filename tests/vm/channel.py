"""The line to the guest program: one request or answer is one line of JSON."""

import itertools
import json
import socket
import time
from collections.abc import Mapping
from typing import Any

Json = dict[str, Any]

MARGIN = 600.0
"""Seconds that an answer may take beyond the deadline that the guest keeps itself.

An emulated guest has a time of its own, which is slower than ours on a busy machine.
"""


class ChannelError(RuntimeError):
    """The guest cannot be reached, or it does not answer."""


class GuestError(RuntimeError):
    """The guest could not do what it was asked to; it says why."""


class Channel:
    """One connection to the guest program, whichever boot it runs in."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._numbers = itertools.count(1)
        self._pending = b""

    def run(self, request: Mapping[str, object], *, seconds: float) -> Json:
        """Ask; `seconds` is the guest's deadline for what it starts."""
        return self.receive(self.send(request, seconds=seconds), seconds + MARGIN)

    def send(self, request: Mapping[str, object], *, seconds: float) -> int:
        """Ask without waiting for the answer."""
        identifier = next(self._numbers)
        message = {"seconds": seconds, **request, "id": identifier}
        self._write(json.dumps(message).encode())
        return identifier

    def forget(self) -> None:
        """End what was on its way when the guest went back to an older state."""
        self._pending = b""
        self._write(b"")

    def receive(self, identifier: str | int, seconds: float) -> Json:
        """Wait for one answer; others that come meanwhile are dropped."""
        end = time.monotonic() + seconds
        while True:
            *lines, self._pending = self._pending.split(b"\n")
            for number, line in enumerate(lines):
                answer = _answer_to(identifier, line)
                if answer is not None:
                    rest = [*lines[number + 1 :], self._pending]
                    self._pending = b"\n".join(rest)
                    return _result(answer)
            self._pending += self._read(end - time.monotonic())

    def _write(self, line: bytes) -> None:
        try:
            self._connection.settimeout(MARGIN)
            self._connection.sendall(line + b"\n")
        except OSError as error:
            raise ChannelError(str(error)) from error

    def _read(self, seconds: float) -> bytes:
        try:
            self._connection.settimeout(max(seconds, 0.001))
            data = self._connection.recv(1 << 16)
        except OSError as error:
            raise ChannelError(f"no answer: {error}") from error
        if not data:
            raise ChannelError("QEMU has ended")
        return data


def _result(answer: Json) -> Json:
    if "error" in answer:
        raise GuestError(answer["error"])
    result: Json = answer["result"]
    return result


def _answer_to(identifier: str | int, line: bytes) -> Json | None:
    """Return the answer if the line is one, not half a line of a former state."""
    try:
        message = json.loads(line)
    except ValueError:
        return None
    if isinstance(message, dict) and message.get("id") == identifier:
        return message
    return None
