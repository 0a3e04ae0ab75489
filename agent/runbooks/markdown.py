"""The Markdown of the runbooks as values: as much of it as they use. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_FENCE, _RULE = "```", re.compile(r"\|[-| ]+\|")
_PLACES = {"sh node": "in a shell on the node", "promql": "in Prometheus"}
_HEADING = re.compile(r"(#{1,3}) (.+)")
_PIECE = re.compile(
    r"`(?P<code>[^`]+)`|\*\*(?P<strong>[^*]+)\*\*|\*(?P<emphasis>[^*]+)\*"
    r"|\[(?P<link>[^]]+)\]\((?P<target>[^)]+)\)"
)


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text: *kind* is text, code, strong, emphasis or link (to *target*)."""

    kind: str
    text: str
    target: str = ""

    @property
    def file(self) -> str:
        """Where the link of a page that is no runbook leads in the project, else ""."""
        return self.target.replace("../", "docs/") if "../" in self.target else ""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; 1 is the page's title."""

    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Prose, its lines joined."""

    text: str


@dataclass(frozen=True, slots=True)
class Code:
    """A block to copy; *kind* is what stands after the fence."""

    kind: str
    text: str

    @property
    def place(self) -> str:
        """Where it is to be typed, "" for one's own prompt."""
        return _PLACES.get(self.kind, "")


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells, the first row being the heads."""

    rows: tuple[tuple[str, ...], ...]


Block = Heading | Paragraph | Code | Table


def blocks(text: str) -> Iterator[Block]:
    """Yield the blocks of a page in order."""
    fence: list[str] | None = None
    lines: list[str] = []
    for line in [*text.splitlines(), ""]:
        if fence is not None:
            if line == _FENCE:
                yield Code(fence[0], "".join(f"{one}\n" for one in fence[1:]))
                fence = None
            else:
                fence.append(line)
        elif line.startswith(_FENCE) or not line:
            if lines:
                yield _block(lines)
            lines = []
            fence = [line.removeprefix(_FENCE)] if line else None
        else:
            lines.append(line)


def _block(lines: list[str]) -> Block:
    if heading := _HEADING.fullmatch(lines[0]):
        return Heading(len(heading[1]), heading[2])
    if lines[0].startswith("|"):
        rows = (line for line in lines if not _RULE.fullmatch(line))
        return Table(tuple(_cells(row) for row in rows))
    return Paragraph(" ".join(lines))


def _cells(row: str) -> tuple[str, ...]:
    return tuple(cell.strip() for cell in row.strip("|").split("|"))


def pieces(text: str) -> Iterator[Piece]:
    """Yield the runs of one paragraph, heading or cell."""
    end = 0
    for match in _PIECE.finditer(text):
        if match.start() > end:
            yield Piece("text", text[end : match.start()])
        end = match.end()
        groups = match.groupdict("")
        kind = next(name for name, value in groups.items() if value)
        yield Piece(kind, groups[kind], groups["target"])
    if end < len(text):
        yield Piece("text", text[end:])
