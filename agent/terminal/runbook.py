"""A runbook for a terminal: prose filled, commands as they are to be copied."""

import textwrap
from pathlib import PurePosixPath

from agent.runbooks.library import find
from agent.runbooks.markdown import (
    Block,
    Code,
    Heading,
    Paragraph,
    Piece,
    blocks,
    pieces,
)

_INDENT = "  "
_RULES = {2: "=", 3: "-"}


def runbook(text: str, width: int) -> str:
    """Return the page *text*, its prose at most *width* characters wide.

    Commands are neither wrapped nor indented, so that they can be copied.
    """
    return "\n\n".join(_format(block, width) for block in blocks(text)) + "\n"


def summary(text: str) -> str:
    """Return the first sentence of the page *text*."""
    prose = next(b.text for b in blocks(text) if isinstance(b, Paragraph))
    return _plain(prose).partition(". ")[0].rstrip(".")


def _format(block: Block, width: int) -> str:
    match block:
        case Heading():
            rule = _RULES.get(block.level, "") * len(block.text)
            return "\n".join(filter(None, (block.text, rule)))
        case Code():
            # A comment, so that it may be copied with the rest.
            place = f"# {block.place}\n" if block.place else ""
            return place + block.text.rstrip("\n")
        case Paragraph():
            return _fill(_plain(block.text), width)
    _, *rows = block.rows
    return "\n".join(
        _fill(": ".join(filter(None, map(_plain, row))), width, hanging=_INDENT)
        for row in rows
    )


def _fill(text: str, width: int, hanging: str = "") -> str:
    return textwrap.fill(
        text,
        width,
        initial_indent=_INDENT,
        subsequent_indent=_INDENT + hanging,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _plain(text: str) -> str:
    return "".join(_sentence(piece) for piece in pieces(text))


def _sentence(piece: Piece) -> str:
    """Return a run as text; a link to a page says how to read that here."""
    if piece.kind == "code":
        return f"`{piece.text}`"
    name = PurePosixPath(piece.target.partition("#")[0]).stem
    leads = piece.kind == "link" and find(name) and name != piece.text
    place = f"`explain {name}`" if leads else piece.file
    return f"{piece.text} ({place})" if place else piece.text
