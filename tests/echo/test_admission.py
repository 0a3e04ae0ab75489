"""Places and rates: newcomers are served, whoever came to stay."""

from agent.echo.admission import Admission, Limits

LIMITS = Limits(associations=4, per_peer=2, rate=1.0, burst=2.0)


def test_oldest_of_the_same_peer_leaves() -> None:
    """One address cannot have more than its share."""
    admission = Admission(LIMITS)

    assert [admission.enter(key, "a") for key in range(4)] == [None, None, 0, 1]


def test_peer_with_most_gives_a_place() -> None:
    """When all places are taken, who has most of them loses the oldest."""
    admission = Admission(LIMITS)
    for key, peer in enumerate("baac"):
        assert admission.enter(key, peer) is None

    assert admission.enter(4, "d") == 1


def test_place_is_free_again() -> None:
    """Leaving twice frees one place only."""
    admission = Admission(LIMITS)
    for key in (1, 2):
        admission.enter(key, "a")
    admission.leave(1)
    admission.leave(1)

    assert admission.enter(3, "a") is None
    assert admission.enter(4, "a") == 2


def test_rate_follows_time() -> None:
    """After the burst one a second, never more than the burst at once."""
    admission = Admission(LIMITS)
    times = [0.0, 0.0, 0.0, 1.0, 1.0, 9.0, 9.0, 9.0]
    served = [admission.within_rate("a", now) for now in times]

    assert served == [True, True, False, True, False, True, True, False]
    assert admission.within_rate("b", 9.0)


def test_memory_of_rates_is_bounded() -> None:
    """Of very many addresses the ones longest ago are forgotten."""
    admission = Admission(LIMITS)
    for _ in range(3):
        admission.within_rate("first", 0.0)
    assert not admission.within_rate("first", 0.0)
    for number in range(5000):
        admission.within_rate(str(number), 0.0)

    assert admission.within_rate("first", 0.0)
