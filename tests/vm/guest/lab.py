"""Runs path probing on several "nodes" of one guest: a process in each pod's namespace.

Each composes responder and rounds as the daemon does, but makes a round when it is
told to, so that no test waits for an interval. Reads a plan from the file given,
writes what came of it as JSON.
"""

import asyncio
import json
import multiprocessing
import os
import resource
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from prometheus_client.core import CollectorRegistry
from prometheus_client.exposition import generate_latest
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from agent.echo.client import attempt
from agent.echo.outcome import Attempt
from agent.paths.component import PathProbes
from agent.paths.configuration import Configuration
from agent.paths.targets import Matrix, Service
from tests.vm.guest.namespace import enter

Json = dict[str, Any]

NAMESPACES = Path("/run/netns")


class Node:
    """One node's path probing, in a process that lives in its pod's namespace."""

    def __init__(self, plan: Json, node: Json) -> None:
        self._turns = asyncio.Semaphore(plan["at_once"])
        self._answering: asyncio.Task[None] | None = None
        self._probes = PathProbes(
            Configuration(
                Matrix(
                    own=node["name"],
                    port=plan["port"],
                    neighbours=plan["neighbours"],
                    node_port=plan["node_port"],
                    host_addresses=tuple(node["host_addresses"]),
                ),
                plan["peers"],
                tuple(Service(host, port) for host, port in plan["services"]),
                3 * plan["deadline"],
                plan["deadline"],
            ),
            probe=self._attempt,
            sleep=_at_once,
        )
        self._deadline = plan["deadline"]

    async def obey(self, order: Json) -> object:
        """Do what the plan wants of this node, and return what came of it."""
        match order["do"]:
            case "answer":
                self._answering = asyncio.create_task(self._probes.answer())
            case "be silent":
                if self._answering:
                    self._answering.cancel()
            case "round":
                await self._probes.turn()
                return self._exposition()
            case "probe":
                found = await self._attempt(
                    (order["host"], order["port"]),
                    family=order["family"],
                    deadline=self._deadline,
                    source_port=order["source_port"],
                )
                reply = found.reply
                return {"failure": found.failure, "by": reply and reply.node}
            case "rounds":
                for _ in range(order["count"]):
                    await self._probes.turn()
                rows = self._probes.rows()
                good = sum(row.ok is True for row in rows)
                return {"good": good, "bad": len(rows) - good, **_footprint()}
        return None

    async def _attempt(
        self,
        address: tuple[str, int],
        *,
        family: int,
        deadline: float,
        node: str = "",
        ask: Sequence[str] = (),
        source_port: int = 0,
    ) -> Attempt:
        async with self._turns:
            return await attempt(
                address,
                family=family,
                deadline=deadline,
                node=node,
                ask=ask,
                source_port=source_port,
            )

    def _exposition(self) -> str:
        registry = CollectorRegistry(auto_describe=False)
        registry.register(_Families(self._probes.families))
        return generate_latest(registry).decode()


class _Families(Collector):
    def __init__(self, families: Callable[[], Iterable[Metric]]) -> None:
        self._families = families

    def collect(self) -> Iterable[Metric]:
        return self._families()


async def _at_once(_: float) -> None:
    """Let no round wait for its time."""


def _footprint() -> Json:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return {
        "memory": pages * resource.getpagesize(),
        "descriptors": len(os.listdir("/proc/self/fd")),
        "threads": threading.active_count(),
        "associations": _associations(),
    }


def _associations() -> int:
    text = Path("/proc/thread-self/net/sctp/assocs").read_text(encoding="ascii")
    return len(text.splitlines()) - 1


def _live(plan: Json, node: Json, orders: Connection) -> None:
    """Be one node until its orders end."""
    enter(NAMESPACES / node["namespace"])
    asyncio.run(_serve(plan, node, orders))


async def _serve(plan: Json, node: Json, orders: Connection) -> None:
    me = Node(plan, node)
    loop = asyncio.get_running_loop()
    while True:
        await _readable(loop, orders)
        try:
            order = orders.recv()
        except EOFError:
            return
        orders.send(await me.obey(order))


async def _readable(loop: asyncio.AbstractEventLoop, orders: Connection) -> None:
    ready = asyncio.Event()
    loop.add_reader(orders.fileno(), ready.set)
    await ready.wait()
    loop.remove_reader(orders.fileno())


class Lab:
    """All nodes of a plan, and what becomes of them step by step."""

    def __init__(self, plan: Json) -> None:
        fork = multiprocessing.get_context("fork")
        self._orders: dict[str, Connection] = {}
        for node in plan["nodes"]:
            ours, theirs = fork.Pipe()
            process = fork.Process(target=_live, args=(plan, node, theirs), daemon=True)
            process.start()
            theirs.close()
            self._orders[node["name"]] = ours

    def step(self, step: Json) -> Json:
        """Run the step's script, then its orders, in that order."""
        if step.get("script"):
            subprocess.run(["sh", "-ec", step["script"]], check=True)
        results: list[object] = [self._give(order) for order in step["orders"]]
        return {"name": step["name"], "results": results}

    def _give(self, order: Json) -> object:
        """Let the nodes named, or all, obey at the same time."""
        names = order.get("nodes") or list(self._orders)
        for name in names:
            self._orders[name].send(order)
        return {name: self._orders[name].recv() for name in names}


def main() -> None:
    """Follow the plan."""
    plan = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    lab = Lab(plan)
    steps = list(map(partial(lab.step), plan["steps"]))
    sys.stdout.write(json.dumps(steps))


if __name__ == "__main__":
    main()
