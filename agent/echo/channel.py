"""Non-blocking sockets on the running loop, and whole messages through them.

The loop's own methods for sockets resolve addresses first, which fails for SCTP.
"""

import asyncio
import os
import socket
from collections.abc import Callable
from typing import Any

from agent.echo.message import LARGEST, missing


async def connect(sock: socket.socket, address: tuple[Any, ...]) -> None:
    """Connect *sock*; raise OSError."""
    try:
        sock.connect(address)
    except BlockingIOError:
        await _writable(sock)
    if code := sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
        raise OSError(code, os.strerror(code))


async def send(sock: socket.socket, message: bytes) -> None:
    """Send *message* as one; raise OSError."""
    while True:
        try:
            sock.send(message)
        except BlockingIOError:
            await _writable(sock)
        else:
            return


async def receive(sock: socket.socket) -> bytes:
    """Return the next message, b"" at the end; raise OSError or MessageError.

    A message too large for the receive buffer comes in parts; none has more
    than LARGEST bytes, whatever the peer sends.
    """
    data = bytearray()
    while missing(data):
        part = await _receive_part(sock)
        if not part:
            return b""
        data += part
    return bytes(data)


async def readable(sock: socket.socket) -> None:
    """Wait until *sock* has something to read, or an error."""
    loop = asyncio.get_running_loop()
    await _event(sock, loop.add_reader, loop.remove_reader)


async def _receive_part(sock: socket.socket) -> bytes:
    while True:
        try:
            return sock.recv(LARGEST + 1)
        except BlockingIOError:
            await readable(sock)


async def _writable(sock: socket.socket) -> None:
    loop = asyncio.get_running_loop()
    await _event(sock, loop.add_writer, loop.remove_writer)


async def _event(
    sock: socket.socket,
    add: Callable[[int, Callable[[], None]], None],
    remove: Callable[[int], bool],
) -> None:
    happened = asyncio.Event()
    add(sock.fileno(), happened.set)
    try:
        await happened.wait()
    finally:
        remove(sock.fileno())
