"""The question and the answer of the file `access`."""

import pytest

from agent.selinux.access import Decision, decision, question


def test_question_is_two_contexts_and_a_class() -> None:
    """As sel_write_access of the kernel scans it."""
    assert question("a:b:c:s0", "d:e:f:s0", 3) == b"a:b:c:s0 d:e:f:s0 3"


@pytest.mark.parametrize(
    ("answer", "number", "allowed"),
    [
        pytest.param(b"1 ffffffff 0 ffffffff 2 0", 1, True, id="given"),
        pytest.param(b"0 ffffffff 0 ffffffff 2 0", 1, False, id="denied"),
        pytest.param(b"6 ffffffff 0 ffffffff 2 0", 1, False, id="only others"),
        pytest.param(b"4 ffffffff 0 ffffffff 2 0\n", 3, True, id="the third"),
        pytest.param(b"0 ffffffff 0 ffffffff 2 1", 1, True, id="permissive domain"),
        pytest.param(b"ffffffff ffffffff 0 ffffffff 0 0", 32, True, id="no policy"),
    ],
)
def test_decision(answer: bytes, number: int, *, allowed: bool) -> None:
    """Each permission has its bit, and a permissive domain gets all."""
    found = decision(answer)

    assert found is not None
    assert found.allows(number) is allowed


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"1 ffffffff", id="cut off"),
        pytest.param(b"x ffffffff 0 ffffffff 2 0", id="no number"),
        pytest.param(b"1 ffffffff 0 ffffffff 2 0 9", id="one more field"),
    ],
)
def test_no_answer(answer: bytes) -> None:
    """Nothing is made of what is not understood."""
    assert decision(answer) is None


def test_decisions_are_values() -> None:
    """Equal answers are equal decisions."""
    assert decision(b"1 f 0 f 9 0") == decision(b"1 f 0 f 1 0") == Decision(1)
