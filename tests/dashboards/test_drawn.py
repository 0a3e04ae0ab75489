"""Boards drawn in a real browser: pictures for the documentation, words to be read."""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files

import pytest
from playwright.sync_api import Browser, Page

from dashboards.files import TOP
from tests.browser.chromium import chromium
from tests.dashboards.choices import Choice
from tests.dashboards.conftest import asked_for
from tests.dashboards.drawing import page
from tests.dashboards.fleets import END
from tests.dashboards.gallery import SPAN, START, STEP, pictured
from tests.dashboards.recordings import record
from tests.dashboards.server import Prometheus, Series, serving, store
from tests.dashboards.shown import boards

pytestmark = [
    pytest.mark.browser,
    pytest.mark.prometheus,
    pytest.mark.timeout(600),
]
IMAGES, SHOTS = TOP / "docs" / "images", TOP / ".cache" / "screenshots"
BOARDS = {board.name: board for board in boards() if board.flavour == "grafana"}
THEMES = ("light", "dark")
WIDTH = 1440
_AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
_RUN_AXE = """() => axe.run({runOnly: ["color-contrast"]}).then((found) =>
  found.violations.flatMap((one) => one.nodes.map((node) => node.html)))"""


@dataclass(frozen=True, slots=True)
class Picture:
    """A board as somebody sees it, in the file boards-NAME.png.

    It begins with the heading *row*, or at the top, and is *height* high.
    """

    name: str
    board: str
    choice: Choice
    height: int
    theme: str = "light"
    row: str = ""


PICTURES = [
    Picture("fleet-healthy", "sctp-fleet", Choice("well"), 1000),
    Picture("fleet-troubled", "sctp-fleet", Choice("ill"), 1720, "dark"),
    Picture("fleet-500", "sctp-fleet", Choice("large"), 1000),
    Picture(
        "node", "sctp-node", Choice("ill", node="worker-03.lab.example"), 1450, "dark"
    ),
    Picture(
        "workloads",
        "sctp-node",
        Choice("ill", node="worker-03.lab.example"),
        860,
        row="Workloads",
    ),
]


@pytest.fixture(scope="module")
def gallery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
    """Serve the fleets for pictures."""
    folder = tmp_path_factory.mktemp("gallery")
    store(pictured(asked_for()), folder)
    record(folder, start=START, step=STEP)
    with serving(folder) as server:
        yield server


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start a browser."""
    with chromium() as browser:
        yield browser


@pytest.fixture
def sheet(browser: Browser) -> Iterator[Page]:
    """Return an empty page."""
    with browser.new_context(viewport={"width": WIDTH, "height": 900}) as context:
        yield context.new_page()


@pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: picture.name)
def test_drawn(
    picture: Picture,
    gallery: Prometheus,
    sheet: Page,
    update_screenshots: bool,  # noqa: FBT001  # a fixture
) -> None:
    """All words can be read in both themes, and the documentation has the pictures."""
    found = _found(picture, gallery)
    chosen = {"node": picture.choice.node, "reason": _reason(found)}
    SHOTS.mkdir(parents=True, exist_ok=True)
    complaints = []
    for theme in THEMES:
        sheet.set_content(
            page(BOARDS[picture.board], found, theme=theme, chosen=chosen)
        )
        sheet.screenshot(
            path=SHOTS / f"boards-{picture.name}-{theme}.png", full_page=True
        )
        if update_screenshots and theme == picture.theme:
            top = _top(sheet, picture.row)
            sheet.screenshot(
                path=IMAGES / f"boards-{picture.name}.png",
                full_page=True,
                clip={"x": 0, "y": top, "width": WIDTH, "height": picture.height},
            )
        sheet.evaluate(_AXE)
        complaints += sheet.evaluate(_RUN_AXE)

    assert complaints == []
    assert (IMAGES / f"boards-{picture.name}.png").stat().st_size < 350_000


def _top(sheet: Page, row: str) -> float:
    """Return where the heading *row* is, 0 without one."""
    if not row:
        return 0
    box = sheet.get_by_text(row, exact=True).bounding_box()
    assert box
    return box["y"]


def _found(picture: Picture, gallery: Prometheus) -> dict[str, list[list[Series]]]:
    return {
        panel.title: [
            gallery.at(query, END)
            if panel.instant
            else gallery.over(query, start=START, end=END, step=STEP)
            for query in map(picture.choice.fill, panel.queries)
        ]
        for panel in BOARDS[picture.board].panels()
    }


def _reason(found: dict[str, list[list[Series]]]) -> str:
    """Return what Grafana's hidden variable would hold."""
    rows = found.get("Verdict and reason", [[]])[0]
    return next((row.labels["reason"] for row in rows), "")


def test_there_is_as_much_as_a_board_opens_with() -> None:
    """A picture shows the time that a reader sees first."""
    assert {board.content["time"]["from"] for board in BOARDS.values()} == {
        f"now-{SPAN // 3600}h"
    }
