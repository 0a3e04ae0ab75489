"""Every panel, asked of a real Prometheus that holds fleets of all kinds."""

import math
import re
from collections.abc import Callable, Iterator, Mapping

import pytest

from agent.findings import Compliance, Expectation, Reason, State, Verdict
from dashboards.model import Unit
from tests.dashboards.choices import ALL, CASES, LATELY, Choice, answers
from tests.dashboards.fleets import DAY, END, STEP, troubled
from tests.dashboards.looks import verdict
from tests.dashboards.server import Prometheus, Series
from tests.dashboards.shown import Board, Shown, boards, filled

pytestmark = [pytest.mark.prometheus, pytest.mark.timeout(1200)]
#: Seconds of a processor, since what else a machine does must not decide.
DEAREST = 1.0
BOARDS = {board.id: board for board in boards()}


@pytest.mark.parametrize(("board", "choice"), CASES)
def test_panels_have_data_in_their_unit(
    board: str, choice: Choice, prometheus: Prometheus
) -> None:
    """No panel is empty, out of its unit's range, or costs a second of a processor."""
    wrong = []
    for panel in BOARDS[board].panels():
        before = prometheus.spent()
        found = answers(panel, choice, prometheus)
        if (spent := prometheus.spent() - before) > DEAREST:
            wrong.append(f"{panel.title}: took {spent:.2f} s")
        wrong += [f"{panel.title}: {wrong}" for wrong in _complaints(panel, found)]

    assert wrong == []


@pytest.mark.parametrize("board", ["grafana sctp-fleet", "grafana sctp-node"])
def test_nobody_to_ask_is_not_well(board: str, prometheus: Prometheus) -> None:
    """Where there is no agent no panel shows anything, a comforting 0 least of all."""
    choice = Choice("nowhere", known=LATELY)
    filled_panels = [
        panel.title
        for panel in BOARDS[board].panels()
        if any(answers(panel, choice, prometheus))
    ]

    assert filled_panels == []


def _complaints(panel: Shown, found: list[list[Series]]) -> Iterator[str]:
    values = [
        (value, unit)
        for unit, answer in zip(panel.units, found, strict=True)
        for one in answer
        for value in one.values.values()
        if not math.isnan(value)
    ]
    if not values and not _says_that_there_is_none(found):
        yield "no data"
    yield from (f"{v} is no {unit}" for v, unit in values if not _fits(v, unit, panel))


def _says_that_there_is_none(found: list[list[Series]]) -> bool:
    """Say whether it is the one line that says that there is nothing to tell."""
    [labels] = [one.labels for one in found[0]] or [{}]
    texts = ("(none)", "(off by default: --", "(not seen: ")
    return any(
        labels.get(at, "").startswith(texts) for at in ("node", "pod_name", "pool")
    )


def _fits(value: float, unit: Unit, panel: Shown) -> bool:
    match unit:
        case Unit.COUNT:
            return value >= 0 and value == int(value)
        case Unit.SHARE:
            return 0 <= value <= 1
        case Unit.SECONDS:
            return 0 <= value <= 2 * DAY or "long ago" in panel.title
        case Unit.RATE:
            return 0 <= value < 1_000_000
        case _:
            return 1_700_000_000_000 < value <= END * 1000


def _panel(board: str, title: str) -> Shown:
    (found,) = (p for p in BOARDS[board].panels() if p.title == title)
    return found


def _count(wanted: Callable[[Verdict, Expectation], bool]) -> int:
    """Return how many of the fifty nodes that answer are as *wanted*."""
    answering = (node.after for node in troubled(50) if not node.down)
    return sum(wanted(*verdict(look)) for look in answering)


def _meets(state: State, expected: Expectation) -> bool:
    return state.usable is (expected is Expectation.REQUIRED)


@pytest.mark.parametrize(
    ("title", "value"),
    [
        ("Nodes", 50),
        ("As expected now", _count(lambda v, e: _meets(v.state, e))),
        ("And after a reboot", _count(lambda v, e: _meets(v.boot_state, e))),
        ("Not as expected", _count(lambda v, _: v.compliant is Compliance.FALSE)),
        ("Cannot tell", _count(lambda v, _: v.compliant is Compliance.UNKNOWN)),
        ("Agents down", 1),
        ("Agents stale", 1),
        ("Drifted", 1),
    ],
)
def test_numbers(title: str, value: float, prometheus: Prometheus) -> None:
    """The numbers at the top are those of the made-up fleet."""
    panel = _panel("grafana sctp-fleet", title)
    [[found]] = answers(panel, Choice("east"), prometheus)

    assert found.values == {END: value}


