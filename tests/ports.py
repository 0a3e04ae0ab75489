"""Ports for programs that cannot tell which one the kernel has given them."""

import contextlib
import random
import socket

_BELOW_THE_KERNELS_OWN = range(20_000, 32_000)
"""The kernel gives others to connections, at any moment: those may be gone at once."""


def free_port() -> int:
    """Return a TCP port of 127.0.0.1 that nobody listens on."""
    while True:
        port = random.choice(_BELOW_THE_KERNELS_OWN)  # noqa: S311  # no secret
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
