"""A crowd that waits to be taken in: a few in a turn of the loop, the last one too."""

import asyncio
import socket
from contextlib import ExitStack

from agent.hostport import parse_listen
from agent.http.addresses import bind
from agent.http.server import Server
from tests.http.loopback import GET_AND_CLOSE, PAGE, ROUTER, bounded, talk

MOST, AT_ONCE, CROWD = 4, 16, 90


def test_crowd_before_a_scraper() -> None:
    """It is answered, and there are never many more than places."""

    async def scenario() -> tuple[int, bytes]:
        listeners = bind(parse_listen("127.0.0.1:0"))
        port = listeners[0].getsockname()[1]
        server = Server(ROUTER, most=MOST)
        with ExitStack() as leaving:
            for _ in range(CROWD):  # the kernel takes them in before we do
                silent = socket.create_connection(("127.0.0.1", port))
                leaving.callback(silent.close)
            await server.start(listeners)
            asked = asyncio.ensure_future(talk(port, GET_AND_CLOSE))
            most = 0
            while not asked.done():
                most = max(most, len(server._connections))  # noqa: SLF001
                await asyncio.sleep(0)
            await server.stop()
        return most, asked.result()

    most, answer = bounded(scenario())

    assert answer.endswith(PAGE)
    assert most <= MOST + AT_ONCE