def test_table_names_each_node_once_with_reason_and_since(
    prometheus: Prometheus,
) -> None:
    """A node that is not as expected has one line, and the time its trouble began."""
    panel = _panel("grafana sctp-fleet", "Nodes that are not as expected")
    [found] = answers(panel, Choice("east"), prometheus)
    lines = {one.labels["node"]: one for one in found}
    blacklisted = next(o for o in found if o.labels["reason"] == "Blacklisted")
    [made] = (n for n in troubled(50) if n.after.reason is Reason.BLACKLISTED)

    assert (
        len(lines)
        == len(found)
        == _count(lambda v, _: v.compliant is not Compliance.TRUE)
    )
    shown = ("place", "pool", "expectation", "status", "now", "after", "alertname")
    assert [blacklisted.labels[label] for label in shown] == [
        *(made.cluster, made.pool, "required", "false", "unavailable", "unavailable"),
        "SCTPUnavailable",
    ]
    # The alert needs it in most scrapes: not in one of two, as when it began.
    assert blacklisted.values == {END: 1000 * (END - DAY // 2 + STEP)}


def test_matrix_has_the_broken_row_and_column(prometheus: Prometheus) -> None:
    """A node whose paths are broken is seen as source and as target."""
    panel = _panel("grafana sctp-fleet", "Pod to pod, from node (row) to node (column)")
    [found] = answers(panel, Choice("east"), prometheus)
    failing = {(o.labels["from"], o.labels["to"]) for o in found if o.values[END] == 2}
    sources = {one.labels["from"] for one in found}

    assert ("worker-47", "worker-48") in failing
    assert ("worker-46", "worker-47") in failing
    assert all("worker-47" in pair for pair in failing)
    assert sources == {source for source, _ in failing}


def test_failing_paths_say_where_and_how_many(prometheus: Prometheus) -> None:
    """Each failing path has one line: its ends, what failed, whose fault, n of m.

    The last node is down, which explains the path to it.
    """
    panel = _panel("grafana sctp-fleet", "Paths that fail")
    [found] = answers(panel, Choice("east"), prometheus)
    shown = ("path", "class", "fault", "share")
    lines = {
        (one.labels["from"], one.labels["to"], *(one.labels[at] for at in shown))
        for one in found
    }

    assert len(lines) == len(found)
    assert ("worker-47", "worker-48", "pod", "timeout", "source", "5 of 6") in lines
    assert ("worker-47", "worker-49", "pod", "timeout", "state", "5 of 6") in lines


def test_console_has_the_commands_as_rows(prometheus: Prometheus) -> None:
    """Where no text can be drawn, Prometheus fills in the node and the reason."""
    panel = _panel("console sctp-node", "File, line and remedy")
    [found] = answers(panel, Choice(pool=".+", node="worker-45"), prometheus)
    lines = {one.labels["step"]: one.labels["command"] for one in found}

    assert [*sorted(lines)] == ["1", "2", "3"]
    assert lines["1"].startswith("POD=$(kubectl -n sctp-node-agent get pods -l app")
    assert "spec.nodeName=worker-45,status.phase=Running" in lines["1"]
    assert lines["2"].endswith("exec $POD -- sctp-node-agent check")
    assert lines["3"].endswith("sctp-node-agent explain AsExpected")


@pytest.mark.parametrize(
    ("board", "choices", "values"),
    [
        pytest.param(
            "grafana sctp-fleet",
            {"cluster": ALL},
            {"cluster": {"bare", "calm", "dark", "east", "evil", "shut", "vast"}},
            id="clusters",
        ),
        pytest.param(
            "grafana sctp-fleet",
            {"cluster": "east"},
            {"pool": {"amf", "smf"}},
            id="pools",
        ),
        pytest.param(
            "grafana sctp-node",
            {"cluster": "calm", "pool": ALL},
            {"node": {f"calm-{at}" for at in range(8)}},
            id="nodes",
        ),
        pytest.param(
            "console sctp-node",
            {"pool": "bare"},
            {"node": {f"bare-{at}" for at in range(8)}},
            id="nodes in the console",
        ),
    ],
)
def test_choices(
    board: str,
    choices: Mapping[str, str],
    values: Mapping[str, set[str]],
    prometheus: Prometheus,
) -> None:
    """A reader can choose from what there is, and from no more than fits."""
    [(label, expected)] = values.items()
    query = filled(dict(BOARDS[board].variables())[label], choices)

    assert {*_options(BOARDS[board], query, prometheus)} == expected


def _options(board: Board, query: str, prometheus: Prometheus) -> list[str]:
    """Return the values as Grafana asks for them, or as the console does."""
    shape = re.fullmatch(r"label_values\((.*), (.*)\)", query)
    assert shape
    selector, label = shape.groups()
    if board.flavour == "grafana":
        return prometheus.label_values(selector, label)
    found = prometheus.at(f"count({selector}) by ({label})", END)
    return [text for one in found for text in one.labels.values()]
