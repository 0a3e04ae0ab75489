"""A search that hangs is asked for once, however often one asks."""

import asyncio

import pytest

from agent.paths.single_flight import Search
from tests.http.loopback import bounded


def test_one_at_a_time() -> None:
    """A call that outlives its deadline is waited for, not begun again."""
    calls: list[int] = []

    async def scenario() -> tuple[str, str]:
        gate = asyncio.Event()

        async def find() -> str:
            calls.append(1)
            await gate.wait()
            return f"answer {len(calls)}"

        search = Search(find)
        for _ in range(3):
            with pytest.raises(TimeoutError):
                await search.result(0.01)
        gate.set()
        return await search.result(5), await search.result(5)

    assert bounded(scenario()) == ("answer 1", "answer 2")


def test_failure_is_raised_and_forgotten() -> None:
    """After an error the next one to ask begins anew."""
    answers: list[OSError | str] = [OSError("refused"), "found"]

    async def find() -> str:
        answer = answers.pop(0)
        if isinstance(answer, OSError):
            raise answer
        return answer

    async def scenario() -> str:
        search = Search(find)
        with pytest.raises(OSError, match="refused"):
            await search.result(5)
        return await search.result(5)

    assert bounded(scenario()) == "found"
