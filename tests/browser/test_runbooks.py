"""The runbooks in a real browser: readable by everybody, on a phone too."""

from importlib.resources import files

import pytest

from agent.runbooks import library
from tests.browser.theatre import SCHEMES, Visit

pytestmark = [pytest.mark.browser, pytest.mark.timeout(90)]

_AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
_RUN_AXE = """() => axe.run().then((found) => found.violations.map((violation) =>
  `${violation.impact} ${violation.id}: ${violation.nodes.map((n) => n.html)}`))"""
PAGES = ("", "SCTPUnavailable", "SCTPPodPathFailing")


@pytest.mark.parametrize("name", PAGES)
def test_readable(visit: Visit, name: str) -> None:
    """Axe has no objection, nothing is wider than a phone."""
    page = visit.open("ready", time_passes=True)
    page.get_by_role("link", name="Runbooks").click()
    if name:
        page.get_by_role("link", name=name, exact=True).click()
    page.set_viewport_size({"width": 360, "height": 800})

    assert page.url.endswith(f"/runbooks/{name}")
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    page.evaluate(_AXE)
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        assert page.evaluate(_RUN_AXE) == []


def test_links_lead_on(visit: Visit) -> None:
    """From a runbook to what it needs, and back to the node."""
    page = visit.open("ready")
    page.goto(f"{visit.theatre.address}runbooks/SCTPUnavailable")
    page.get_by_role("link", name="a shell on the node").first.click()

    assert page.url.endswith("/runbooks/node-shell")
    page.get_by_role("link", name="This node").click()
    assert page.url == visit.theatre.address
    assert "node-shell" in library.names()
