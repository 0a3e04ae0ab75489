"""One HTTP GET: bounded in time and size, no redirect, no connection kept."""

import asyncio
import os
import socket
import ssl
from contextlib import suppress
from functools import partial

import h11

from agent.fleet.answer import NoAnswerError, one_line
from agent.fleet.prometheus import Server
from agent.threads import in_thread

MOST_BYTES = 64 * 1024 * 1024
"""Of an answer: ten times what 5,000 nodes need."""

_CHUNK = 65_536
_Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def get(
    server: Server, target: str, *, deadline: float, most_bytes: int = MOST_BYTES
) -> tuple[int, str, bytes]:
    """Return status, the header Location, and body; raise NoAnswerError.

    *target* is the path with its query; everything takes at most *deadline* seconds.
    """
    try:
        async with asyncio.timeout(deadline):
            reader, writer = await _connect(server)
            try:
                return await _exchange(server, target, (reader, writer), most_bytes)
            finally:
                writer.transport.abort()
    except TimeoutError:
        raise NoAnswerError(f"has not answered within {deadline:g} s") from None
    except ssl.SSLCertVerificationError as error:
        why = f"its certificate is not accepted: {error.verify_message}"
        raise NoAnswerError(f"{why} (--ca-file)") from None
    except OSError as error:
        raise NoAnswerError(f"is not reached: {_why(error)}") from None
    except h11.RemoteProtocolError as error:
        raise NoAnswerError(f"does not speak HTTP: {one_line(error)}") from None


def _why(error: OSError) -> str:
    if error.errno and error.errno > 0 and not isinstance(error, ssl.SSLError):
        return os.strerror(error.errno)
    return one_line(error.strerror or error)


async def _connect(server: Server) -> _Streams:
    # Not by the loop: the end of the process would wait for its resolver threads.
    resolve = partial(
        socket.getaddrinfo, server.host, server.port, type=socket.SOCK_STREAM
    )
    failure: OSError = OSError(f"{server.host} has no address")
    for *_, address in await in_thread(resolve):
        try:
            return await asyncio.open_connection(
                str(address[0]),
                server.port,
                ssl=server.tls,
                server_hostname=server.host if server.tls else None,
            )
        except OSError as error:
            failure = error
    raise failure


async def _exchange(
    server: Server, target: str, streams: _Streams, most_bytes: int
) -> tuple[int, str, bytes]:
    reader, writer = streams
    connection = h11.Connection(h11.CLIENT)
    headers = [
        ("Host", server.authority),
        ("Accept", "application/json"),
        ("Connection", "close"),
        ("User-Agent", "sctp-node-agent"),
    ]
    if server.token:
        headers.append(("Authorization", f"Bearer {server.token}"))
    request = h11.Request(method="GET", target=target, headers=headers)
    writer.write(connection.send(request) or b"")
    connection.send(h11.EndOfMessage())
    status, location, body = 0, "", bytearray()
    while True:
        event = connection.next_event()
        if event is h11.NEED_DATA:
            connection.receive_data(await reader.read(_CHUNK))
        elif isinstance(event, h11.Response):
            status = event.status_code
            with suppress(StopIteration):
                location = next(
                    value.decode(errors="replace")
                    for name, value in event.headers
                    if name == b"location"
                )
        elif isinstance(event, h11.Data):
            body += event.data
            if len(body) > most_bytes:
                raise NoAnswerError(f"answers with more than {most_bytes >> 20} MiB")
        elif isinstance(event, h11.EndOfMessage):
            return status, location, bytes(body)
