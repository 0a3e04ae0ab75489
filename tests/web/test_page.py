"""The page for people as text: what is in it, and what can never be."""

import base64
import gzip
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from agent.findings import (
    CheckResult,
    Compliance,
    Finding,
    Origin,
    Reason,
    Report,
    Status,
    Verdict,
)
from agent.http.message import Request, Response
from agent.report.latest import LatestReport
from agent.report.path_row import PathRow
from agent.web.page import Page
from agent.workloads.owner import Owner, OwnerKind
from agent.workloads.usage import Endpoint, Style, Workload, Workloads
from tests.reports import SAMPLE, STARTING, USERS

Show = Callable[..., Response]
_EVIL = "<script>alert('\"&')</script>`\u202e\x1b\n\udcff"


class _Clock:
    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


def _page(
    *reports: Report,
    age: float = 4.0,
    interval: float = 15.0,
    paths: Sequence[PathRow] = (),
    accept_encoding: str = "",
) -> Response:
    clock = _Clock()
    board = LatestReport(STARTING, clock=clock)
    for report in reports:
        board.publish(report)
    clock.seconds += age
    page = Page(board, interval=interval, patience=60.0, paths=lambda: paths)
    return page(Request("GET", "/", {"accept-encoding": accept_encoding}))


def _text(*reports: Report, age: float = 4.0) -> str:
    return _page(*reports, age=age).body.decode()


def test_page_is_made_once_a_second() -> None:
    """However often it is asked for; a new report is shown at once."""
    clock, made = _Clock(), []

    def paths() -> Sequence[PathRow]:
        made.append(clock.seconds)
        return ()

    board = LatestReport(STARTING, clock=clock)
    page = Page(board, interval=15.0, patience=60.0, paths=paths)
    for seconds, report in ((0.0, SAMPLE), (0.4, None), (0.4, None), (0.4, None)):
        clock.seconds += seconds
        if report:
            board.publish(report)
        for _ in range(10):
            page(Request("GET", "/"))
    assert len(made) == 2

    board.publish(replace(SAMPLE, node="renamed"))
    assert b"renamed" in page(Request("GET", "/")).body


def test_old_result_of_a_socket_shows_its_age() -> None:
    """Which namespace was tried a while ago is said beside its name, once."""
    old = replace(SAMPLE.sockets[0], netns="pod", age=240.0)
    page = _text(replace(SAMPLE, sockets=(*SAMPLE.sockets, old)))

    assert "a new pod&#39;s<small>tried 4 min ago</small>" in page
    assert page.count("tried ") == 1


def test_content() -> None:
    """The page says the verdict, the findings, where they come from, the remedy."""
    page = _text(replace(STARTING, time=SAMPLE.time), SAMPLE)

    for part in (
        "<title>worker-0: SCTP does not work now but will after a reboot</title>",
        "unavailable</b><span>no process can get a socket",
        "on demand</b><span>the first socket will load it",
        "no</b><span>SCTP is required here",
        'Evaluated <span id="ago">4 s</span> ago',
        "<code>kmod_blacklist</code>",
        "denied by <code>blacklist sctp</code> at /etc/modprobe.d/",
        "<li><code>/etc/modprobe.d/sctp-blacklist.conf:1</code>",
        '<code class="line">blacklist sctp</code></li>',
        "<b>Remedy</b> remove the line",
        "failed at <code>socket</code> with <code>EPROTONOSUPPORT</code>",
        "could not be tried at <code>namespace</code>",
        "<b>now</b> unknown",
        '<a href="metrics">',
        '<a href="report">',
    ):
        assert part in page


def test_since_when_and_what_was_written_last() -> None:
    """Whether the agent saw the verdict come, the boot, and the youngest file."""
    changed = {"path": "/etc/modprobe.d/CIS.conf", "time": 1_789_999_000.0}
    report = replace(SAMPLE, facts={"last_change": changed})
    found = _text(report)
    seen = _text(replace(STARTING, time=SAMPLE.time - 60), SAMPLE)

    assert "It was so when the agent began to look, <time" in found
    assert ">2026-09-10 00:26:40</time>." in found
    assert "Written last: <code>/etc/modprobe.d/CIS.conf</code>, <time" in found
    assert ">2026-09-21 13:56:40</time>." in found
    assert "It has been so since <time" in seen
    assert ">2026-09-21 14:15:00</time> UTC." in seen
    assert "Written last" not in seen


