"""What an install command does, as far as it can be known without running it."""

import pytest

from agent.kmod.install import Command, Effect, classify, programs_in

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
        ("/bin/true && /bin/false", FAILS),
        ("/bin/false || /bin/true", NOTHING),
        ("/bin/false && modprobe -i sctp", FAILS),
        ("/bin/true || modprobe -i sctp", NOTHING),
        ("/bin/true; modprobe -i sctp", LOADS),
        ("modprobe -i sctp && /bin/true", LOADS),
        ("modprobe -i sctp || exit 1", LOADS),
        ("modprobe -i sctp; /opt/amf/hook", LOADS),
        ("modprobe -i sctp; modprobe -i dccp", LOADS),
        ("modprobe -i sctp 2>/dev/null", LOADS),
        ("/opt/amf/hook; modprobe -i sctp", OPAQUE),
        ("logger x && modprobe -i sctp", OPAQUE),
        ("logger x && /bin/true", NOTHING),
        ("logger x; exit 0", NOTHING),
        ("exit 0; modprobe -i sctp", NOTHING),
        ("/bin/sh -c true", NOTHING),
        (
            "/bin/sh -c '/usr/bin/logger -t x \"blocked: sctp\" 2>/dev/null; exit 0'",
            NOTHING,
        ),
        ("/bin/sh -c 'modprobe -i sctp'", LOADS),
        ("/bin/sh /opt/script", OPAQUE),
        ("sh -c 'sh -c \"sh -c :\"'", NOTHING),
        ("'/bin/true'", NOTHING),
        ('"/bin/false"', FAILS),
        ("echo $CMDLINE_OPTS > /var/log/x", NOTHING),
        (">/var/log/x && modprobe -i sctp", OPAQUE),
        ('echo "$HOME"', OPAQUE),
        ("echo 'open", OPAQUE),
        ("true &", OPAQUE),
        ("true | modprobe -i sctp", OPAQUE),
        ("if true; then modprobe -i sctp; fi", OPAQUE),
        ("A=b modprobe -i sctp", OPAQUE),
        ("logger x && exit 1; modprobe -i sctp", OPAQUE),
        ("&& true", OPAQUE),
        ("true &&", OPAQUE),
        ("true;", NOTHING),
        ("# a\nfalse", FAILS),
        ("`true`", OPAQUE),
        ("/bin/true#not-a-comment", OPAQUE),
        ("/bin/tru\u00e9", OPAQUE),
    ],
    ids=repr,
)
def test_effect(command: str, expected: Command) -> None:
    """Only what is certain gets a certain answer."""
    assert classify(command, "sctp") == expected


@pytest.mark.parametrize(
    ("command", "programs", "expected"),
    [
        pytest.param("/bin/x", {"/bin/x": False}, FAILS, id="not there"),
        pytest.param("/bin/x", {"/bin/x": True}, OPAQUE, id="there"),
        pytest.param("/bin/x", {}, OPAQUE, id="not known"),
        pytest.param(
            "x || modprobe -i sctp", {"x": False}, LOADS, id="not there, so the other"
        ),
        pytest.param("/bin/true", {"/bin/true": False}, FAILS, id="not even true"),
    ],
)
def test_program_that_is_not_there(
    command: str, programs: dict[str, bool], expected: Command
) -> None:
    """The shell ends with 127, and nothing was loaded."""
    assert classify(command, "sctp", programs) == expected


def test_programs() -> None:
    """What may be started is named, in a shell too."""
    command = "/bin/a x; b 'c' || sh -c '/bin/d'; >/x"

    assert [*programs_in(command)] == ["/bin/a", "b", "sh", "/bin/d"]
    assert [*programs_in("if x; then y; fi")] == []
