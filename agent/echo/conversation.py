"""One association from the responder's side: requests in, replies out, an end."""

import asyncio
import socket
from collections.abc import Callable

from agent.echo import channel, sockopts
from agent.echo.admission import Limits
from agent.echo.message import MessageError

Answer = Callable[[bytes], bytes]


async def converse(sock: socket.socket, answer: Answer, limits: Limits) -> None:
    """Answer the requests that come on *sock*, and close it.

    *sock* aborts when it is closed, and does so unless the peer ends the association
    in order: too slow, too much, no request, gone, or cancelled.
    """
    with sock:
        try:
            sock.settimeout(0)
            async with asyncio.timeout(limits.lifetime):
                for _ in range(limits.requests):
                    async with asyncio.timeout(limits.idle):
                        request = await channel.receive(sock)
                        if not request:
                            sockopts.close_in_order(sock)
                            return
                        await channel.send(sock, answer(request))
        except (OSError, MessageError):
            return
