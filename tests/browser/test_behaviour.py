"""The page in use: hostile nodes, no script, keyboards, and time that passes."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from playwright.sync_api import Page, Route, expect

from agent.checks import discover
from agent.findings import CheckResult, Finding, Origin, Reason, Status
from tests.browser.scenes import (
    ON_DEMAND,
    READY,
    REMEDY,
    SCENES,
    UNAVAILABLE,
    UNKNOWN,
    Scene,
)
from tests.browser.theatre import Visit, let_pass

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

_LIMIT = 50_000
#: What somebody might write into a file, or call a process.
EVIL = (
    "install sctp </code></style></script><script>alert(1)</script>"
    "<img src=x onerror=alert(2)>\"'{{ 7*7 }}\u202eelif\u202c\x1b[2J\udcff"
)
_ACTIVE = """() => {
  const it = document.activeElement;
  const seen = getComputedStyle(it).outlineStyle !== "none";
  return [it.id || it.getAttribute("href") || it.tagName, seen];
}"""


def _failing(text: str) -> CheckResult:
    origin = Origin(f"/etc/modprobe.d/{text}", 1, text)
    finding = Finding(Status.FAIL, Reason.BLACKLISTED, text, (origin,), text)
    return CheckResult("kmod_blacklist", finding)


def test_hostile_line(visit: Visit) -> None:
    """A line of a file of the node is text, whatever it looks like."""
    verdict = replace(UNAVAILABLE.verdict, message=EVIL, remedy=EVIL)
    hostile = replace(
        UNAVAILABLE,
        node=EVIL,
        os_name=EVIL,
        kernel_release=EVIL,
        verdict=verdict,
        checks=(_failing(EVIL),),
    )
    page = visit.open(Scene((READY, hostile)))
    let_pass(page)

    shown = page.locator(".evidence .line").inner_text()
    assert "<img src=x onerror=alert(2)>\"'{{ 7*7 }}\\u202eelif\\u202c" in shown
    assert shown.endswith("\\x1b[2J\\udcff")
    assert page.locator("img").count() == 0
    assert page.locator("script").count() == 1


def test_weight(visit: Visit) -> None:
    """A node where everything fails, and has kept changing, is one light page."""
    message = "sctp is kept from loading by `install sctp /bin/true` at /etc/CIS.conf:2"
    origins = tuple(Origin("/etc/modprobe.d/CIS.conf", n, message) for n in (1, 2))
    finding = Finding(
        Status.FAIL, Reason.INSTALL_OVERRIDE, message, origins, f"{REMEDY}!"
    )
    checks = tuple(CheckResult(check.name, finding) for check in discover())
    bad = replace(UNAVAILABLE, checks=checks, sockets=UNKNOWN.sockets)
    reports = tuple(
        replace(report, time=report.time + minute * 60)
        for minute in range(9)
        for report in (bad, READY)
    )
    visit.open(Scene((*reports, bad), SCENES["ready"].paths))

    assert len(visit.theatre.board.history) == 50
    (response,) = visit.responses
    assert response.header_value("content-encoding") == "gzip"
    assert len(response.body()) < _LIMIT


def test_without_script(visit: Visit) -> None:
    """Without JavaScript everything can be read and unfolded, and it stays current."""
    page = visit.open("unavailable", script=False)

    expect(page.locator("#age")).to_have_text("Evaluated 4 s ago, 14:15:00 UTC")
    expect(page.locator("#headline")).to_contain_text("SCTP does not work now")
    expect(page.locator(".evidence").first).to_contain_text("install sctp /bin/true")
    page.locator("#passed-summary").click()
    expect(page.locator("#passed li").first).to_be_visible()
    expect(page.locator('meta[http-equiv="refresh"]')).to_have_count(1)
    expect(page.locator("button")).to_have_count(0)


def test_keyboard(visit: Visit) -> None:
    """The tab key reaches every control, and shows which; enter works it."""
    page = visit.open("unknown")
    controls = page.locator("a, button, summary, [tabindex]").count()
    reached = []

    for _ in range(controls):
        page.keyboard.press("Tab")
        reached.append(tuple(page.evaluate(_ACTIVE)))
    page.locator("#passed-summary").focus()
    page.keyboard.press("Enter")

    assert all(seen for _, seen in reached)
    assert len(set(reached)) == controls
    assert page.locator("#passed").get_attribute("open") is not None


def test_refresh(visit: Visit) -> None:
    """News come without a touch, and take nothing from under the reader."""
    page = visit.open("unavailable", width=360)
    page.locator("#passed-summary").click()
    page.evaluate("window.kept = document.getElementById('sockets')")
    place = page.locator("#passed").bounding_box()
    visit.theatre.publish(replace(ON_DEMAND, sockets=UNAVAILABLE.sockets))
    let_pass(page)

    expect(page.locator("#headline")).to_contain_text("SCTP can be used")
    expect(page.locator("#news")).to_contain_text("SCTP can be used")
    expect(page).to_have_title("worker-0: " + page.locator("#headline").inner_text())
    assert page.locator("#passed").get_attribute("open") is not None
    assert page.evaluate(_ACTIVE)[0] == "passed-summary"
    assert page.evaluate("window.kept.isConnected")
    assert place is not None


def test_refresh_keeps_the_place(visit: Visit) -> None:
    """What is being read stays where it is when something above it grows."""
    page = visit.open("ready", width=360)
    page.locator("#history").scroll_into_view_if_needed()
    before = page.locator("#sockets").bounding_box()
    visit.theatre.publish(replace(UNAVAILABLE, sockets=READY.sockets))
    let_pass(page)

    expect(page.locator("#headline")).to_contain_text("does not work")
    after = page.locator("#sockets").bounding_box()
    assert before is not None
    assert after is not None
    assert before["y"] == pytest.approx(after["y"], abs=2)


def test_sections_come_and_go(visit: Visit) -> None:
    """Sections that were not there at first appear in their order, and go again."""
    page = visit.open("starting")
    visit.theatre.set(SCENES["ready"])
    let_pass(page)
    expect(page.locator("main > section")).to_have_count(5)
    order = page.locator("main > section").evaluate_all("all => all.map((s) => s.id)")
    visit.theatre.set(SCENES["on_demand"])
    let_pass(page)

    assert order == ["verdict", "checks", "sockets", "paths", "history"]
    expect(page.locator("#paths")).to_have_count(0)


def test_selected_text_stays(visit: Visit) -> None:
    """What somebody is about to copy is not replaced under the pointer."""
    page = visit.open("unavailable")
    page.locator("#verdict .remedy").select_text()
    visit.theatre.publish(READY)
    let_pass(page)
    selected = page.evaluate("String(getSelection())")
    page.evaluate("getSelection().removeAllRanges()")
    let_pass(page)

    assert REMEDY in selected
    expect(page.locator("#headline")).to_contain_text("SCTP works")


def test_pause(visit: Visit) -> None:
    """Who pauses the page has it stand still, and current again on request."""
    page = visit.open("unavailable")
    page.get_by_role("button", name="Pause updates").click()
    visit.theatre.publish(READY)
    page.clock.run_for(60_000)
    requests = len(visit.responses)
    with page.expect_request_finished():
        page.get_by_role("button", name="Resume updates").click()

    assert requests == 1
    expect(page.locator("#headline")).to_contain_text("SCTP works")


@pytest.mark.parametrize(
    "fail",
    [
        pytest.param(lambda route: route.abort(), id="no connection"),
        pytest.param(lambda route: route.fulfill(status=503), id="an error"),
        pytest.param(
            lambda route: route.fulfill(body="<p>Log in", content_type="text/html"),
            id="another page",
        ),
    ],
)
def test_lost(visit: Visit, fail: Callable[[Route], None]) -> None:
    """When the agent does not answer, the page says so, ages, and recovers."""
    page = visit.open("ready")
    page.route("**/*", fail)
    page.clock.run_for(15_000)
    expect(page.locator("#lost")).to_contain_text("No answer from the agent since")
    page.clock.run_for(1_000)
    ago = page.locator("#ago").inner_text()
    page.unroute("**/*")
    let_pass(page)

    expect(page.locator("#lost")).to_be_hidden()
    assert ago == "20 s"
    visit.forgive("Failed to load resource")


def test_upgrade(visit: Visit) -> None:
    """A page of an agent that has been replaced makes way for that of the new one."""
    page = visit.open("ready")
    visit.theatre.publish(replace(UNAVAILABLE, agent_version="9.9.9"))
    with page.expect_navigation():
        page.clock.run_for(15_000)

    expect(page.locator("#about")).to_contain_text("sctp-node-agent 9.9.9")
    expect(page.locator("#headline")).to_contain_text("does not work")


def test_hidden_tab_asks_nothing(visit: Visit) -> None:
    """A page nobody looks at lets the agent be, and catches up when looked at."""
    page = visit.open("unavailable")
    set_hidden(page, "true")
    page.clock.run_for(600_000)
    requests = len(visit.responses)
    visit.theatre.publish(READY)
    with page.expect_request_finished():
        set_hidden(page, "false")

    assert requests == 1
    expect(page.locator("#headline")).to_contain_text("SCTP works")


def set_hidden(page: Page, value: str) -> None:
    """Let the page be hidden from now on, or be seen."""
    page.evaluate(
        f"""Object.defineProperty(document, "hidden", {{
          configurable: true, get: () => {value} }});
        document.dispatchEvent(new Event("visibilitychange"));"""
    )
