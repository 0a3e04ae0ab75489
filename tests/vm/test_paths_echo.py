"""`respond` and `probe` between two network namespaces of a real kernel."""

import json
from typing import Any

import pytest

from tests.vm.fleet import Fleet
from tests.vm.kernel import PACKAGES

pytestmark = [pytest.mark.vm, pytest.mark.timeout(3600)]

Seen = dict[str, Any]

ANSWERED = (
    *("10.0.0.2 10132", "10.0.0.2 10133", "fd00::2 10132", "fd00::2 10133"),
    *("127.0.0.1", "::1", "given source", "one loss"),
    *("second network", "lying responder", "after a flood"),
)
FAILED = {
    "refused": ("refused", "ECONNREFUSED", "connect"),
    "rejected": ("refused", "ECONNREFUSED", "connect"),
    "no route": ("unreachable", "ENETUNREACH", "connect"),
    "no such host": ("unreachable", "EHOSTUNREACH", "connect"),
    "peer without SCTP": ("protocol_unreachable", "ENOPROTOOPT", "connect"),
    "timeout": ("timeout", "ETIMEDOUT", "connect"),
    "small MTU": ("large_lost", "ETIMEDOUT", "exchange"),
    "broken beside a good one": ("large_lost", "ETIMEDOUT", "exchange"),
    "other node": ("wrong_responder", "", "close"),
    "full backlog": ("refused", "ECONNREFUSED", "connect"),
    "own full backlog": ("refused", "ECONNREFUSED", "connect"),
    "own port without a listener": ("refused", "ECONNREFUSED", "connect"),
    "addip without auth": ("refused", "ECONNREFUSED", "connect"),
    "lo down": ("timeout", "ETIMEDOUT", "connect"),
    "through the node": ("refused", "ECONNREFUSED", "connect"),
    "full table here": ("timeout", "ETIMEDOUT", "connect"),
    "full table of the node": ("timeout", "ETIMEDOUT", "connect"),
}
CAUSES = {
    "refused": "an SCTP stack answered INIT with ABORT: nobody listens on that port",
    "own port without a listener": "an SCTP stack answered INIT with ABORT",
    "full backlog": "somebody listens there and answered INIT, but aborted what",
    "own full backlog": "somebody listens there and answered INIT, but aborted what",
    "addip without auth": "net.sctp.addip_enable is 1 and auth_enable is not",
    "lo down": "the interface lo is down",
    "full table here": "the table of conntrack is full",
    "full table of the node": "no answer at all",
}
PLACES, AT_REST = 256, 16
"""Associations at a time, and descriptors of a responder without any."""


@pytest.fixture(scope="module", params=PACKAGES)
def kernel(request: pytest.FixtureRequest) -> str:
    """Name the kernel."""
    name: str = request.param
    return name


@pytest.fixture(scope="module")
def seen(fleet: Fleet, kernel: str) -> Seen:
    """Run the guest's program once for each kernel; the tests look at its result."""
    node = fleet.fresh(kernel)
    ended = node.execute(["python3", "-S", "-m", "tests.vm.guest.echo"], seconds=400)
    assert ended.status == 0, ended
    found: Seen = json.loads(ended.stdout)
    return found


def test_module_is_waited_for_never_loaded(seen: Seen) -> None:
    """Neither command loads sctp; when it comes, the responder listens by itself."""
    assert seen["waited"]
    assert seen["without_sctp"][0] == 2
    assert "EPROTONOSUPPORT" in seen["without_sctp"][1]
    assert seen["still_without"]
    assert seen["listened"], seen["log"]


@pytest.mark.parametrize("path", ANSWERED)
def test_path_is_answered(seen: Seen, path: str) -> None:
    """Both styles, both families, loopback, and a packet that was lost once."""
    tried = seen[path]

    assert (tried["failure"], tried["node"], tried["stage"]) == (
        None,
        "node-b",
        "close",
    )
    assert tried["counters"]["SctpShutdowns"] > 0
    assert "SctpAborteds" not in tried["counters"]


def test_reply_tells_addresses_as_they_are_there(seen: Seen) -> None:
    """Both ends of the association are named, and a payload filled the packet."""
    ipv4, ipv6 = seen["10.0.0.2 10132"], seen["fd00::2 10133"]

    assert (ipv4["reached"], ipv4["seen"]) == ("10.0.0.2", "10.0.0.1")
    assert (ipv6["reached"], ipv6["seen"]) == ("fd00::2", "fd00::1")
    assert (ipv4["sizes"], ipv6["sizes"]) == ([160, 1452], [160, 1432])


@pytest.mark.parametrize("fault", FAILED)
def test_failure_has_its_class(seen: Seen, fault: str) -> None:
    """What the kernel reports becomes the class that says what is broken."""
    tried = seen[fault]

    assert (tried["failure"], tried["error"], tried["stage"]) == FAILED[fault]


@pytest.mark.parametrize("fault", CAUSES)
def test_cause_is_named_as_what_it_is(seen: Seen, fault: str) -> None:
    """What refuses or swallows an association differs, and so does what is said."""
    assert seen[fault]["cause"].startswith(CAUSES[fault])


def test_full_table_elsewhere_is_among_what_to_look_at(seen: Seen) -> None:
    """A pod sees its own table of conntrack only, not the one of the node."""
    assert "nf_conntrack: table full" in seen["full table of the node"]["look"]
    assert "nf_conntrack_max here" in seen["full table here"]["look"]


def test_refusal_is_an_abort(seen: Seen) -> None:
    """The counters tell an ABORT from an ICMP rejection."""
    assert seen["refused"]["counters"]["SctpAborteds"] == 1
    assert "SctpAborteds" not in seen["rejected"]["counters"]


@pytest.mark.parametrize("end", ["responder", "prober"])
def test_nobody_makes_it_send_to_addresses_of_others(seen: Seen, end: str) -> None:
    """However many the other end lists."""
    assert seen[f"heartbeats of the {end}"] == 0


def test_kernel_keeps_nothing_of_a_flood(seen: Seen) -> None:
    """Associations that came and went are forgotten: a heading, and those at work."""
    assert seen["kept"] <= PLACES


def test_hostile_peers_hinder_nobody(seen: Seen) -> None:
    """Beside 200 of them a probe is answered; they keep little, and only for a time."""
    answers = [tried["failure"] for tried in seen["beside hostile peers"]]

    assert answers == [None, None]
    assert seen["descriptors"] <= PLACES + AT_REST
    assert seen["resident_kib"] < 64 << 10
    assert seen["left"]


def test_commands_speak_and_end(seen: Seen) -> None:
    """`probe` tells who answered, as JSON, and `respond` ends when told to."""
    code, told = seen["cli"]

    assert (code, told["success"]) == (0, True)
    assert told["attempts"][0]["responder"]["node"] == "node-b"
    assert seen["status"] == 0
    assert "Traceback" not in seen["log"]
