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
from dashboards.links import DOCS
from dashboards.queries import ALERTS
from tests.dashboards.shown import Board, Json, Shown, boards
from tests.rules.promtool import RUNBOOKS
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
#: Keys that only Prometheus' part of Grafana knows, unlike the model.
_OF_ANNOTATIONS = re.compile(r"/annotations/list/\d+/(step|titleFormat|textFormat):")
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
    lost = [*_lost(board.content, _through_model(board.content))]

    assert [one for one in lost if not _OF_ANNOTATIONS.match(one)] == []


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

    assert plain == [
        panel["title"] for panel in ours.content["panels"] if panel["type"] != "row"
    ]


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
    (docs,) = (v for v in board.content["templating"]["list"] if v["name"] == "docs")

    assert {*re.findall(r'"/d/([\w-]+)', text)} <= {one.name for one in BOARDS}
    assert "${docs:raw}/runbooks/${__value.raw}.md" in text
    assert text.count("https://") == 1
    assert docs["query"] == DOCS
    assert f"{DOCS}/runbooks" == RUNBOOKS
    assert {*ALERTS} == {*RULES}
    assert all((TOP / "docs" / "runbooks" / f"{name}.md").exists() for name in ALERTS)


def test_links_lead_where_one_setting_says() -> None:
    """A site without a way to the internet names its own copy once."""
    ours = "https://wiki.example/sctp"
    texts = [text for path, text in rendered(ours) if "grafana" in str(path)]

    assert len(texts) == 4
    assert all(ours in text and DOCS not in text for text in texts)


def test_a_node_is_opened_with_all_that_was_chosen() -> None:
    """A link has the row's node and cluster, the data source, the pool and the time."""
    fleet = json.dumps(GRAFANA[0].content)
    links = {*re.findall(r"/d/sctp-node\?[^\"]*", fleet)}

    [link] = links
    assert link.split("?")[1].split("&") == [
        "var-node=${__data.fields.node}",
        "var-cluster=${__data.fields.place}",
        "${datasource:queryparam}",
        "${pool:queryparam}",
        "${__url_time_range}",
    ]
    for panel in GRAFANA[0].content["panels"]:
        if "/d/sctp-node?" in json.dumps(panel):
            assert all('"place"' in target["expr"] for target in panel["targets"])


@pytest.mark.parametrize("flavour", ["grafana", "console"])
def test_a_node_board_is_of_one_node(flavour: str) -> None:
    """Whoever opens it sees one node, never the sum of thousands."""
    (board,) = (b for b in BOARDS if (b.flavour, b.name) == (flavour, "sctp-node"))
    variables = {one["name"]: one for one in board.content["templating"]["list"]}
    asked = [query for panel in board.panels() for query in panel.queries]

    assert (variables["node"]["includeAll"], variables["node"]["multi"]) == (
        False,
        False,
    )
    assert all('node="$node"' in query for query in asked)


@pytest.mark.parametrize("board", GRAFANA, ids=lambda board: board.name)
def test_nothing_is_finer_than_the_rules(board: Board) -> None:
    """What is drawn over time asks for no more than is recorded, once a minute."""
    drawn = [p.content for p in board.panels() if not p.instant]

    assert drawn
    assert {panel["interval"] for panel in drawn} == {"1m"}


def test_commands_have_the_node_filled_in() -> None:
    """Three commands: the pod of this node, what it finds, what that means."""
    (board,) = (b for b in GRAFANA if b.name == "sctp-node")
    (text,) = (p for p in board.content["panels"] if p["type"] == "text")
    shown = text["options"]["content"].splitlines()

    assert shown[0] == "```sh"
    assert "spec.nodeName=${node},status.phase=Running" in shown[1]
    assert "'{.items[0].metadata.name}'" in shown[1]
    assert shown[2].endswith("sctp-node-agent check")
    assert shown[3].endswith("sctp-node-agent explain ${reason}")
