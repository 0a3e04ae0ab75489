"""Colours: to be read by all, one for each word, and none that alarms without need."""

import json
import re
from collections.abc import Iterator
from itertools import pairwise

import pytest

from dashboards.model import BAD, Colour
from tests.dashboards.choices import LATELY, Choice, answers
from tests.dashboards.grafana import seen
from tests.dashboards.server import Prometheus
from tests.dashboards.shown import Board, Json, Shown, boards

BOARDS = {board.id: board for board in boards()}
GRAFANA = [board for board in BOARDS.values() if board.flavour == "grafana"]
#: Grafana's panels, which its lines are drawn on, and the white that it writes with
#: on what is no brighter than 180 of 255.
PANELS = {"dark": "#181b1f", "light": "#ffffff"}
WRITING, BRIGHT = "#f7f8fa", 180
TEXT, LINE = 4.5, 3.0
#: What the console puts a stat's number in.
ALARMS = {"orange", "red"}


def _channels(colour: str) -> list[int]:
    return [int(colour[at : at + 2], 16) for at in (1, 3, 5)]


def _luminance(colour: str) -> float:
    shares = [channel / 255 for channel in _channels(colour)]
    linear = [
        s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares
    ]
    return sum(w * s for w, s in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def _contrast(one: str, other: str) -> float:
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("colour", Colour)
def test_contrast(colour: str) -> None:
    """White words can be read on it, lines in it be seen, in both themes."""
    red, green, blue = _channels(colour)

    assert (299 * red + 587 * green + 114 * blue) / 1000 <= BRIGHT
    assert _contrast(colour, WRITING) >= TEXT
    assert all(_contrast(colour, panel) >= LINE for panel in PANELS.values())


def test_the_computation_of_contrast() -> None:
    """It is that of the Web Content Accessibility Guidelines."""
    assert _contrast("#000000", "#ffffff") == pytest.approx(21)
    assert _contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("board", GRAFANA, ids=lambda board: board.name)
def test_nothing_is_written_in_colour_or_on_half_of_one(board: Board) -> None:
    """No fixed colour can be read as text in both themes: it is behind the words."""
    for panel in board.panels():
        match panel.content["type"]:
            case "stat":
                assert panel.content["options"]["colorMode"] in {
                    *("none", "background_solid"),
                }
            case "state-timeline":
                custom = panel.content["fieldConfig"]["defaults"]["custom"]
                assert custom["fillOpacity"] == 100
            case "table":
                assert '"color-text"' not in json.dumps(panel.content)


@pytest.mark.parametrize("board", GRAFANA, ids=lambda board: board.name)
def test_colours_are_those_of_the_palette(board: Board) -> None:
    """Grafana chooses no colour by itself, in none of its places."""
    text = json.dumps(board.content)
    colours = {*re.findall(r'"(?:color|fixedColor|iconColor)": "([^"]+)"', text)}
    modes = {*re.findall(r'{"mode": "([^"]+)"', text)}

    assert colours
    assert colours <= {*Colour, "transparent"}
    assert "palette" not in " ".join(modes)


def _words() -> Iterator[tuple[str, str]]:
    for board in GRAFANA:
        for panel in board.panels():
            for mapping in _mappings(panel.content["fieldConfig"]):
                yield from (
                    (one["text"], one["color"])
                    for one in mapping.values()
                    if "color" in one
                )


def _mappings(config: Json) -> Iterator[Json]:
    own = [one for o in config["overrides"] for one in o["properties"]]
    found = [one["value"] for one in own if one["id"] == "mappings"]
    for mappings in (config["defaults"].get("mappings", []), *found):
        yield from (one["options"] for one in mappings if one["type"] == "value")


def test_a_word_has_one_colour_everywhere() -> None:
    """Who has learnt what a colour means need not learn it again."""
    colours: dict[str, set[str]] = {}
    for word, colour in _words():
        colours.setdefault(word, set()).add(colour)

    assert len(colours) > 20
    assert {word: found for word, found in colours.items() if len(found) > 1} == {}


@pytest.mark.parametrize("board", GRAFANA, ids=lambda board: board.name)
def test_each_line_has_its_own_colour(board: Board) -> None:
    """Two lines of a panel differ in colour, and bad news is grey while it is at 0."""
    for panel in board.panels():
        if panel.content["type"] == "timeseries":
            overrides = panel.content["fieldConfig"]["overrides"]
            colours = [_colour(override) for override in overrides]
            assert len(colours) == len(panel.queries), panel.title
            assert len({*colours}) == len(colours), panel.title


def _colour(override: Json) -> str:
    own = {one["id"]: one["value"] for one in override["properties"]}
    if own["color"]["mode"] == "fixed":
        assert own["color"]["fixedColor"] not in BAD
        return str(own["color"]["fixedColor"])
    calm, bad = own["thresholds"]["steps"]
    assert own["custom.gradientMode"] == "scheme"
    assert calm["color"] == Colour.GREY
    assert 0 < bad["value"] < 1e-6
    return str(bad["color"])


HEALTHY = [
    *(
        pytest.param(
            "grafana sctp-fleet", Choice(name, known=LATELY), id=f"{name} fleet"
        )
        for name in ("calm", "bare", "shut")
    ),
    *(
        pytest.param(
            "grafana sctp-node", Choice(cluster, node=node, known=LATELY), id=node
        )
        for cluster, node in (
            *(("calm", "calm-0"), ("calm", "calm-1"), ("bare", "bare-0")),
            *(("bare", "bare-1"), ("shut", "shut-0")),
        )
    ),
    *(
        pytest.param(
            "console sctp-fleet", Choice(pool=pool, known=LATELY), id=f"console, {pool}"
        )
        for pool in ("calm", "bare", "shut")
    ),
    *(
        pytest.param(
            "console sctp-node",
            Choice(pool=".+", node=node, known=LATELY),
            id=f"console, {node}",
        )
        for node in ("calm-0", "calm-1", "bare-0", "bare-1", "shut-0")
    ),
]


@pytest.mark.prometheus
@pytest.mark.parametrize(("board", "choice"), HEALTHY)
def test_all_well_shows_nothing_bad(
    board: str, choice: Choice, prometheus: Prometheus
) -> None:
    """Healthy fleets, with and without path probes, and sockets that may be opened."""
    bad = {word for word, colour in _words() if colour in BAD}
    alarming = {
        f"{panel.title}: {text}"
        for panel in BOARDS[board].panels()
        for text in _alarms(panel, choice, prometheus, bad)
    }

    assert alarming == set()


@pytest.mark.prometheus
@pytest.mark.parametrize(
    ("board", "choice", "panel", "word"),
    [
        pytest.param(
            "grafana sctp-node",
            Choice("east", node="worker-47"),
            "Paths over time",
            "fails",
            id="a path",
        ),
        pytest.param(
            "console sctp-node",
            Choice(pool=".+", node="worker-47"),
            "Paths over time",
            "fails",
            id="a path in the console",
        ),
        pytest.param(
            "grafana sctp-fleet", Choice("east"), "Agents stale", "1", id="a number"
        ),
        pytest.param(
            "grafana sctp-node",
            Choice("east", node="worker-02"),
            "Denied requests in five minutes, by pod",
            "60",
            id="a denied pod",
        ),
        pytest.param(
            "console sctp-fleet", Choice(pool="amf"), "Agents down", "1", id="console"
        ),
    ],
)
def test_what_is_wrong_alarms(
    board: str, choice: Choice, panel: str, word: str, prometheus: Prometheus
) -> None:
    """The same look at what is not well finds it."""
    bad = {word for word, colour in _words() if colour in BAD}
    (shown,) = (
        p for p in BOARDS[board].panels() if re.fullmatch(rf"{panel}( \(.*)?", p.title)
    )

    assert word in {*_alarms(shown, choice, prometheus, bad)}


def _alarms(
    panel: Shown, choice: Choice, prometheus: Prometheus, bad: set[str]
) -> Iterator[str]:
    """Yield the words of *panel* that are bad, or in a bad colour."""
    found = answers(panel, choice, prometheus)
    if "fieldConfig" in panel.content:
        cells = [*seen(panel.content, found)]
        yield from (one.text for one in cells if one.colour in BAD or one.text in bad)
        return
    for answer in found:
        for one in answer:
            yield from bad & {*one.labels.values()}
            for value in one.values.values():
                yield from _of_console(panel.content, value, bad)


def _of_console(panel: Json, value: float, bad: set[str]) -> Iterator[str]:
    words = {one["value"]: one["text"] for one in panel.get("valueMaps", ())}
    words |= dict(re.findall(r"[(,] ?(\d+) ([a-z ]+)", panel["title"]))
    word = words.get(f"{value:g}", f"{value:g}")
    steps = panel.get("options", {}).get("fieldOptions", {}).get("thresholds", [])
    colours = [s["color"] for s in steps if s["value"] is None or value >= s["value"]]
    if word in bad or ALARMS & {*colours[-1:]}:
        yield word


def test_thresholds_rise() -> None:
    """Who looks for the last step that a value has reached finds the right one."""
    for board in GRAFANA:
        for steps in re.findall(r'"steps": (\[[^]]*\])', json.dumps(board.content)):
            values = [step["value"] for step in json.loads(steps)]
            assert values[0] is None
            assert all(one < next_one for one, next_one in pairwise(values[1:]))
