"""One call of socket() is one attempt, whatever the kernel asks for meanwhile."""

import pytest

from agent.kernel.trace import Asked, Refused
from agent.requests.attempts import Attempt, Attempts, Waits

_TYPED, _UNTYPED = "net-pf-2-proto-132-type-1", "net-pf-2-proto-132"
_IN_INET = ("avc_audit", "__request_module", "inet_create.part.0")


def _asked(name: str, pid: int = 7) -> Asked:
    return Asked(pid, "amf", 1.0, name)


def _refused(*callers: str) -> Refused:
    return Refused(7, "amf", 1.0, callers)


def _returned(_pid: int) -> bool:
    return False


def _saying(seen: bool | None) -> Waits:  # noqa: FBT001  # an answer
    return lambda _pid: seen


def _all(attempts: Attempts, now: float = 100.0) -> list[Attempt]:
    """Return what is over when every thread has long come back."""
    return [*attempts.over(now, _returned), *attempts.over(now, _returned)]


@pytest.mark.parametrize(
    ("events", "sockets"),
    [
        pytest.param(
            [_asked(_TYPED), _asked(_UNTYPED)], ["ipv4 one-to-one"], id="both"
        ),
        pytest.param([_asked(_TYPED)], ["ipv4 one-to-one"], id="the second was lost"),
        pytest.param([_asked(_UNTYPED)], ["ipv4 unknown"], id="the first was lost"),
        pytest.param(
            [_asked("net-pf-10-proto-132-type-5"), _asked("net-pf-10-proto-132")],
            ["ipv6 one-to-many"],
            id="IPv6 one-to-many",
        ),
        pytest.param(
            [_asked("net-pf-2-proto-132-type-2")],
            ["ipv4 unknown"],
            id="no type of SCTP",
        ),
        pytest.param(
            [_asked(_TYPED), _asked(_UNTYPED)] * 2,
            ["ipv4 one-to-one"] * 2,
            id="twice",
        ),
        pytest.param(
            [_asked(_TYPED), _asked(_TYPED)],
            ["ipv4 one-to-one"] * 2,
            id="twice, the second ones were lost",
        ),
        pytest.param(
            [_asked(_TYPED, 8), _asked(_TYPED), _asked(_UNTYPED, 8), _asked(_UNTYPED)],
            ["ipv4 one-to-one"] * 2,
            id="two threads at once",
        ),
        pytest.param([_refused(*_IN_INET)] * 2, ["ipv4 unknown"], id="refused"),
        pytest.param([_refused(*_IN_INET)] * 3, ["ipv4 unknown"] * 2, id="and again"),
        pytest.param([_refused("inet6_create")], ["ipv6 unknown"], id="refused IPv6"),
        pytest.param([_refused("dev_load")], [], id="refused to others than sockets"),
        pytest.param([_refused()], [], id="refused without a stack"),
        pytest.param([_asked("net-pf-2-proto-1320")], [], id="another protocol"),
        pytest.param([_asked("net-pf-3-proto-132")], [], id="another family"),
    ],
)
def test_attempts(events: list[Asked | Refused], sockets: list[str]) -> None:
    """The name without the type is the second try of the same attempt."""
    attempts = Attempts()
    begun = [attempts.hear(event, 0.0) for event in events]
    over = _all(attempts)

    assert [attempt.socket for attempt in over] == sockets
    assert {id(attempt) for attempt in begun if attempt} == {id(a) for a in over}
    assert not attempts.pending


@pytest.mark.parametrize(
    ("waits", "after", "over"),
    [
        pytest.param([False, False], 0.01, False, id="too soon to look"),
        pytest.param([False], 0.1, False, id="seen elsewhere once"),
        pytest.param([False, False], 0.1, True, id="seen elsewhere twice"),
        pytest.param([False, True, False], 0.1, False, id="waiting in between"),
        pytest.param([True] * 9, 9.0, False, id="modprobe takes long"),
        pytest.param([True], 10.0, True, id="modprobe hangs"),
        pytest.param([None], 1.9, False, id="not seen"),
        pytest.param([None], 2.0, True, id="not seen for long"),
    ],
)
def test_end(waits: list[bool | None], after: float, over: bool) -> None:  # noqa: FBT001  # a column
    """It is over when the thread no longer waits for modprobe."""
    attempts = Attempts()
    attempts.hear(_asked(_TYPED), 0.0)
    found = [attempts.over(after, _saying(seen)) for seen in waits]

    assert any(found) is over
    assert attempts.pending is not over


def test_second_try_is_waited_for_anew() -> None:
    """Modprobe runs twice."""
    attempts = Attempts()
    attempts.hear(_asked(_TYPED), 0.0)
    attempts.over(0.1, _returned)
    attempts.hear(_asked(_UNTYPED), 0.1)

    assert attempts.over(0.2, _returned) == []
    assert len(attempts.over(0.2, _returned)) == 1


def test_storm() -> None:
    """Of more than 256 at once the oldest ones are not waited for."""
    attempts = Attempts()
    for pid in range(1000):
        attempts.hear(_asked(_TYPED, pid), 0.0)

    assert len(attempts.over(0.0, _returned)) == 1000 - 256
    assert len(_all(attempts)) == 256
