"""What holds of every alert and recording rule, present and to come."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from agent.checks import discover
from agent.cli.arguments import read
from agent.daemon.own_metrics import of_config
from agent.echo.outcome import FailureClass
from agent.findings import CheckResult, Finding, Reason, Status
from agent.report.prometheus import families
from daemonset.rules.render import RENDERED, SOURCES, render
from tests.reports import SAMPLE
from tests.requests.sample import asked
from tests.rules.mesh import probed
from tests.rules.own import as_served, handover
from tests.rules.promtool import RUNBOOKS, TOP, complaints, program

DOCS = TOP / "docs"
#: Labels that the scrape sets, and Prometheus' own series and label of targets.
SCRAPED = {"cluster", "job", "namespace", "node", "pool"}
OF_PROMETHEUS = {"up"}
#: What pods are called is no closed set.
OF_PODS = {"pod_namespace", "pod_name"}

Rule = dict[str, Any]
_GROUPS: Any = [
    group
    for source in SOURCES
    for group in yaml.safe_load(source.read_text())["groups"]
]
_ALL: list[Rule] = [rule for group in _GROUPS for rule in group["rules"]]
ALERTS: dict[str, Rule] = {rule["alert"]: rule for rule in _ALL if "alert" in rule}
RECORDED: dict[str, Rule] = {rule["record"]: rule for rule in _ALL if "record" in rule}
_SELECTOR = re.compile(r"\b(up|sctp_\w+|\w+:\w+:\w+)(?:\{([^}]*)\})?")
_MATCHER = re.compile(r'(\w+)(=~|!~|!=|=)(?:"([^"]*)"|%q)')


def _exported() -> dict[str, dict[str, set[str]]]:
    """Return what an agent with all checks exports: names, labels, their values."""
    found: dict[str, dict[str, set[str]]] = {}
    finding = Finding(Status.PASS, Reason.AS_EXPECTED, "")
    checks = tuple(CheckResult(check.name, finding) for check in discover())
    of_process = (*handover(), *of_config(as_served()), *asked())
    shown = (*families(replace(SAMPLE, checks=checks)), *probed(), *of_process)
    for family in shown:
        for sample in family.samples:
            labels = found.setdefault(sample.name, {})
            for key, value in sample.labels.items():
                labels.setdefault(key, set()).add(value)
    found["sctp_node_reason"]["reason"] |= {*Reason}
    found["sctp_node_check_status"]["status"] |= {*Status}
    return found


EXPORTED = _exported()
FAULTS = (
    *("hairpin", "state", "endpoint", "service"),
    *("source", "target", "unnamed", "fabric"),
)
_RECORDED_LABELS = {
    **EXPORTED["sctp_node_path_probe_success"],
    **EXPORTED["sctp_node_expectation"],
    "class": {*FailureClass},
    "fault": {*FAULTS},
}
PAGES = [
    *sorted((DOCS / "runbooks").glob("*.md")),
    *(DOCS / "alerts.md", DOCS / "enable-sctp.md"),
]
_COMMAND = re.compile(
    r"sctp-node-agent ((?:check|explain|machineconfig|probe) ?[^|&>\\`\n]*)"
)
_QUERIES = re.compile(r"^```promql\n(.*?)^```", re.MULTILINE | re.DOTALL)


def _texts(rule: Rule) -> Iterator[str]:
    """Yield every place of *rule* that asks for series."""
    yield rule["expr"]
    for text in rule.get("annotations", {}).values():
        yield from re.findall(r"`([^`]*)`", text)


def _selectors(rule: Rule) -> Iterator[tuple[str, str]]:
    """Yield names with their matchers, of the expression and of the templates."""
    for text in _texts(rule):
        yield from _SELECTOR.findall(text)


@pytest.mark.parametrize(
    "rule", _ALL, ids=[rule.get("alert") or rule["record"] for rule in _ALL]
)
def test_only_what_is_exported_is_asked_for(rule: Rule) -> None:
    """Every metric, label and label value is one that the agent can export."""
    selectors = [*_selectors(rule)]

    assert selectors
    for name, matchers in selectors:
        assert name in EXPORTED.keys() | RECORDED.keys() | OF_PROMETHEUS
        for label, operator, value in _MATCHER.findall(matchers):
            if label in SCRAPED | OF_PODS:
                continue
            values = EXPORTED.get(name, _RECORDED_LABELS)[label]
            wanted = set(value.split("|")) if "~" in operator else {value}
            assert wanted <= values


@pytest.mark.parametrize("name", ALERTS)
def test_alert_says_what_receivers_need(name: str) -> None:
    """Severity, summary, description, reason and runbook are there and well-formed."""
    rule = ALERTS[name]
    annotations = rule["annotations"]

    assert re.fullmatch(r"SCTP([A-Z][a-z]+)+", name)
    assert rule["labels"]["severity"] in {"critical", "warning", "info"}
    assert rule["labels"].keys() <= {"severity", "namespace"}
    assert rule["for"]
    assert set(annotations) == {
        *("summary", "description", "reason"),
        *("action", "dashboard", "runbook_url"),
    }
    assert re.fullmatch(r"[^{}]+[^.{}]\.", annotations["summary"])
    assert annotations["description"].endswith(".")
    assert annotations["runbook_url"] == f"{RUNBOOKS}/{name}.md"


@pytest.mark.parametrize(
    "name",
    [name for name in ALERTS if " query" in ALERTS[name]["annotations"]["description"]],
)
def test_one_reason(name: str) -> None:
    """What a description asks Prometheus for is what the reason asks for."""
    reason, description = (
        re.findall("`([^`]*)`", ALERTS[name]["annotations"][key])
        for key in ("reason", "description")
    )
    assert description[: len(reason)] == reason
    for other in description[len(reason) :]:  # who is hit, beside why
        assert "sctp_node_workload_" in other


def test_no_runbook_or_test_of_an_alert_that_is_gone() -> None:
    """Alerts, runbooks, tests and the overview name the same alerts."""
    here = Path(__file__).parent
    tested = {
        name
        for file in here.glob("test_*.py")
        for name in re.findall(
            r'^ALERT = Alert\(\s*"(\w+)"', file.read_text(), re.MULTILINE
        )
    }
    overview = (DOCS / "alerts.md").read_text()

    assert tested == set(ALERTS)
    assert {file.stem for file in (DOCS / "runbooks").glob("SCTP*.md")} == set(ALERTS)
    assert set(re.findall(r"^\| \[(\w+)\]", overview, re.MULTILINE)) == set(ALERTS)
    assert set(re.findall(r"^\| `(\w+:\w+:\w+)`", overview, re.MULTILINE)) == set(
        RECORDED
    )


@pytest.mark.parametrize("name", RECORDED)
def test_record_is_named_by_its_labels(name: str) -> None:
    """level:metric:operation, where the level names the labels of the result."""
    level = name.partition(":")[0].split("_")
    expr = RECORDED[name]["expr"]
    always = {"cluster", "namespace", "job"} | ({"pool"} if "node" in level else set())
    labels = set(re.findall(r"\w+", re.findall(r" by \(([^)]*)\)", expr)[0]))

    assert labels == always | set(level)


def test_rendered_is_up_to_date() -> None:
    """The PrometheusRule holds the same groups as the rules file, and is as rendered.

    If this fails: `make rules`.
    """
    text = RENDERED.read_text()

    assert yaml.safe_load(text)["spec"]["groups"] == _GROUPS
    assert text == render(*(source.read_text() for source in SOURCES))


@pytest.mark.parametrize(
    "path", [p for p in PAGES if _COMMAND.search(p.read_text())], ids=lambda p: p.stem
)
def test_commands_of_the_agent_are_right(path: Path) -> None:
    """What a page tells to type at three in the morning is what the agent takes."""
    commands = _COMMAND.findall(path.read_text().replace("\\\n", " "))

    for command in commands:
        read(shlex.split(command, comments=True), {})


@pytest.mark.prometheus
def test_queries_of_the_pages_are_right(tmp_path: Path) -> None:
    """Every query is valid, and asks for what is exported or recorded."""
    queries = [
        query
        for page in PAGES
        for block in _QUERIES.findall(page.read_text())
        for query in re.split(r"\n(?=\S)", block.strip())
    ]
    rules = [
        {"record": "x", "expr": q, "labels": {"n": str(n)}}
        for n, q in enumerate(queries)
    ]
    file = tmp_path / "queries.yaml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "pages", "rules": rules}]}))

    assert queries
    assert not complaints(program("promtool"), "check", "rules", str(file))
    asked = re.findall(r"\b(?:sctp_\w+|\w+:\w+:\w+)", " ".join(queries))
    assert set(asked) <= EXPORTED.keys() | RECORDED.keys()


@pytest.mark.prometheus
def test_promtool_accepts_the_rules() -> None:
    """Prometheus' own linter has nothing to say."""
    assert not complaints(program("promtool"), "check", "rules", *map(str, SOURCES))
