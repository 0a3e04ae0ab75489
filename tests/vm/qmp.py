"""QEMU's machine protocol, as far as keeping a machine's state needs it."""

import json
import socket
from typing import Any


class QmpError(RuntimeError):
    """QEMU refused a command, or it is gone."""


class Monitor:
    """One connection to a running QEMU; every call waits for its answer."""

    def __init__(self, connection: socket.socket, *, seconds: float) -> None:
        connection.settimeout(seconds)
        self._stream = connection.makefile("rwb", buffering=0)
        self._receive("QMP")
        self.execute("qmp_capabilities")

    def execute(self, command: str, **arguments: object) -> Any:  # noqa: ANN401
        """Run a command and return what QEMU returns for it."""
        message = {"execute": command, "arguments": arguments}
        self._stream.write(json.dumps(message).encode() + b"\n")
        return self._receive("return")

    def close(self) -> None:
        """Leave QEMU alone."""
        self._stream.close()

    def _receive(self, key: str) -> Any:  # noqa: ANN401
        while line := self._stream.readline():
            message = json.loads(line)
            if "error" in message:
                raise QmpError(message["error"]["desc"])
            if key in message:
                return message[key]
        raise QmpError("QEMU has closed its monitor")
