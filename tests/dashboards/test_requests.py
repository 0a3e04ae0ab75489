"""What the boards say of pods that were denied SCTP, or that nobody looks."""

import pytest

from tests.dashboards.choices import LATELY, Choice, answers
from tests.dashboards.fleets import END
from tests.dashboards.grafana import table
from tests.dashboards.looks import EVIL
from tests.dashboards.server import Prometheus
from tests.dashboards.shown import Shown, boards
from tests.dashboards.test_panels import BOARDS

pytestmark = [pytest.mark.prometheus, pytest.mark.timeout(1200)]
_WHO = "Who asked for SCTP, and was denied"
_OVER_TIME = "Denied requests in five minutes, by pod"
_IN_ALL = "Requests for SCTP in five minutes"
_USERS = "Who uses SCTP"
_DENIED = Choice("east", node="worker-02")
_LOADABLE = Choice("calm", node="calm-0", known=LATELY)
_QUIET = Choice("calm", node="calm-1", known=LATELY)
_OFF = Choice("bare", node="bare-1", known=LATELY)
_BLIND = Choice("dark", node="dark-0", known=LATELY)


def _panel(board: str, title: str) -> Shown:
    (found,) = (p for p in BOARDS[f"grafana {board}"].panels() if p.title == title)
    return found


def _rows(panel: Shown, choice: Choice, prometheus: Prometheus) -> list[list[str]]:
    """Return the words of a table, line by line."""
    shown = table(panel.content, answers(panel, choice, prometheus))
    return [[one.text for one in row] for row in shown.rows]


def test_who_was_denied_last_why_and_who_was_not(prometheus: Prometheus) -> None:
    """Each workload has one line with everything; who was never denied is last."""
    [first, *_, last] = rows = _rows(_panel("sctp-node", _WHO), _DENIED, prometheus)

    assert {row[1] for row in rows} == {"amf-0", "smf-0", "(host)", "upf-0"}
    assert first[3].startswith("2026-")
    assert {row[2] for row in rows[:-1]} == {first[2]} != {""}
    assert last[:4] == ["core", "upf-0", "(not denied)", "-"]
    assert last[4] == "0"
    assert len(rows) == 4


@pytest.mark.parametrize(
    ("title", "choice", "row"),
    [
        (_WHO, _OFF, "(off by default: --watch-requests)"),
        (_WHO, _BLIND, "(not seen: no tracefs)"),
        (_WHO, _QUIET, "(none)"),
        (_USERS, _OFF, "(off by default: --workloads)"),
    ],
)
def test_table_says_why_it_is_empty(
    title: str, choice: Choice, row: str, prometheus: Prometheus
) -> None:
    """The only line says whether anybody looks."""
    [shown] = _rows(_panel("sctp-node", title), choice, prometheus)

    assert shown[0] == row
    assert {*shown[-2:]} == ({"0"} if row == "(none)" else {"-"})


@pytest.mark.parametrize("title", [_OVER_TIME, _IN_ALL])
@pytest.mark.parametrize(
    ("choice", "legend"),
    [
        pytest.param(_OFF, "off by default: --watch-requests", id="off"),
        pytest.param(_BLIND, "not seen: no tracefs", id="no tracefs"),
    ],
)
def test_graph_says_why_it_is_empty(
    title: str, choice: Choice, legend: str, prometheus: Prometheus
) -> None:
    """A line at 0 says so, and is the only one but those that count nothing."""
    panel = _panel("sctp-node", title)
    found = dict(zip(panel.legends, answers(panel, choice, prometheus), strict=True))
    [(_, [series])] = [(name, s) for name, s in found.items() if legend in name]

    assert {*series.values.values()} == {0}


def test_requests_over_time(prometheus: Prometheus) -> None:
    """Counters are told as what came in five minutes, or since they came."""
    panel = _panel("sctp-node", _OVER_TIME)
    pods, *reasons = answers(panel, _DENIED, prometheus)

    assert {one.labels["pod_name"] for one in pods} == {
        "amf-0",
        "smf-0",
        "(host)",
        "upf-0",
    }
    assert all(one.values[END] > 0 for one in pods if one.labels["pod_name"] != "upf-0")
    assert not [one for found in reasons for one in found if END in one.values]
    quiet = answers(panel, _QUIET, prometheus)
    assert [bool(found) for found in quiet] == [False, False, False, True]


def test_fleet(prometheus: Prometheus) -> None:
    """Pods of all nodes that denied any, without processes of the nodes themselves."""
    rows = _rows(
        _panel("sctp-fleet", "Pods that were denied SCTP"), Choice("east"), prometheus
    )
    pools = _rows(
        _panel("sctp-fleet", "Where pods were denied SCTP within an hour"),
        Choice("east"),
        prometheus,
    )

    assert {row[2] for row in rows} == {"amf-0", "smf-0"}
    assert all(row[3] and row[4] for row in rows)
    assert len(rows) == min(50, sum(int(pool[4]) for pool in pools))
    assert {pool[1] for pool in pools} == {"amf", "smf"}
    assert all(int(pool[4]) == 2 * int(pool[3]) > 0 for pool in pools)


@pytest.mark.parametrize(
    ("title", "flag"),
    [
        ("Pods that were denied SCTP", "--watch-requests"),
        ("Where pods were denied SCTP within an hour", "--watch-requests"),
        ("Pods with paths that are down", "--workloads"),
        ("Pods that use SCTP most", "--workloads"),
    ],
)
def test_fleet_says_that_it_is_off(
    title: str, flag: str, prometheus: Prometheus
) -> None:
    """Where no agent looks, the only line names the flag."""
    choice = Choice("bare", known=LATELY)
    [row] = _rows(_panel("sctp-fleet", title), choice, prometheus)

    assert f"(off by default: {flag})" in row


def test_hostile_names(prometheus: Prometheus) -> None:
    """What a pod calls itself changes no query, and stands there as it is."""
    choice = Choice("evil", node="evil-0", known=LATELY)
    who = _rows(_panel("sctp-node", _WHO), choice, prometheus)
    fleet = _rows(
        _panel("sctp-fleet", "Pods that were denied SCTP"), choice, prometheus
    )
    over_time = _panel("sctp-node", _OVER_TIME)
    [pods, *_] = answers(over_time, choice, prometheus)

    assert [EVIL, EVIL, "Blacklisted"] in [row[:3] for row in who]
    assert ["evil-0", EVIL, EVIL, "Blacklisted"] in [row[:4] for row in fleet]
    assert EVIL in {one.labels["pod_name"] for one in pods}


def test_names_are_text() -> None:
    """What pods are called stands in cells that interpret nothing, and in no link."""
    for board in boards():
        for panel in board.panels():
            if board.flavour == "grafana" and "pod_name" in "".join(panel.queries):
                text = str(panel.content["fieldConfig"])
                assert "pod_name" not in text
                assert not {"json-view", "image", "markdown"} & {*text.split("'")}
