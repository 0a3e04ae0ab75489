"""Our answer beside the real one: where they differ, and the smallest such node."""

import posixpath
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from agent.facts import Gap
from tests.oracle.ours import Ours
from tests.oracle.theirs import Theirs
from tests.oracle.tree import Entry, Kind, Node

_FIRST_KNOWN_STAT = 34  # the kmod that no longer guesses about dangling links


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One difference: *program* says *theirs*, we say *ours*, about *subject*."""

    program: str
    subject: str
    theirs: str
    ours: str

    def __str__(self) -> str:
        return (
            f"{self.program}, {self.subject}\n"
            f"  the real one: {self.theirs}\n"
            f"  ours:         {self.ours}"
        )


def differences(
    node: Node, program: str, theirs: Theirs, ours: Ours
) -> Iterator[Disagreement]:
    """Yield everything in which the answers about *node* differ."""
    if theirs.configuration != ours.configuration:
        real = theirs.configuration.splitlines(keepends=True)
        own = ours.configuration.splitlines(keepends=True)
        yield Disagreement(program, "configuration", f"{real}", f"{own}")
    if not _same_bad_lines(node, theirs, ours):
        real_bad, own_bad = f"{theirs.bad_lines}", f"{ours.bad_lines}"
        yield Disagreement(program, "bad lines", real_bad, own_bad)
    answers = zip(node.requests, theirs.plans, ours.plans, strict=True)
    for request, real_plan, own_plan in answers:
        if real_plan != own_plan:
            subject = f"modprobe {request.mode.value} -- {request.name!r}"
            yield Disagreement(program, subject, f"{real_plan}", f"{own_plan}")


def unfounded_gaps(node: Node, version: int, gaps: Iterable[Gap]) -> list[str]:
    """Return the gaps for which the node gives no reason.

    Only two things may make us say that we do not know: a socket where a file
    should be, and a dangling link of a kmod that reads uninitialised memory.
    """
    return [str(gap) for gap in gaps if not _founded(node, version, gap.path)]


def shrunk(node: Node, still_differs: Callable[[Node], bool]) -> Node:
    """Return the smallest node found for which *still_differs* holds."""
    smaller: Node | None = node
    while smaller:
        node = smaller
        smaller = next(filter(still_differs, _smaller(node)), None)
    return node


def _same_bad_lines(node: Node, theirs: Theirs, ours: Ours) -> bool:
    own = [place.rpartition(":")[::2] for place in ours.bad_lines]
    if sorted(path for path, _ in theirs.bad_lines) != sorted(path for path, _ in own):
        return False
    if any(b"\\\n" in entry.data for entry in node.entries):
        return True  # kmod counts to the last of joined lines, we to the first
    places = {(path, int(number)) for path, number in own}
    return all(bad in places for bad in theirs.bad_lines if bad[1])


def _founded(node: Node, version: int, path: str) -> bool:
    # By name: /lib is /usr/lib where /usr is merged.
    name = posixpath.basename(path)
    kinds = {e.kind for e in node.entries if posixpath.basename(e.path) == name}
    return Kind.SOCKET in kinds or (version < _FIRST_KNOWN_STAT and Kind.LINK in kinds)


def _smaller(node: Node) -> Iterator[Node]:
    """Yield nodes that lack a little of *node*, the most first."""
    for request in node.requests if len(node.requests) > 1 else ():
        yield replace(node, requests=(request,))
    for at, entry in enumerate(node.entries):
        before, after = node.entries[:at], node.entries[at + 1 :]
        yield replace(node, entries=(*before, *after))
        for data in _shorter(entry):
            yield replace(node, entries=(*before, replace(entry, data=data), *after))
    if node.loaded:
        yield replace(node, loaded=node.loaded[1:])
    words = node.arguments.split(b" ")
    for at in range(len(words) if node.arguments else 0):
        yield replace(node, arguments=b" ".join(words[:at] + words[at + 1 :]))


def _shorter(entry: Entry) -> Iterator[bytes]:
    if entry.kind != Kind.FILE:
        return
    lines = entry.data.splitlines(keepends=True)
    for at in range(len(lines) if len(lines) > 1 else 0):
        yield b"".join(lines[:at] + lines[at + 1 :])
    step = max(len(entry.data) // 8, 1)
    for at in range(0, len(entry.data), step):
        yield entry.data[:at] + entry.data[at + step :]
