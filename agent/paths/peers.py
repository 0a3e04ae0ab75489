"""Where the other agents are: a headless Service's addresses, or a file's."""

import socket
from collections.abc import Awaitable, Callable, Mapping
from functools import partial

from agent.echo.resolve import resolve
from agent.paths.names import canonical, dialable, is_node_name
from agent.threads import in_thread

FILE = "file:"
_LARGEST_FILE = 8 << 20  # bytes: 50,000 lines with long names
_PATIENCE = 300.0  # seconds; the C library gives up long before

Peers = Mapping[str, str]
"""Addresses, and the names of their nodes where these are given, else ""."""


def finder(source: str) -> Callable[[], Awaitable[Peers]]:
    """Return what finds the peers of *source*: a host name, `file:` and a path, or "".

    It raises OSError or ValueError when it cannot.
    """
    if not source:
        return _nobody
    if source.startswith(FILE):
        return partial(_of_file, source.removeprefix(FILE))
    return partial(_of_service, source)


async def addresses_of(host: str) -> tuple[str, ...]:
    """Return the addresses of a Service's name, or raise OSError.

    One of this host itself would answer whatever the Service does.
    """
    addresses = await _dialable_of(host)
    if not addresses:
        raise OSError(f"{host} has no address that can be dialled")
    return addresses


async def _dialable_of(host: str) -> tuple[str, ...]:
    addresses = await resolve(host, family=socket.AF_UNSPEC, deadline=_PATIENCE)
    # Many thousands take longer than others may wait for the loop.
    return await in_thread(lambda: dialable(each.host for each in addresses))


def parse(text: str) -> Peers:
    """Read lines of `ADDRESS` or `ADDRESS NODE`; raise ValueError for others.

    What follows a `#` is a comment.

    >>> parse("192.0.2.1 worker-0  # in the first rack")
    {'192.0.2.1': 'worker-0'}
    """
    lines = (line.partition("#")[0].split() for line in text.splitlines())
    return dict(_peer(n, words) for n, words in enumerate(lines, 1) if words)


def _peer(number: int, words: list[str]) -> tuple[str, str]:
    match words:
        case [address] if dialable([address]):
            return canonical(address), ""
        case [address, node] if dialable([address]) and is_node_name(node):
            return canonical(address), node
    raise ValueError(f"line {number}: neither ADDRESS nor ADDRESS NODE")


async def _nobody() -> Peers:
    return {}


async def _of_service(host: str) -> Peers:
    return dict.fromkeys(await _dialable_of(host), "")


async def _of_file(path: str) -> Peers:
    return await in_thread(partial(_read, path))


def _read(path: str) -> Peers:
    with open(path, "rb") as file:
        data = file.read(_LARGEST_FILE + 1)
    if len(data) > _LARGEST_FILE:
        raise ValueError(f"{path}: longer than {_LARGEST_FILE >> 20} MiB")
    return parse(data.decode("ascii", "replace"))
