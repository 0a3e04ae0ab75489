"""The files that ship: as the source says, and fit for their readers."""

import json
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
import yaml
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.plugins import register_default_plugins
from grafana_foundation_sdk.models import dashboard as model

from dashboards.files import TOP, rendered
from dashboards.model import Colour
from dashboards.queries import ALERTS, RUNBOOKS
from tests.dashboards.shown import Board, Json, Shown, boards
from tests.rules.test_conventions import ALERTS as RULES

BOARDS = boards()
GRAFANA = [board for board in BOARDS if board.flavour == "grafana"]
CONSOLE = [board for board in BOARDS if board.flavour == "console"]
PANELS = [
    pytest.param(board, panel, id=f"{board.id}: {panel.title}")
    for board in BOARDS
    for panel in board.panels()
]
COMPONENTS = TOP / "daemonset" / "components"
#: What the console draws; it leaves out everything else without a word.
DRAWN = {"graph", "singlestat", "gauge", "table", "row"}


def test_files_are_up_to_date() -> None:
    """What ships is what the source says. If this fails: `make dashboards`."""
    expected = {TOP / path: text for path, text in rendered()}
    there = {
        *(TOP / "dashboards").glob("*/*.json"),
        *COMPONENTS.glob("*-dashboards/sctp-*.yaml"),
    }

    assert there == expected.keys()
    assert [path for path in there if path.read_text() != expected[path]] == []


@pytest.mark.parametrize("board", GRAFANA, ids=lambda board: board.name)
def test_grafanas_own_model_knows_it_all(board: Board) -> None:
    """Read and written by the model of Grafana's makers, nothing changes."""
    assert [*_lost(board.content, _through_model(board.content))] == []


@pytest.mark.parametrize(
    ("spoil", "where"),
    [
        pytest.param(lambda p: p.update(hight=3), "hight", id="misspelt"),
        pytest.param(
            lambda p: p["options"].update(showHeaders=True), "showHeaders", id="option"
        ),
        pytest.param(
            lambda p: p["targets"][0].update(legend="x"), "legend", id="query"
        ),
        pytest.param(
            lambda p: p["fieldConfig"]["defaults"].update(units="s"), "units", id="unit"
        ),
    ],
)
def test_model_notices(spoil: Any, where: str) -> None:  # noqa: ANN401 - a lambda
    """A key that Grafana does not know is found, wherever it is."""
    content = json.loads(json.dumps(GRAFANA[0].content))
    spoil(next(p for p in content["panels"] if p["type"] == "table"))

    assert any(where in lost for lost in _lost(content, _through_model(content)))


def _through_model(content: Json) -> Any:  # noqa: ANN401 - JSON
    register_default_plugins()
    return json.loads(JSONEncoder().encode(model.Dashboard.from_json(content)))


def _lost(ours: Any, theirs: Any, where: str = "") -> Iterator[str]:  # noqa: ANN401
    match ours, theirs:
        case dict(), dict():
            for key, value in ours.items():
                yield from _lost(value, theirs.get(key), f"{where}/{key}")
        case list(), list() if len(ours) == len(theirs):
            for at, (one, other) in enumerate(zip(ours, theirs, strict=True)):
                yield from _lost(one, other, f"{where}/{at}")
        case _ if ours != theirs:
            yield f"{where}: {ours!r} became {theirs!r}"


@pytest.mark.parametrize(("board", "panel"), PANELS)
def test_panel_explains_itself(board: Board, panel: Shown) -> None:
    """There is a title, a sentence about it, and a name for each series."""
    titles = [one.title for one in board.panels()]

    assert panel.title
    assert titles.count(panel.title) == 1
    assert re.fullmatch(r"[A-Z].{15,}\.", panel.description)
    assert panel.queries
    assert all(panel.legends)
    assert len({*panel.legends}) == len(panel.legends)


@pytest.mark.parametrize("board", GRAFANA, ids=lambda board: board.name)
def test_colours_are_those_that_all_can_tell_apart(board: Board) -> None:
    """Every colour is of the palette, and Grafana chooses none by itself."""
    text = json.dumps(board.content)
    colours = {*re.findall(r'"(?:color|fixedColor)": "([^"]+)"', text)}
    modes = {*re.findall(r'"color", "value": {"mode": "([^"]+)"', text)} | {
        *re.findall(r'"color": {"mode": "([^"]+)"', text)
    }

    assert colours
    assert colours <= {*Colour}
    assert modes <= {"fixed", "thresholds"}
    assert '"mode": "palette' not in text


