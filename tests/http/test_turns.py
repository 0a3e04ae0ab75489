"""Turns: one at a time, networks in turn, and nobody who has left keeps his."""

import asyncio
import gc
from collections.abc import Sequence

import pytest

from agent.http.turns import Turn, Turns
from tests.http.loopback import bounded


async def _order(arrivals: Sequence[str], leaving: Sequence[int] = ()) -> str:
    """Return in which order these networks had their turn; some leave before."""
    turns, had = Turns(), []

    async def come(number: int, network: str) -> None:
        await turns.wait(network)
        had.append(f"{network}{number}")
        await asyncio.sleep(0)
        turns.end()

    tasks = [asyncio.ensure_future(come(*each)) for each in enumerate(arrivals)]
    await asyncio.sleep(0)
    for number in leaving:
        tasks[number].cancel()
    await asyncio.wait(tasks)
    return " ".join(had)


@pytest.mark.parametrize(
    ("arrivals", "leaving", "order"),
    [
        pytest.param("a", (), "a0", id="nobody else"),
        pytest.param("aaaab", (), "a0 a1 b4 a2 a3", id="a crowd and one"),
        pytest.param("aabbcc", (), "a0 a1 b2 c4 b3 c5", id="three crowds"),
        pytest.param("aaab", (1, 2), "a0 b3", id="who has left is passed over"),
        pytest.param("aab", (1, 2), "a0", id="all have left"),
    ],
)
def test_order(arrivals: str, leaving: tuple[int, ...], order: str) -> None:
    """The second network waits for one turn of the first at most."""
    assert bounded(_order(arrivals, leaving)) == order


def test_crowd_that_comes_and_goes() -> None:
    """Nothing is kept of those who have left before their turn."""
    turns = Turns()

    def futures() -> int:
        return sum(isinstance(each, asyncio.Future) for each in gc.get_objects())

    async def scenario() -> int:
        await turns.wait("a")
        before = futures()
        for _ in range(200):
            leaving = asyncio.ensure_future(turns.wait("a"))
            await asyncio.sleep(0)
            leaving.cancel()
            await asyncio.wait({leaving})
        return futures() - before

    assert bounded(scenario()) < 10


def test_turn_that_is_not_wanted_any_more() -> None:
    """Who leaves in the moment of his turn gives it on."""
    turns = Turns()

    async def scenario() -> None:
        await turns.wait("a")
        leaving = asyncio.ensure_future(turns.wait("b"))
        waiting = asyncio.ensure_future(turns.wait("c"))
        await asyncio.sleep(0)
        turns.end()
        leaving.cancel()
        await waiting
        turns.end()
        await turns.wait("d")

    bounded(scenario())


def test_crowd_is_served_one_by_one_and_others_in_between() -> None:
    """In one turn of the loop one is looked at, and of another network every second."""

    async def scenario() -> list[list[str]]:
        turns, looked_at = Turns(), [list[str]()]

        async def ask(who: str, network: str) -> None:
            await Turn(turns, network).take()
            looked_at[-1].append(who)

        async with asyncio.TaskGroup() as group:
            for who in "abcd":
                group.create_task(ask(who, "192.0.2.1"))
            group.create_task(ask("scraper", "192.0.2.2"))
            for _ in range(20):
                await asyncio.sleep(0)
                looked_at.append([])
        return [names for names in looked_at if names]

    served = asyncio.run(scenario())

    assert all(len(names) == 1 for names in served)
    assert ["scraper"] in served[:3]
