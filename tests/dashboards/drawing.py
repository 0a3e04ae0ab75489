"""Boards as a page: drawn by us, with the words, colours and sizes of the JSON."""

import html
from collections.abc import Mapping, Sequence
from itertools import pairwise

from tests.dashboards.grafana import NO_COLOUR, Cell, cell, legend, table
from tests.dashboards.server import Series
from tests.dashboards.shown import Board, Json

Answers = Mapping[str, Sequence[Sequence[Series]]]
#: Grafana's grid: a column, a row and the gap between panels, in pixels.
COLUMN, ROW, GAP = 60, 30, 8
_STYLE = """
:root { --canvas: #f4f5f5; --panel: #ffffff; --text: #24292e; --line: #d9dadd;
  --white: #f7f8fa }
:root[data-theme=dark] { --canvas: #111217; --panel: #181b1f; --text: #ccccdc;
  --line: #3a3d44 }
body { margin: 0; background: var(--canvas); color: var(--text);
  font: 13px/1.35 "DejaVu Sans", sans-serif; position: relative }
section, h2 { position: absolute; box-sizing: border-box; overflow: hidden; margin: 0 }
section { background: var(--panel); border: 1px solid var(--line); border-radius: 3px;
  padding: 6px 8px }
h2 { font-size: 15px; padding: 6px 4px }
h3 { font-size: 13px; margin: 0 0 4px; white-space: nowrap }
.filled { color: var(--white) }
table { border-collapse: collapse; width: 100%; font-size: 12px }
th { text-align: left; border-bottom: 1px solid var(--line); font-weight: 600 }
td, th { padding: 2px 6px; white-space: nowrap }
td.number, th.number { text-align: right }
td.long { white-space: normal; min-width: 300px }
.stat { display: flex; align-items: center; justify-content: center; height: 60%;
  font-size: 22px; font-weight: 600 }
.key i { display: inline-block; width: 14px; height: 3px; vertical-align: middle;
  margin-right: 4px }
.key { font-size: 11px; display: inline-block; margin-right: 12px }
.bar { display: grid; grid-template-columns: 55% 1fr 2.5em; gap: 6px;
  margin: 3px 0; font-size: 12px; align-items: center }
.bar i { height: 14px; display: block }
svg { display: block; width: 100% }
svg text { font: 11px "DejaVu Sans", sans-serif; fill: var(--text) }
svg text.filled { fill: var(--white) }
pre { background: var(--canvas); padding: 8px; white-space: pre-wrap; font-size: 11px;
  overflow-wrap: anywhere; margin: 4px 0 }
"""


def page(
    board: Board, answers: Answers, *, theme: str, chosen: Mapping[str, str]
) -> str:
    """Return *board* as HTML, with what its queries found, by the panels' titles."""
    panels = board.content["panels"]
    bottom = max(p["gridPos"]["y"] + p["gridPos"]["h"] for p in panels) * (ROW + GAP)
    drawn = "".join(_panel(panel, answers, chosen) for panel in panels)
    return (
        f'<!doctype html><html lang="en" data-theme="{theme}"><meta charset="utf-8">'
        f"<title>{_text(board.content['title'])}</title><style>{_STYLE}</style>"
        f'<body style="height:{bottom}px"><main>{drawn}</main>'
    )


def _panel(panel: Json, answers: Answers, chosen: Mapping[str, str]) -> str:
    at = panel["gridPos"]
    place = (
        f"left:{at['x'] * COLUMN}px;top:{at['y'] * (ROW + GAP)}px;"
        f"width:{at['w'] * COLUMN - GAP}px;height:{at['h'] * (ROW + GAP) - GAP}px"
    )
    if panel["type"] == "row":
        return f'<h2 style="{place}">{_text(panel["title"])}</h2>'
    found = answers.get(panel["title"], ())
    height = at["h"] * (ROW + GAP) - GAP - 40
    width = at["w"] * COLUMN - GAP - 18
    match panel["type"]:
        case "table":
            inner = _table(panel, found)
        case "stat":
            inner = _stat(panel, found)
        case "bargauge":
            inner = _bars(panel, found)
        case "timeseries":
            inner = _lines(panel, found, width, height)
        case "state-timeline":
            inner = _states(panel, found, width, height)
        case _:
            inner = _markdown(panel, chosen)
    return f'<section style="{place}"><h3>{_text(panel["title"])}</h3>{inner}</section>'


def _text(text: str) -> str:
    return html.escape(text)


def _fill(one: Cell) -> str:
    if one.filled and one.colour != NO_COLOUR:
        return f' filled" style="background:{one.colour}'
    return ""


def _table(panel: Json, found: Sequence[Sequence[Series]]) -> str:
    shown = table(panel, found)
    head = "".join(f"<th>{_text(title)}</th>" for title in shown.titles)
    rows = "".join(f"<tr>{''.join(map(_field, row))}</tr>" for row in shown.rows[:60])
    return f"<table><tr>{head}</tr>{rows}</table>"


def _field(one: Cell) -> str:
    kind = "long" if len(one.text) > 40 else ""
    return f'<td class="{kind}{_fill(one)}">{_text(one.text)}</td>'


