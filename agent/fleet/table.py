"""The nodes of a fleet as lines for people, as wide as the terminal or in two."""

from collections.abc import Sequence
from datetime import UTC, datetime

from rich.console import Console
from rich.text import Text

from agent.findings import Compliance, State
from agent.fleet.names import shared_domain
from agent.fleet.node import Node
from agent.printable import printable

STYLES = {
    Compliance.TRUE: "green",
    Compliance.FALSE: "bold red",
    Compliance.UNKNOWN: "yellow",
}
_WORDS = {Compliance.TRUE: "yes", Compliance.FALSE: "no", Compliance.UNKNOWN: "?"}
_DAY = 86_400
_UNITS = ((_DAY, "d"), (3600, "h"), (60, "min"))
_MOST_UNITS = 2
_GAP = 2
#: What goes into a second line where the first would be too long: since, reason.
_AFTER = 2
_HEAD = ("node", "pool", "cluster", "as expected", "now, after a reboot")
_HEAD_AFTER = ("since (UTC)", "reason")


def write_nodes(
    console: Console, nodes: Sequence[Node], selection: Sequence[Node], now: float
) -> None:
    """Write a line or two for each node of *selection*, some of all *nodes*.

    Not a table of rich's: one that wraps takes seconds for thousands.
    """
    domain = shared_domain(node.name for node in nodes)
    if domain:
        console.print(Text(f"nodes of {printable(domain[1:])}", style="dim"))
    rows = [tuple(Text(word, style="dim") for word in (*_HEAD, *_HEAD_AFTER))]
    rows += [_row(node, domain, now) for node in selection]
    if len({node.cluster for node in nodes}) <= 1:
        at = _HEAD.index("cluster")
        rows = [(*row[:at], *row[at + 1 :]) for row in rows]
    whole = _lines(rows)
    if max(line.cell_len for line in whole) > console.width:
        first = _lines([row[:-_AFTER] for row in rows])
        second = _lines([row[-_AFTER:] for row in rows])
        whole = [
            part
            for one, other in zip(first, second, strict=True)
            for part in (one, Text(" " * _GAP).append_text(other))
        ]
    console.print(Text("\n").join(whole), soft_wrap=True)


def age(seconds: float) -> str:
    """Return a time span in at most two units.

    >>> age(93_784), age(12)
    ('1 d 2 h', '0 min')
    """
    parts: list[str] = []
    rest = max(int(seconds), 0)
    for size, unit in _UNITS:
        number, rest = divmod(rest, size)
        if number or parts:
            parts.append(f"{number} {unit}" if number else "")
    return " ".join(filter(None, parts[:_MOST_UNITS])) or "0 min"


def _lines(rows: Sequence[Sequence[Text]]) -> list[Text]:
    """Return *rows* with their columns below each other; the last is not filled up."""
    columns = [*zip(*rows, strict=True)][:-1]
    widths = [max(field.cell_len for field in column) for column in columns]
    lines = []
    for row in rows:
        line = Text()
        for field, width in zip(row[:-1], widths, strict=True):
            line.append_text(field)
            line.append(" " * (width - field.cell_len + _GAP))
        lines.append(line.append_text(row[-1]))
    return lines


def _row(node: Node, domain: str, now: float) -> tuple[Text, ...]:
    return (
        Text(printable(node.name.removesuffix(domain))),
        Text(printable(node.pool)),
        Text(printable(node.cluster)),
        Text(_WORDS[node.compliant], style=STYLES[node.compliant]),
        _states(node.state, node.boot_state),
        Text(_since(node, now)),
        Text(printable(node.reason)),
    )


def _states(now: State, later: State) -> Text:
    if now == later:
        return Text(now.value, style="dim" if now == State.UNKNOWN else "")
    return Text(f"{now.value}, then {later.value}")


def _since(node: Node, now: float) -> str:
    if node.since is None:
        return "?"
    ago = age(now - node.since)
    if not node.exact:
        return f"> {ago}"
    form = "%H:%M" if now - node.since < _DAY else "%m-%d %H:%M"
    return f"{ago}, {datetime.fromtimestamp(node.since, UTC):{form}}"
