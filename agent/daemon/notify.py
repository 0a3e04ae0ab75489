"""What a service tells systemd of itself (sd_notify), where systemd has asked."""

import asyncio
import logging
import os
import socket
import time
from collections.abc import Callable, Mapping

_READY, _STOPPING, _ALIVE = "READY=1", "STOPPING=1", "WATCHDOG=1"
_ABSTRACT = "@"

_log = logging.getLogger(__name__)


class Notify:
    """Sends datagrams to the socket that the *environment* names, if it names one.

    They are sent at once or not at all: nobody is waited for.
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._address = environment.get("NOTIFY_SOCKET", "")
        self._watchdog = _watchdog(environment) if self._address else None
        self._is_ready = self._is_reloading = False

    def ready(self) -> None:
        """Say that we serve."""
        self._is_ready = True
        self._send(_READY)

    def stopping(self) -> None:
        """Say that we are about to end."""
        self._send(_STOPPING)

    def reloading(self) -> None:
        """Say that we look again; *reloaded* has to follow. Who starts does not."""
        if self._is_ready:
            self._is_reloading = True
            microseconds = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
            self._send(f"RELOADING=1\nMONOTONIC_USEC={microseconds}")

    def reloaded(self) -> None:
        """Say that we serve as before, if we have said anything else."""
        if self._is_reloading:
            self._is_reloading = False
            self._send(_READY)

    async def watch(self, alive: Callable[[], bool]) -> None:
        """Say that we live, twice as often as is asked for, while *alive* says so."""
        while self._watchdog is not None:
            if alive():
                self._send(_ALIVE)
            await asyncio.sleep(self._watchdog / 2)

    def _send(self, text: str) -> None:
        if not self._address:
            return
        where = self._address
        if where.startswith(_ABSTRACT):
            where = "\0" + where.removeprefix(_ABSTRACT)
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as end:
                end.settimeout(0)
                end.sendto(text.encode(), where)
        except OSError as error:
            extra = {"said": text.partition("\n")[0], "error": str(error)}
            _log.warning("systemd is not told", extra=extra)


def _watchdog(environment: Mapping[str, str]) -> float | None:
    """Return after how many seconds of silence we are ended; None if never."""
    if environment.get("WATCHDOG_PID", str(os.getpid())) != str(os.getpid()):
        return None  # it is meant for another process
    text = environment.get("WATCHDOG_USEC", "")
    return int(text) / 1e6 if text.isdecimal() and int(text) > 0 else None
