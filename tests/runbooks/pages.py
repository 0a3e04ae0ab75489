"""The runbooks as a test reads them: sections, their reach, and blocks to copy."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"
FOLDER = DOCS / "runbooks"
#: What everybody sees who looks for help, in this order.
HEADINGS = ["What is at stake", "The cause", "Mitigation", "Verify"]
CAUSE, MITIGATION, VERIFY = HEADINGS[1:]

_HEADING = re.compile(r"^(#{1,3}) (.+)$", re.MULTILINE)
_BLOCK = re.compile(r"^```(.*)\n((?:.*\n)*?)```$", re.MULTILINE)
_REACH = re.compile(r"^\*\*Reaches\*\* ((?:.+\n)+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: *kind* is what stands after the fence."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Section:
    """What stands between two headings, with the heading above it."""

    page: str
    above: str
    title: str
    text: str

    def __str__(self) -> str:
        return f"{self.page}: {self.title}"

    @property
    def blocks(self) -> list[Block]:
        """Its blocks, in order."""
        return [Block(*groups) for groups in _BLOCK.findall(self.text)]

    def of(self, *kinds: str) -> list[str]:
        """Return the texts of its blocks of some kinds, in order."""
        return [block.text for block in self.blocks if block.kind in kinds]

    @property
    def reach(self) -> str:
        """What it says of how far it reaches, "" for nothing."""
        match = _REACH.search(self.text)
        return " ".join(match[1].split()) if match else ""


def sections(path: Path) -> list[Section]:
    """Return the sections of a page; the first is what stands below its title."""
    text = path.read_text(encoding="utf-8")
    code = [match.span() for match in _BLOCK.finditer(text)]
    heads = [
        head
        for head in _HEADING.finditer(text)
        if not any(start <= head.start() < end for start, end in code)
    ]
    ends = [head.start() for head in heads[1:]] + [len(text)]
    parts, above = [], ""
    for head, end in zip(heads, ends, strict=True):
        above = head[2] if len(head[1]) < len("###") else above
        parts.append(Section(path.stem, above, head[2], text[head.end() : end]))
    return parts


def runbooks() -> Iterator[Path]:
    """Yield the runbooks of alerts."""
    return (path for path in sorted(FOLDER.glob("*.md")) if path.stem[:4] == "SCTP")


#: The runbooks and the pages that they lead to.
PAGES = sorted(FOLDER.glob("*.md"))
#: The two pages for a new cluster.
WAYS_IN = [DOCS / "openshift.md", DOCS / "kube-prometheus-stack.md"]
