"""Every state of the page in a real browser: how it looks, and for everybody."""

from importlib.resources import files
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.scenes import SCENES
from tests.browser.theatre import SCHEMES, Scheme, Visit

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

TOP = Path(__file__).parents[2]
SHOTS, IMAGES = TOP / ".cache/screenshots", TOP / "docs/images"
WIDTHS = (360, 768, 1440)
DOCUMENTED = ("ready", "unavailable", "unknown")
_PNG = b"\x89PNG\r\n\x1a\n"
_AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
_RUN_AXE = """() => axe.run().then((found) => found.violations.map((violation) =>
  `${violation.impact} ${violation.id}: ${violation.nodes.map((n) => n.html)}`))"""


def _use(page: Page, scheme: Scheme) -> None:
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")


@pytest.mark.parametrize("scene", SCENES)
def test_screenshots(visit: Visit, scene: str) -> None:
    """Each state fits phones, tablets and wide screens, in light and dark."""
    page = visit.open(scene)
    SHOTS.mkdir(parents=True, exist_ok=True)

    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") == width
        for scheme in SCHEMES:
            _use(page, scheme)
            path = SHOTS / f"{scene}-{width}-{scheme}.png"
            page.screenshot(path=path, full_page=True)


@pytest.mark.parametrize("scene", SCENES)
def test_accessible(visit: Visit, scene: str) -> None:
    """Axe finds nothing to object to in a page with everything unfolded."""
    page = visit.open(scene, width=768, time_passes=True)
    page.evaluate(_AXE)
    complaints = []

    for summary in page.locator("summary").all():
        summary.click()
    for scheme in SCHEMES:
        _use(page, scheme)
        complaints += page.evaluate(_RUN_AXE)

    assert complaints == []


@pytest.mark.parametrize("scene", DOCUMENTED)
def test_documented(visit: Visit, scene: str, update_screenshots: bool) -> None:  # noqa: FBT001  # a fixture
    """The documentation shows three states in both schemes, as they are."""
    page = visit.open(scene, width=960)
    if update_screenshots:
        IMAGES.mkdir(parents=True, exist_ok=True)
        page.set_viewport_size({"width": 960, "height": 640})

    for scheme in SCHEMES:
        path = IMAGES / f"page-{scene}-{scheme}.png"
        _use(page, scheme)
        if update_screenshots:
            page.screenshot(path=path)
        assert path.read_bytes().startswith(_PNG)
        assert path.stat().st_size < 100_000