@pytest.mark.parametrize(
    ("pool", "cluster", "shown"),
    [
        pytest.param("amf", "east", "<small>pool amf, cluster east</small>", id="both"),
        pytest.param("amf", "", "<small>pool amf</small>", id="the pool"),
        pytest.param("", "east", "<small>cluster east</small>", id="the cluster"),
    ],
)
def test_where_the_node_is(pool: str, cluster: str, shown: str) -> None:
    """Pool and cluster stand beside the name, where they are known."""
    assert shown in _text(replace(SAMPLE, pool=pool, cluster=cluster))
    assert "<small>pool" not in _text(SAMPLE)


def test_reason_unfolds_and_commands_can_be_copied() -> None:
    """What the reason means is one click away, a command in a block of its own."""
    remedy = "run `systemctl restart systemd-modules-load` after `sctp` is written"
    verdict = replace(SAMPLE.verdict, remedy=remedy)
    page = _text(replace(SAMPLE, verdict=verdict))

    assert '<summary id="reason-summary"><code>Blacklisted</code>' in page
    assert "Blacklisted: a blacklist line in modprobe.d names sctp" in page
    assert page.count('<pre class="copy">') == 1
    assert '<pre class="copy">systemctl restart systemd-modules-load</pre>' in page


def test_before_the_first_report() -> None:
    """Before the first report the page says so, and shows nothing as known."""
    page = _text()

    assert "The first evaluation is under way" in page
    assert "Started <span" in page
    assert "Checks" not in page
    assert "Changes" not in page


@pytest.mark.parametrize(
    ("reports", "age", "warning"),
    [
        pytest.param((SAMPLE,), 60.0, None, id="in time"),
        pytest.param((SAMPLE,), 61.0, "<b>Outdated.</b>", id="late"),
        pytest.param((), 600.0, "<b>Stuck.</b>", id="never evaluated"),
    ],
)
def test_late(reports: tuple[Report, ...], age: float, warning: str | None) -> None:
    """A page about the past says that it is, without a script too."""
    page = _text(*reports, age=age)

    assert (warning or "") in page
    assert ("No evaluation has finished for" in page) is (warning is not None)


def test_escaping() -> None:
    """Nothing that stands on the node becomes markup, a control or an error."""
    finding = Finding(
        Status.SKIP, Reason.BLACKLISTED, _EVIL, (Origin(_EVIL, 1, _EVIL),)
    )
    hostile = replace(
        SAMPLE,
        agent_version=_EVIL,
        node=_EVIL,
        pool=_EVIL,
        cluster=_EVIL,
        kernel_release=_EVIL,
        os_name=_EVIL,
        verdict=Verdict(compliant=Compliance.FALSE, message=_EVIL, remedy=_EVIL),
        checks=(CheckResult(_EVIL, replace(finding, remedy=_EVIL + "!")),),
        sockets=(),
        workloads=Workloads((Workload(Owner(problem=_EVIL)),), problems=(_EVIL,)),
        facts={
            "socket_skipped": _EVIL,
            "last_change": {"path": _EVIL, "time": 1_789_999_000.0},
        },
    )
    row = PathRow(*(_EVIL,) * 4, ok=False, failure=_EVIL)
    page = _page(SAMPLE, hostile, paths=(row,)).body.decode()

    assert page.count("<script") == 1
    assert page.count("&lt;script&gt;alert(&#39;&#34;&amp;&#39;)&lt;/script&gt;") >= 15
    assert page.count("\\u202e\\x1b\\n\\udcff") >= 15
    assert not set("\u202e\x1b\udcff") & set(page)


def test_long_texts_and_lists() -> None:
    """A line without end and evidence without end are cut, and this is said."""
    origins = tuple(Origin("/etc/x.conf", n, "x" * 100_000) for n in range(1, 100))
    finding = Finding(Status.FAIL, Reason.BLACKLISTED, "y" * 100_000, origins)
    page = _text(replace(SAMPLE, checks=(CheckResult("kmod_blacklist", finding),)))

    assert len(page) < 50_000
    assert "x… (99600 more characters in /report)" in page
    assert "and 91 more in /report" in page


