"""Simulated agents in one process: one port of many addresses of the loopback.

The whole of 127.0.0.0/8 is this machine, so every agent has an address of its own, and
Prometheus a connection to each. The node's number is in the address.
"""

import asyncio
import ipaddress
import resource
import socket
import sys
import time
from dataclasses import dataclass, field

from tests.scale.exposition import Template, templates

FIRST = int(ipaddress.IPv4Address("127.16.0.0"))
_END = b"\r\n\r\n"
_HEAD = (
    "HTTP/1.1 200 OK\r\n"
    "Content-Type: application/openmetrics-text; version=1.0.0; charset=utf-8\r\n"
    "Content-Length: {}\r\n\r\n"
)


def address(node: int) -> str:
    """Return where the node's agent is."""
    return str(ipaddress.IPv4Address(FIRST + node))


@dataclass(slots=True)
class Agents:
    """All agents of a fleet of *count*; the last *troubled* ones have lost SCTP."""

    count: int
    troubled: int
    looks: tuple[Template, Template] = field(default_factory=templates)
    scrapes: dict[int, int] = field(default_factory=dict)

    def answer(self, node: int) -> bytes:
        """Return what the node's agent answers now."""
        scrape = self.scrapes[node] = self.scrapes.get(node, 0) + 1
        look = self.looks[node >= self.count - self.troubled]
        body = look.rendered(
            node=node, count=self.count, scrape=scrape, now=time.time()
        )
        return _HEAD.format(len(body)).encode() + body


class _Connection(asyncio.Protocol):
    def __init__(self, agents: Agents) -> None:
        self._agents = agents
        self._asked = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        own = ipaddress.IPv4Address(transport.get_extra_info("sockname")[0])
        self._node = int(own) - FIRST

    def data_received(self, data: bytes) -> None:
        self._asked += data
        while _END in self._asked:
            self._asked = self._asked.partition(_END)[2]
            self._transport.write(self._agents.answer(self._node))


async def _serve(listener: socket.socket, agents: Agents) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Connection(agents), sock=listener)
    sys.stdout.write("listening\n")
    sys.stdout.flush()
    await server.serve_forever()


def main(descriptor: str, count: str, troubled: str) -> None:
    """Serve for ever at the listening socket that is handed over."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    listener = socket.socket(fileno=int(descriptor))
    asyncio.run(_serve(listener, Agents(int(count), int(troubled))))


if __name__ == "__main__":
    main(*sys.argv[1:])
