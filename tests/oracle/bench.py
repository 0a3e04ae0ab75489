"""Benches on which nodes are built, asked by the real tools, and judged by us."""

import os
import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Protocol

from tests.oracle import kernels, ours, theirs, tools
from tests.oracle.compare import Disagreement, differences, shrunk, unfounded_gaps
from tests.oracle.tools import Program, Session
from tests.oracle.tree import Node

Nodes = Callable[[int], Node]
"""Makes the node of a number."""


class Bench(Protocol):
    """Something that builds nodes one after the other and finds differences."""

    def judge(self, node: Node) -> "Judgement":
        """Build *node*, ask everybody, compare."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What came of one node; *unknown* counts the answers we left open."""

    differences: tuple[Disagreement, ...] = ()
    answers: int = 0
    unknown: int = 0


@dataclass(slots=True)
class Tally:
    """What came of many nodes; *failure* tells of the first difference.

    *culprit* is the bench that found it, with the node.
    """

    nodes: int = 0
    answers: int = 0
    unknown: int = 0
    failure: str = ""
    culprit: tuple[Bench, Node] | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, judgement: Judgement) -> None:
        """Count one node."""
        with self.lock:
            self.nodes += 1
            self.answers += judgement.answers
            self.unknown += judgement.unknown


@dataclass(frozen=True, slots=True)
class Equipment:
    """The programs with their versions, and the kernels' module trees."""

    kmods: tuple[tuple[Program, int], ...]
    modules: Path
    releases: tuple[str, ...]


def equip(folder: Path, seed: int, trees: int) -> Equipment:
    """Collect both kmods and make the module trees in *folder*."""
    programs = (tools.own_kmod(folder), tools.newest_kmod())
    shapes = tuple(kernels.shapes(seed, trees))
    for shape in shapes:
        kernels.make(shape, folder / "kernels")
    return Equipment(
        kmods=tuple((program, tools.version(program)) for program in programs),
        modules=folder / "kernels" / "lib" / "modules",
        releases=tuple(shape.release for shape in shapes),
    )


@dataclass(frozen=True, slots=True)
class KmodBench:
    """Compares our modprobe.d reader and our plans with every modprobe."""

    root: Path
    session: Session
    kmods: tuple[tuple[Program, int], ...]

    def judge(self, node: Node) -> Judgement:
        """Build *node*, ask all modprobes while we judge it ourselves, compare."""
        node.write(self.root)
        calls = [theirs.calls(node, program) for program, _ in self.kmods]
        self.session.start([call for each in calls for call in each])
        own = [ours.answer(self.root, node, version) for _, version in self.kmods]
        found: list[Disagreement] = []
        unknown = 0
        said = iter(self.session.finish(sum(map(len, calls))))
        real = [theirs.read(list(islice(said, len(each)))) for each in calls]
        for (program, version), heard, judged in zip(
            self.kmods, real, own, strict=True
        ):
            if judged.gaps:
                unknown += 1
                gaps = unfounded_gaps(node, version, judged.gaps)
                found += [_open(program, gap) for gap in gaps]
            else:
                found += differences(node, program.name, heard, judged)
        return Judgement(tuple(found), len(self.kmods), unknown)


@dataclass(frozen=True, slots=True)
class BootBench:
    """Compares our modules-load.d reader with the real systemd-modules-load."""

    root: Path
    session: Session
    program: Program

    def judge(self, node: Node) -> Judgement:
        """Build *node*, ask both what is loaded at boot, and compare."""
        node.write(self.root)
        arguments = node.arguments.decode("latin-1")
        self.session.start([(self.program, ())], boot_arguments=arguments)
        own, gaps = ours.boot_names(self.root, node)
        (said,) = self.session.finish(1)
        real = theirs.boot_names(said)
        if gaps:
            found = unfounded_gaps(node, 0, gaps)
            return Judgement(tuple(_open(self.program, gap) for gap in found), 1, 1)
        if own == real:
            return Judgement((), 1)
        difference = Disagreement(self.program.name, "names", f"{real}", f"{own}")
        return Judgement((difference,), 1)


@contextmanager
def benches_for_boot(
    program: Program, folder: Path, count: int
) -> Iterator[tuple[BootBench, ...]]:
    """Set up *count* benches for *program*, systemd-modules-load."""
    with ExitStack() as stack:
        roots = [folder / f"boot-bench-{number}" for number in range(count)]
        sessions = [stack.enter_context(Session(root, [program])) for root in roots]
        pairs = zip(roots, sessions, strict=True)
        yield tuple(BootBench(root, session, program) for root, session in pairs)


@contextmanager
def benches_for_kmod(
    equipment: Equipment, folder: Path, count: int
) -> Iterator[tuple[KmodBench, ...]]:
    """Set up *count* benches with roots of their own; they end together."""
    programs = [program for program, _ in equipment.kmods]
    with ExitStack() as stack:
        benches = []
        for number in range(count):
            root = folder / f"bench-{number}"
            session = stack.enter_context(Session(root, programs))
            shutil.copytree(equipment.modules, root / "x" / "modules")
            benches.append(KmodBench(root, session, equipment.kmods))
        yield tuple(benches)


def run(
    benches: Sequence[Bench],
    make: Nodes,
    count: int,
    *,
    shrink: bool = True,
) -> Tally:
    """Judge nodes 0 to *count*, shared out among *benches*, up to a difference.

    With *shrink* the failure tells of the smallest node found that differs.
    """
    tally = Tally()
    with ThreadPoolExecutor(len(benches)) as pool:
        shares = [range(start, count, len(benches)) for start in range(len(benches))]
        # Asking for the results makes an error of a thread an error here.
        list(pool.map(partial(_share, make, tally), benches, shares))
    if tally.culprit and shrink:
        tally.failure = _report(*tally.culprit)
    return tally


def _open(program: Program, gap: str) -> Disagreement:
    return Disagreement(program.name, "gap", "knows", gap)


def cores() -> int:
    """Return how many benches are worth having."""
    return os.cpu_count() or 1


def _share(make: Nodes, tally: Tally, bench: Bench, numbers: range) -> None:
    for number in numbers:
        if tally.failure:
            return
        node = make(number)
        judgement = bench.judge(node)
        tally.add(judgement)
        if judgement.differences and not tally.failure:
            tally.failure = f"node {number}: {judgement.differences[0]}"
            tally.culprit = (bench, node)


def _report(bench: Bench, node: Node) -> str:
    subject = bench.judge(node).differences[0].subject
    kind = subject.split()[0]

    def still_differs(candidate: Node) -> bool:
        found = bench.judge(candidate).differences
        return any(one.subject.startswith(kind) for one in found)

    smallest = shrunk(node, still_differs)
    found = bench.judge(smallest).differences
    return "\n".join([*map(str, found), smallest.shown()])