def test_paths() -> None:
    """Paths are shown with what came of them; without any there is no section."""
    far = ("pod", "ipv6", "same", "[fd02::1]:38412")
    rows = (
        PathRow(*far, ok=True, since=0.0, last_success=60.0, seconds=0.0021),
        PathRow(*far, ok=False, failure="large_lost", since=0.0),
        PathRow(*far, ok=None),
    )
    page = _page(SAMPLE, paths=rows).body.decode()

    assert page.count("<code>[fd02::1]:38412</code>") == 3
    for part in (
        "works</b><small>2.1 ms</small>",
        "fails</b><small>large lost</small>",
        "not yet</b><small></small>",
        "1970-01-01 00:01:00</time>",
        "none yet",
        "IPv6, same port",
    ):
        assert part in page
    assert 'id="paths"' not in _text(SAMPLE)


def test_workloads() -> None:
    """Who uses SCTP is shown, with what is wrong and what was not seen."""
    page = _text(SAMPLE)

    for part in (
        "core/amf-0<small>pod, container amf</small>",
        "<td>1<small>port 38412</small></td>",
        "<td>2<small>1 not established</small></td>",
        "&lt;b&gt;bgpd&lt;/b&gt;<small>host, frr.service</small>",
        "not known<small>it has ended</small>",
        "Not seen: <code>/proc/7/fd: permission denied</code>",
    ):
        assert part in page


@pytest.mark.parametrize(
    "workloads",
    [
        pytest.param(None, id="nobody asked"),
        pytest.param(Workloads(stack=True, time=1.0), id="nobody uses it"),
    ],
)
def test_no_workloads(workloads: Workloads | None) -> None:
    """Where there is nothing to show, there is no section."""
    assert 'id="workloads"' not in _text(replace(SAMPLE, workloads=workloads))


def test_many_workloads() -> None:
    """A row is a few lines; the rest is counted, and the page stays light."""
    many = ("u" * 36, "n" * 63, "p" * 253)
    endpoints = tuple(Endpoint(n, Style.ONE_TO_MANY, (), 0, 0) for n in range(1, 9))
    user = Workload(Owner(OwnerKind.POD, *many), endpoints)
    unnamed = Workload(Owner(OwnerKind.POD, "f00d"))
    seen = replace(USERS, users=(unnamed, *(user,) * 99), time=None)
    page = _text(replace(SAMPLE, workloads=seen))

    assert len(page) < 60_000
    assert "f00d<small>pod</small>" in page
    assert "port 1, 2, 3, 4, …" in page
    assert "and 68 more in /report" in page


def test_policy() -> None:
    """The page may use its own style sheet and script and nothing else."""
    response = _page(SAMPLE)
    policy = dict(response.headers)["Content-Security-Policy"]
    allowed = {}
    for element in ("style", "script"):
        start, end = f"<{element}>".encode(), f"</{element}>".encode()
        inline = response.body.partition(start)[2].partition(end)[0]
        digest = base64.b64encode(hashlib.sha256(inline).digest()).decode()
        allowed[element] = f"{element}-src 'sha256-{digest}'; "

    assert policy.startswith("default-src 'none'; " + "".join(allowed.values()))
    assert "unsafe" not in policy
    assert b" style=" not in response.body
    assert b" onclick=" not in response.body


def test_gzip() -> None:
    """Who accepts gzip gets the same page in a quarter of the bytes."""
    plain = _page(SAMPLE)
    small = _page(SAMPLE, accept_encoding="gzip")

    assert plain.body == gzip.decompress(small.body)
    assert len(small.body) < len(plain.body) / 2
    assert ("Content-Encoding", "gzip") in small.headers


@pytest.mark.parametrize(
    ("interval", "refresh"),
    [
        pytest.param(1.0, 5, id="often"),
        pytest.param(15.0, 15, id="as evaluated"),
        pytest.param(3600.0, 60, id="rarely"),
    ],
)
def test_refresh(interval: float, refresh: int) -> None:
    """The page asks as often as there can be news, within reason."""
    page = _page(SAMPLE, interval=interval).body.decode()

    assert f'data-refresh="{refresh}"' in page