def _stat(panel: Json, found: Sequence[Sequence[Series]]) -> str:
    values = [
        value for answer in found for one in answer for value in one.values.values()
    ]
    if not values:
        return '<div class="stat">no data</div>'
    one = cell(panel, "", values[-1])
    solid = panel["options"]["colorMode"] == "background_solid"
    filled = solid and one.colour != NO_COLOUR
    look = f' filled" style="background:{one.colour}' if filled else ""
    small = ";font-size:15px" if len(one.text) > 11 else ""
    look = look.replace('"background', f'"{small[1:]};background') if small else look
    return f'<div class="stat{look}">{_text(one.text)}</div>'


def _bars(panel: Json, found: Sequence[Sequence[Series]]) -> str:
    (answer,) = found
    most = max((v for one in answer for v in one.values.values()), default=1) or 1
    drawn = []
    for one in answer:
        title = legend(panel["targets"][0]["legendFormat"], one.labels)
        shown = cell(panel, title, [*one.values.values()][-1])
        share = float(shown.value) / most
        drawn.append(
            f'<div class="bar"><span>{_text(title)}</span>'
            f'<i style="width:{100 * share:.0f}%;background:{shown.colour}"></i>'
            f"<span>{_text(shown.text)}</span></div>"
        )
    return "".join(drawn)


def _lines(
    panel: Json, found: Sequence[Sequence[Series]], width: int, height: int
) -> str:
    named = [
        (legend(target["legendFormat"], one.labels), one.values)
        for target, answer in zip(panel["targets"], found, strict=True)
        for one in answer
    ]
    height -= 18 * ((len(named) + 2) // 3)
    top = max((v for _, values in named for v in values.values()), default=0) or 1
    times = [time for _, values in named for time in values]
    begin, end = min(times, default=0), max(times, default=1)
    span = (end - begin) or 1
    drawn = [f'<line x1="0" y1="{height}" x2="{width}" y2="{height}" stroke="gray"/>']
    keys = []
    for title, values in named:
        points = [
            (
                (time - begin) / span * width,
                height - value / top * (height - 14),
                cell(panel, title, value),
            )
            for time, value in values.items()
        ]
        drawn += [
            f'<line x1="{x:.1f}" y1="{y:.1f}" x2="{u:.1f}" y2="{v:.1f}"'
            f' stroke="{max((a, b), key=lambda c: c.value).colour}" stroke-width="2"/>'
            for (x, y, a), (u, v, b) in pairwise(points)
        ]
        last = points[-1][2]
        keys.append(
            f'<span class="key"><i style="background:{last.colour}"></i>'
            f"{_text(title)} {_text(last.text)}</span>"
        )
    label = cell(panel, "", top).text
    drawn.append(f'<text x="0" y="10">{_text(label)}</text>')
    return f'<svg height="{height + 2}">{"".join(drawn)}</svg>{"".join(keys)}'


def _states(
    panel: Json, found: Sequence[Sequence[Series]], width: int, height: int
) -> str:
    rows = [
        (legend(target["legendFormat"], one.labels), one.values)
        for target, answer in zip(panel["targets"], found, strict=True)
        for one in answer
    ]
    times = [time for _, values in rows for time in values]
    begin, end = min(times, default=0), max(times, default=1)
    left = min(max((len(title) for title, _ in rows), default=0) * 6.6 + 8, width / 2)
    each = min(height / max(len(rows), 1), 30)
    drawn = []
    for number, (title, values) in enumerate(rows):
        y = number * each
        drawn.append(f'<text x="0" y="{y + each / 2 + 4:.1f}">{_text(title)}</text>')
        drawn += _segments(panel, values, (left, y, width - left, each), (begin, end))
    return f'<svg height="{each * len(rows) + 1:.0f}">{"".join(drawn)}</svg>'


def _segments(
    panel: Json,
    values: Mapping[float, float],
    box: tuple[float, float, float, float],
    span: tuple[float, float],
) -> list[str]:
    left, y, width, each = box
    begin, end = span
    step = (end - begin) / max(len(values) - 1, 1)
    merged: list[tuple[float, float, Cell]] = []
    for time, value in values.items():
        one = cell(panel, "", value)
        if merged and merged[-1][2] == one and time - merged[-1][1] <= step * 1.5:
            merged[-1] = (merged[-1][0], time, one)
        else:
            merged.append((time, time, one))
    drawn = []
    for number, (since, until, one) in enumerate(merged):
        later = merged[number + 1][0] if number + 1 < len(merged) else until
        start = left + (since - begin) / ((end - begin) or 1) * width
        wide = max((later - since) / ((end - begin) or 1) * width, 2)
        if end == begin:
            wide = width
        drawn.append(
            f'<rect x="{start:.1f}" y="{y + 1:.1f}" width="{wide:.1f}"'
            f' height="{each - 2:.1f}" fill="{one.colour}"/>'
        )
        if wide > len(one.text) * 6.8 + 8:
            drawn.append(
                f'<text class="filled" x="{start + 4:.1f}" y="{y + each / 2 + 4:.1f}">'
                f"{_text(one.text)}</text>"
            )
    return drawn


def _markdown(panel: Json, chosen: Mapping[str, str]) -> str:
    content = panel["options"]["content"]
    for name, value in chosen.items():
        content = content.replace(f"${{{name}}}", value)
    before, code, after = content.split("```")
    commands = code.removeprefix("sh\n")
    return f"<p>{_text(before)}</p><pre>{_text(commands)}</pre><p>{_text(after)}</p>"
