"""Places and rates: newcomers are served, whoever came to stay."""

import resource
from dataclasses import replace

import pytest

from agent.echo.admission import Admission, Group, Limits, affordable

LIMITS = Limits(associations=4, rate=1.0, burst=2.0)


def of(name: str) -> Group:
    """Return the group of a name; those in capitals are known."""
    return Group(name, is_peer=name.isupper())


@pytest.mark.parametrize(
    ("present", "leaves"),
    [
        pytest.param("aaa", None, id="a place is free"),
        pytest.param("aaaa", 0, id="only one address is there"),
        pytest.param("baac", 1, id="the oldest of who has most"),
        pytest.param("AAAb", 3, id="strangers first, however many peers there are"),
        pytest.param("bAAc", 0, id="of strangers that have as many, the oldest"),
        pytest.param("BAAC", 1, id="among peers, the oldest of who has most"),
    ],
)
def test_who_leaves_for_a_newcomer(present: str, leaves: int | None) -> None:
    """One that has come to be answered always is."""
    admission = Admission(LIMITS)
    for key, name in enumerate(present):
        assert admission.enter(key, of(name)) is None

    assert admission.enter(9, of("d")) == leaves


@pytest.mark.parametrize(
    ("address", "known", "name"),
    [
        pytest.param("192.0.2.1", False, "192.0.2.1", id="IPv4"),
        pytest.param("2001:db8::1", True, "2001:db8::1", id="a peer is counted alone"),
        pytest.param("2001:db8::1", False, "2001:db8::/64", id="a stranger's network"),
        pytest.param("fe80::1%2", False, "fe80::/64", id="link-local"),
    ],
)
def test_groups(address: str, known: bool, name: str) -> None:  # noqa: FBT001  # a column
    """Whoever has a network of IPv6 can come from any of its addresses."""
    assert Group.of(address, is_peer=known) == Group(name, known)


@pytest.mark.parametrize(
    ("allowed", "associations"),
    [
        pytest.param(1024, 256, id="enough"),
        pytest.param(200, 72, id="some are kept back"),
        pytest.param(64, 4, id="hardly any"),
    ],
)
def test_places_are_fitted_to_descriptors(
    monkeypatch: pytest.MonkeyPatch, allowed: int, associations: int
) -> None:
    """What evaluations need is not given away."""
    monkeypatch.setattr(resource, "getrlimit", lambda _: (allowed, allowed))
    assert affordable(Limits()) == replace(Limits(), associations=associations)


def test_place_is_free_again() -> None:
    """Leaving twice frees one place only."""
    admission = Admission(LIMITS)
    for key in range(4):
        admission.enter(key, of("a"))
    admission.leave(1)
    admission.leave(1)

    assert admission.enter(4, of("a")) is None
    assert admission.enter(5, of("a")) == 0


def test_rate_follows_time() -> None:
    """After the burst one a second, never more than the burst at once."""
    admission = Admission(LIMITS)
    times = [0.0, 0.0, 0.0, 1.0, 1.0, 9.0, 9.0, 9.0]
    served = [admission.within_rate(of("a"), now) for now in times]

    assert served == [True, True, False, True, False, True, True, False]
    assert admission.within_rate(of("b"), 9.0)


def test_memory_of_rates_is_bounded() -> None:
    """Of very many addresses the ones longest ago are forgotten."""
    admission = Admission(LIMITS)
    for _ in range(3):
        admission.within_rate(of("first"), 0.0)
    assert not admission.within_rate(of("first"), 0.0)
    for number in range(5000):
        admission.within_rate(of(str(number)), 0.0)

    assert admission.within_rate(of("first"), 0.0)
