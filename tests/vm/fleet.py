"""The machines of one test session: booted at first use, a few kept running."""

import contextlib
from collections import OrderedDict
from collections.abc import Sequence

from tests.vm import image, kernel
from tests.vm.image import Contents
from tests.vm.machine import Machine
from tests.vm.node import Node

KEPT = 2
"""Machines that stay: each takes some 500 MB. The tests come sorted accordingly."""


class Fleet:
    """One machine, with *memory* MiB, for each kernel and kernel command line.

    Those that are to *preload* packages do so where no command line of their own is
    asked for: many tests begin there.
    """

    def __init__(
        self,
        contents: Contents | None = None,
        *,
        memory: int = 384,
        preload: Sequence[str] = (),
    ) -> None:
        self._contents = Contents() if contents is None else contents
        self._memory = memory
        self._preload = preload
        self._machines: OrderedDict[tuple[str, str], Machine] = OrderedDict()

    def fresh(self, kernel_name: str, append: str = "") -> Node:
        """Give a freshly booted node, which stays usable until the next call."""
        machine = self._running(kernel_name, append)
        machine.reset()
        return Node(machine)

    def console(self) -> str:
        """Return the console's end of the machine that was used last."""
        if not self._machines:
            return "no machine was started"
        return next(reversed(self._machines.values())).console()

    def close(self) -> None:
        """End all machines."""
        with contextlib.ExitStack() as stack:
            while self._machines:
                stack.callback(self._machines.popitem()[1].close)

    def _running(self, kernel_name: str, append: str) -> Machine:
        key = (kernel_name, append)
        if key in self._machines:
            self._machines.move_to_end(key)
            return self._machines[key]
        while len(self._machines) >= KEPT:
            self._machines.popitem(last=False)[1].close()
        found = kernel.get(kernel_name)
        parts = image.build(found, self._contents)
        machine = Machine(
            *(found, parts),
            append=append,
            memory=self._memory,
            preload=() if append else self._preload,
        )
        self._machines[key] = machine.__enter__()
        return self._machines[key]
