"""An open page hears of news at once, and costs the agent little until then.

The page's clock stands still: what comes has not been asked for by time.
"""

from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from agent.http.message import Request
from agent.requests.record import Outcome
from agent.workloads.owner import Owner, OwnerKind
from tests.browser.scenes import NOW, READY, UNAVAILABLE, Scene
from tests.browser.test_behaviour import EVIL, set_hidden
from tests.browser.theatre import INTERVAL, Visit
from tests.requests.sample import attempt

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

_WATCHED = Scene((UNAVAILABLE,), watched=True)


def _pod(name: str) -> Owner:
    return Owner(OwnerKind.POD, name, "core", name, "amf", command="amf")


def _open(visit: Visit) -> Page:
    """Return the page once it waits for news."""
    page = visit.open(_WATCHED)
    visit.theatre.tell()
    while "/news" not in visit.theatre.asked:
        page.wait_for_timeout(10)
    return page


def test_denied_pods(visit: Visit) -> None:
    """Pods are named as they are denied, one after the other, and then why."""
    page, theatre = _open(visit), visit.theatre

    for name in ("amf-0", "amf-1"):
        theatre.record.note(attempt(_pod(name)), Outcome.DENIED, NOW)
        expect(page.locator("#requests")).to_contain_text(f"core/{name}")
        page.clock.run_for(500)
    expect(page.locator("#requests")).to_contain_text("reason not known")
    theatre.record.hear(replace(UNAVAILABLE, checks=()))
    expect(page.locator("#requests")).to_contain_text("InstallOverride")


def test_verdict(visit: Visit) -> None:
    """Another verdict is shown as soon as there is one, too."""
    page = _open(visit)
    visit.theatre.publish(READY)

    expect(page.locator("#headline")).to_contain_text("SCTP works")


def test_hostile_names(visit: Visit) -> None:
    """What a pod calls itself is text, also where it comes while the page is open."""
    page = _open(visit)
    names = replace(_pod(EVIL), pod_namespace=EVIL, container=EVIL, command=EVIL)
    owners = (names, Owner(OwnerKind.HOST, unit=EVIL), Owner(problem=EVIL))
    for owner in owners:
        visit.theatre.record.note(attempt(owner), Outcome.DENIED, NOW)

    page.clock.run_for(INTERVAL * 1000)
    rows = page.locator("#requests tbody tr")
    expect(rows).to_have_count(len(owners))
    for row in rows.all():
        expect(row).to_contain_text("<img src=x onerror=alert(2)>\"'{{ 7*7 }}\\u202e")
    assert page.locator("img").count() == 0
    assert page.locator("script").count() == 1


@pytest.mark.parametrize(
    ("status", "asked_in_a_minute"),
    [
        pytest.param(204, 4, id="too many wait"),
        pytest.param(404, 4, id="a proxy that lets only the page through"),
        pytest.param(200, 5, id="news that never become visible"),
    ],
)
def test_no_storm(visit: Visit, status: int, asked_in_a_minute: int) -> None:
    """Who is not told of news asks as seldom as for the page."""
    page = visit.open("starting")
    page.route("**/news", lambda route: route.fulfill(status=status))
    page.goto(visit.theatre.address)
    for _ in range(60 * 4):
        page.clock.run_for(250)
        page.wait_for_timeout(1)
    asked = [r for r in visit.responses if r.url.endswith("/news")]

    assert 2 <= len(asked) <= asked_in_a_minute + 1
    assert visit.theatre.asked.count("/") <= 2 + 4 + asked_in_a_minute + 1
    visit.forgive("Failed to load resource")


def test_hidden_tab_does_not_wait(visit: Visit) -> None:
    """A page nobody looks at does not even wait, and hears it all when looked at."""
    page, theatre = _open(visit), visit.theatre
    with page.expect_event("requestfailed"):
        set_hidden(page, "true")
    theatre.record.note(attempt(_pod("amf-0")), Outcome.DENIED, NOW)
    page.clock.run_for(600_000)
    asked = list(theatre.asked)
    set_hidden(page, "false")

    assert asked == ["/", "/news"]
    expect(page.locator("#requests")).to_contain_text("core/amf-0")


def test_without_script(visit: Visit) -> None:
    """Without JavaScript a reload has the same, and nothing waits."""
    page = visit.open(_WATCHED, script=False)
    visit.theatre.tell()
    visit.theatre.answer(Request("GET", "/"))  # belated, of a page before this one
    visit.theatre.record.note(attempt(_pod("amf-0")), Outcome.DENIED, NOW)
    page.reload()

    expect(page.locator("#requests")).to_contain_text("core/amf-0")
    assert visit.theatre.asked == ["/", "/"]
