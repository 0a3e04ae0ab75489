"""Calls of modprobe and insmod: what they would load, and what is left open."""

import pytest

from agent.startup.commands import calls


@pytest.mark.parametrize(
    ("text", "names"),
    [
        pytest.param("modprobe sctp", [("sctp",)], id="plain"),
        pytest.param("/sbin/modprobe -q sctp", [("sctp",)], id="with a path"),
        pytest.param("modprobe sctp no_checksums=1", [("sctp",)], id="with an option"),
        pytest.param("modprobe -va a-b sctp", [("a_b", "sctp")], id="all of them"),
        pytest.param("modprobe -C /x sctp", [("sctp",)], id="option with a value"),
        pytest.param("modprobe --config=/x sctp", [("sctp",)], id="value in one word"),
        pytest.param("/bin/sh -c 'modprobe sctp'", [("sctp",)], id="in a shell"),
        pytest.param("x && modprobe a; modprobe b", [("a",), ("b",)], id="in a row"),
        pytest.param("modprobe a || true # sctp", [("a",)], id="up to its end"),
        pytest.param("modprobe sctp >/dev/null 2>&1", [("sctp",)], id="redirected"),
        pytest.param("insmod /lib/x/sctp.ko.xz", [("sctp",)], id="by its file"),
        pytest.param(
            "for m in sctp; do modprobe $m; done", [("sctp",)], id="in a loop"
        ),
        pytest.param("for m in dccp; do modprobe $m; done", [()], id="in a variable"),
        pytest.param("insmod $FILE", [()], id="file in a variable"),
        pytest.param("modprobe ${MODULES}[", [()], id="nothing that is a name"),
        pytest.param("modprobe 'a[b'", [()], id="no name of a module"),
        pytest.param("modprobe -r sctp", [], id="taken out"),
        pytest.param("modprobe -n -v sctp", [], id="only shown"),
        pytest.param("modprobe --show-depends sctp", [], id="what it needs"),
        pytest.param("run(['modprobe', '-q', 'sctp'])", [("sctp",)], id="in Python"),
        pytest.param("xargs -n1 modprobe < /x # sctp", [("sctp",)], id="from a file"),
        pytest.param("cat /x | xargs modprobe", [()], id="from somewhere"),
        pytest.param("# modprobe sctp", [], id="comment"),
        pytest.param("modprobe", [], id="of nothing"),
        pytest.param("modprobe -a", [], id="of nothing at all"),
        pytest.param("xmodprobe sctp; lsmod", [], id="another program"),
    ],
)
def test_names(text: str, names: list[tuple[str, ...]]) -> None:
    """The names as modules have them, call by call."""
    assert [call.names for call in calls(text)] == names


def test_call() -> None:
    """Where it stands, and whether a blacklist counts."""
    (call,) = calls("#!/bin/sh\n  modprobe -qb sctp\n")

    assert (call.line, call.text) == (2, "modprobe -qb sctp")
    assert call.blacklist
    assert call.plain
    assert not call.insmod
