"""What an attempt that ran out of time came to: something was lost, or all is slow."""

import time
from collections.abc import Sequence

import pytest

from agent.echo.attempt_log import Walk
from agent.echo.outcome import FailureClass, Stage


@pytest.mark.parametrize(
    ("echoes", "ended", "failure"),
    [
        pytest.param(
            (0.001,), 5.0, FailureClass.LARGE_LOST, id="the large one is lost"
        ),
        pytest.param((2.0,), 5.0, FailureClass.TIMEOUT, id="each reply takes seconds"),
        pytest.param((1.0,), 4.0, FailureClass.LARGE_LOST, id="waited for long enough"),
        pytest.param((), 5.0, FailureClass.TIMEOUT, id="nothing came back"),
        pytest.param((0.1, 2.1), 5.0, FailureClass.TIMEOUT, id="slower and slower"),
    ],
)
def test_lost_or_late(
    monkeypatch: pytest.MonkeyPatch,
    echoes: Sequence[float],
    ended: float,
    failure: FailureClass,
) -> None:
    """By how long the reply before took; times are seconds since the connection."""
    now = [100.0]
    monkeypatch.setattr(time, "perf_counter", lambda: now[0])
    walk = Walk(dict)
    now[0] += 3.0  # however long it took to connect
    walk.enter(Stage.EXCHANGE)
    for moment in echoes:
        now[0] = 103.0 + moment
        walk.echoed(160)
    now[0] = 103.0 + ended

    assert walk.finish(TimeoutError()).failure == failure
