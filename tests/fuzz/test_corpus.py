"""The kept inputs, and a few spoilt ones, always the same."""

import random

import pytest

from tests.fuzz import corpus
from tests.fuzz.mutate import mutated
from tests.fuzz.targets import TARGETS, Target

_SPOILT = 40  # inputs for each reader
_LIMIT = 1 << 14


@pytest.mark.parametrize("target", [pytest.param(t, id=t.name) for t in TARGETS])
def test_no_reader_fails(target: Target) -> None:
    """Whatever the bytes are, a reader returns or raises what it documents."""
    seeds = [path.read_bytes() for path in corpus.paths(target.name)]
    rng = random.Random(target.name)  # noqa: S311  # no secret
    assert seeds
    for data in seeds:
        target.read(data)
    for _ in range(_SPOILT):
        target.read(mutated(rng, seeds, min(_LIMIT, target.limit)))
