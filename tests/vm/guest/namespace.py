"""Other network namespaces of the guest: gone to for good, or for a piece of work."""

import ctypes
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")
NEWNET = 0x40000000
_NAMED = Path("/run/netns")


def enter(path: Path | str) -> None:
    """Go to the network namespace at *path*, with this thread alone."""
    libc = ctypes.CDLL(None, use_errno=True)
    with open(path, "rb") as namespace:
        if libc.setns(namespace.fileno(), NEWNET) != 0:
            raise OSError(ctypes.get_errno(), "setns")


def inside(name: str, work: Callable[[], T]) -> T:
    """Do *work* in a thread that has gone to the namespace that `ip netns` knows."""
    results: list[T] = []

    def go() -> None:
        enter(_NAMED / name)
        results.append(work())

    thread = threading.Thread(target=go)
    thread.start()
    thread.join()
    if not results:
        raise RuntimeError(f"nothing came of what was done in {name}")
    return results[0]
