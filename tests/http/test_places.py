"""Whose place a newcomer gets."""

import pytest

from agent.http.places import Place, Waiting, first_to_leave, network_of

_STATES = {
    "?": Waiting.FIRST_REQUEST,
    "=": Waiting.NEXT_REQUEST,
    "<": Waiting.TAKING_RESPONSE,
}


@pytest.mark.parametrize(
    ("places", "leaves"),
    [
        pytest.param("a? b? c?", "a?", id="the oldest"),
        pytest.param("a? b= c? d=", "b=", id="one that has its answer"),
        pytest.param("a? b? c= b? b?", "c=", id="even if others are many"),
        pytest.param("a= b= b=", "b=", id="of those, one of the many"),
        pytest.param("a? b? b? c<", "b?", id="one of the many"),
        pytest.param("a? b< b< c?", "b<", id="whatever it waits for"),
    ],
)
def test_first_to_leave(places: str, leaves: str) -> None:
    """The places are given in the order of their age."""
    given = [
        Place((age, text), text[0], _STATES[text[1]], float(age))
        for age, text in enumerate(places.split())
    ]
    expected = next(place.key for place in given if place.key[1] == leaves)

    assert first_to_leave(given) == expected


@pytest.mark.parametrize(
    ("address", "network"),
    [
        pytest.param("192.0.2.1", "192.0.2.1", id="IPv4"),
        pytest.param("::ffff:192.0.2.1", "192.0.2.1", id="IPv4 on a socket of both"),
        pytest.param("2001:db8::1%2", "2001:db8::/64", id="IPv6"),
        pytest.param("", "", id="a client that has gone"),
    ],
)
def test_networks(address: str, network: str) -> None:
    """Whoever has an address of IPv6 has a network of them."""
    assert network_of(address) == network
