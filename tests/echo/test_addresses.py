"""The addresses of this machine, whichever they are."""

from agent.echo.addresses import own_addresses
from agent.paths.names import canonical, dialable


def test_own_addresses() -> None:
    """Loopback is among them in its usual form; nothing of the link layer is."""
    found = own_addresses()

    assert "127.0.0.1" in found
    assert all(map(canonical, found))
    assert "127.0.0.1" not in dialable(found)
