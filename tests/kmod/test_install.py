"""What an install command does, as far as it can be known without running it."""

import pytest

from agent.kmod.install import Command, Effect, classify

NOTHING, FAILS, OPAQUE = (
    Command(effect) for effect in (Effect.NOTHING, Effect.FAILS, Effect.OPAQUE)
)
LOADS = Command(Effect.LOADS, "sctp")


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("/bin/true", NOTHING),
        ("/usr/bin/true", NOTHING),
        ("true", NOTHING),
        (" /bin/true # CIS 3.2.2", NOTHING),
        (":", NOTHING),
        ("# nothing at all", NOTHING),
        ("echo 'sctp is disabled'", NOTHING),
        ("exit", NOTHING),
        ("exit 0", NOTHING),
        ("exit 256", NOTHING),
        ("exit 1", FAILS),
        ("exit 255", FAILS),
        ("/bin/false", FAILS),
        ("/bin/true\r", FAILS),
        ("/bin/false\r", FAILS),
        ("/sbin/modprobe -i sctp $CMDLINE_OPTS", LOADS),
        ("/sbin/modprobe --ignore-install -q sctp", LOADS),
        ("modprobe -i $MODPROBE_MODULE", LOADS),
        ("modprobe --ignore-install xt-sctp", Command(Effect.LOADS, "xt_sctp")),
        ("modprobe sctp", OPAQUE),
        ("modprobe -i -b sctp", OPAQUE),
        ("modprobe -i sctp dccp", OPAQUE),
        ("modprobe -i", OPAQUE),
        ("modprobe -i sctp*", OPAQUE),
        ("exit 1 2", OPAQUE),
        ("exit x", OPAQUE),
        ("/opt/bin/true", OPAQUE),
        ("./true", OPAQUE),
        ("$HOME/true", OPAQUE),
        ("/bin/true && /bin/false", OPAQUE),
        ("/bin/true; modprobe -i sctp", OPAQUE),
        ("/bin/sh -c true", OPAQUE),
        ("`true`", OPAQUE),
        ("/bin/true#not-a-comment", OPAQUE),
        ("/bin/tru\u00e9", OPAQUE),
    ],
    ids=repr,
)
def test_effect(command: str, expected: Command) -> None:
    """Only what is certain gets a certain answer."""
    assert classify(command, "sctp") == expected
