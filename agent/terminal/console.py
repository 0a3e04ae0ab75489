"""Text for people on a stream: in colour on a terminal, plain lines elsewhere."""

import io
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from rich.console import Console
from rich.style import Style

_PLAIN_WIDTH = 100
_NARROWEST = 40
# A random number in each hyperlink: the same report would never look the same.
_LINK_ID = re.compile(r"(\x1b\]8;)id=[0-9-]+(?=;)")


@contextmanager
def writing_to(stream: TextIO, *, plain_width: int = _PLAIN_WIDTH) -> Iterator[Console]:
    """Give a console; what is printed there reaches *stream* at the end.

    It is as wide as the terminal; where there is none, as COLUMNS says, for a
    command in a pod has no terminal but a reader may have one; else *plain_width*.
    """
    terminal = stream.isatty()
    buffer = io.StringIO()
    yield Console(
        file=buffer,
        force_terminal=terminal,
        highlight=False,
        emoji=False,
        markup=False,
        no_color=bool(os.environ.get("NO_COLOR")) or not terminal,
        width=None if terminal else _columns() or plain_width,
        legacy_windows=False,
    )
    lines = _LINK_ID.sub(r"\1", buffer.getvalue()).splitlines()
    stream.writelines(f"{line.rstrip()}\n" for line in lines)


def _columns() -> int:
    """Return the width that the environment sets, 0 for none that makes sense."""
    columns = os.environ.get("COLUMNS", "")
    width = int(columns) if re.fullmatch("[0-9]{2,4}", columns) else 0
    return width if width >= _NARROWEST else 0


def link(console: Console, url: str) -> Style:
    """Return the style of a hyperlink to *url*, where the terminal may know these.

    Only for addresses of our own: what is of the node never becomes one.
    """
    knows = console.is_terminal and os.environ.get("TERM") != "linux"
    return Style(link=url) if knows else Style()
