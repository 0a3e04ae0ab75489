"""The ring: who follows whom, whatever the names are."""

from collections import Counter
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from agent.paths.ring import SIZE, phase, position, successors

NAMES = st.sets(st.text("abc-.0123456789", min_size=1, max_size=12), min_size=1)
COUNTS = st.integers(1, 7)


@given(names=NAMES, count=COUNTS)
def test_everybody_is_followed_equally_often(names: set[str], count: int) -> None:
    """With the same names everywhere, each one is the successor of as many others."""
    followed = Counter(n for own in names for n in successors(own, names, count))

    assert followed == Counter(dict.fromkeys(names, min(count, len(names) - 1)))


@given(names=NAMES, newcomer=st.text("xyz", min_size=1, max_size=9), count=COUNTS)
def test_a_newcomer_moves_few_pairs(names: set[str], newcomer: str, count: int) -> None:
    """Only those before a name that comes or goes change, by one successor each."""
    moved = 0
    for own in names:
        before = successors(own, names, count)
        after = successors(own, {*names, newcomer}, count)
        lost, won = set(before) - set(after), set(after) - set(before)
        moved += bool(won)
        assert won <= {newcomer}
        assert len(lost) <= 1

    assert moved == min(count, len(names))


@given(names=NAMES, own=st.text(max_size=5))
def test_nearest_first(names: set[str], own: str) -> None:
    """Successors go round the ring once, in order, and never name the asker."""
    found = successors(own, names, len(names))
    distances = [(position(name) - position(own)) % SIZE for name in found]

    assert set(found) == names - {own}
    assert all(near <= far for near, far in pairwise(distances))


def test_places_are_for_ever() -> None:
    """Nodes with different versions of the agent agree on the ring."""
    assert position("worker-0") == 0xFC8E34E0D6C82339
    assert 0 <= phase("a", "b") < 1
    assert phase("a", "b") != phase("ab", "")