@pytest.mark.parametrize("board", GRAFANA, ids=lambda board: board.name)
def test_each_line_has_its_own_colour(board: Board) -> None:
    """Two lines of a panel differ in colour, and none is left to Grafana."""
    for panel in board.content["panels"]:
        if panel["type"] == "timeseries":
            config = panel["fieldConfig"]
            colours = [_colour(override) for override in config["overrides"]]
            assert len(colours) == len(panel["targets"]), panel["title"]
            assert len({*colours}) == len(colours), panel["title"]


def _colour(override: Json) -> str:
    (found,) = (p["value"] for p in override["properties"] if p["id"] == "color")
    return str(found["fixedColor"])


@pytest.mark.parametrize("board", GRAFANA, ids=lambda board: board.name)
def test_panels_fill_the_grid(board: Board) -> None:
    """No two panels overlap, none leaves the 24 columns, and no line has a gap."""
    taken: list[tuple[int, int]] = []
    for panel in board.content["panels"]:
        at = panel["gridPos"]
        assert at["x"] >= 0
        assert at["x"] + at["w"] <= 24
        taken += [
            (x, y)
            for x in range(at["x"], at["x"] + at["w"])
            for y in range(at["y"], at["y"] + at["h"])
        ]
    lines = {y for _, y in taken}

    assert len({*taken}) == len(taken)
    assert {*taken} == {(x, y) for x in range(24) for y in lines}
    assert all(after == before + 1 for before, after in pairwise(sorted(lines)))


@pytest.mark.parametrize("board", CONSOLE, ids=lambda board: board.name)
def test_console_can_draw_it(board: Board) -> None:
    """Only old panels in rows of twelve columns, and choices that it understands."""
    panels = [panel for row in board.content["rows"] for panel in row["panels"]]
    variables = board.content["templating"]["list"]

    assert board.content["schemaVersion"] == 14
    assert {panel["type"] for panel in panels} <= DRAWN
    assert all(3 <= panel["span"] <= 12 for panel in panels)
    assert len({panel["id"] for panel in panels}) == len(panels)
    assert all(p["styles"] for p in panels if p["type"] == "table")
    assert {one["type"] for one in variables} <= {"query", "interval"}
    assert {one["hide"] for one in variables} == {0}
    for _, query in board.variables():
        assert re.fullmatch(r"label_values\((.*), (.*)\)", query)
    assert "$cluster" not in json.dumps(board.content)


@pytest.mark.parametrize("name", ["sctp-fleet", "sctp-node"])
def test_both_show_the_same(name: str) -> None:
    """What Grafana shows the console shows too, under the same headings."""
    ours, theirs = (
        next(b for b in BOARDS if (b.flavour, b.name) == (flavour, name))
        for flavour in ("grafana", "console")
    )
    plain = [
        re.sub(r" \((\d .*|how long ago)\)$", "", p.title) for p in theirs.panels()
    ]

    assert plain == [panel.title for panel in ours.panels()]


@pytest.mark.parametrize(
    ("component", "namespace", "label"),
    [
        (
            "console-dashboards",
            "openshift-config-managed",
            ("console.openshift.io/dashboard", "true"),
        ),
        ("grafana-dashboards", "sctp-node-agent", ("grafana_dashboard", "1")),
    ],
)
def test_config_map(component: str, namespace: str, label: tuple[str, str]) -> None:
    """Each has one dashboard under one key, where its reader looks, below the limit."""
    for path in COMPONENTS.glob(f"{component}/sctp-*.yaml"):
        found = yaml.safe_load(path.read_text())
        [text] = found["data"].values()

        assert found["metadata"]["namespace"] == namespace
        assert label in found["metadata"]["labels"].items()
        assert json.loads(text)["title"].startswith("SCTP")
        assert len(text) < 250_000  # of an annotation, which apply makes of it


@pytest.mark.parametrize("board", GRAFANA, ids=lambda board: board.name)
def test_links_lead_somewhere(board: Board) -> None:
    """Dashboards that are linked to exist, and so do the runbooks of all alerts."""
    text = json.dumps(board.content)

    assert {*re.findall(r'"/d/([\w-]+)', text)} <= {one.name for one in BOARDS}
    assert f"{RUNBOOKS}/${{__value.raw}}.md" in text
    assert {*ALERTS} == {*RULES}
    assert all((TOP / "docs" / "runbooks" / f"{name}.md").exists() for name in ALERTS)
