"""Reports as metrics: names, states and both text formats."""

import os
import platform
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from prometheus_client.metrics_core import Metric
from prometheus_client.openmetrics.parser import (
    text_string_to_metric_families as parse_openmetrics,
)
from prometheus_client.parser import text_string_to_metric_families

from agent.findings import Report
from agent.report.prometheus import render
from tests.kept import GOLDEN, Keep
from tests.reports import SAMPLE, STARTING

_UNPACKED = Path(".cache/debian/usr/bin").absolute()

Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


def _samples(families: list[Metric]) -> Samples:
    return {
        (s.name, tuple(sorted(s.labels.items()))): s.value
        for family in families
        for s in family.samples
    }


def _text(report: Report) -> Samples:
    text = render(report, openmetrics=False).decode()
    return _samples(list(text_string_to_metric_families(text)))


def test_golden(keep: Keep) -> None:
    """The whole text of a sample report is as recorded."""
    text = render(SAMPLE, openmetrics=False).decode()

    keep(text.replace(platform.python_version(), "3.11.0"), GOLDEN / "sample.prom")


def test_openmetrics() -> None:
    """OpenMetrics is valid, ends with its mark and says the same as text."""
    body = render(SAMPLE, openmetrics=True).decode()

    families = parse_openmetrics(body)  # type: ignore[no-untyped-call]

    assert _text(SAMPLE) == _samples(list(families))


def test_before_the_first_evaluation() -> None:
    """Before the first evaluation everything is unknown, and nothing is made up."""
    samples = _text(STARTING)

    assert samples["sctp_node_state", (("state", "unknown"),)] == 1
    assert samples["sctp_node_state", (("state", "ready"),)] == 0
    assert samples["sctp_node_compliant", (("status", "unknown"),)] == 1
    assert samples["sctp_node_reason", (("reason", "Starting"),)] == 1
    assert samples["sctp_agent_last_run_timestamp_seconds", ()] == 0
    assert {
        "sctp_node_boot_state",
        "sctp_node_compliant",
        "sctp_node_expectation",
        "sctp_node_module_state",
        "sctp_node_reason",
        "sctp_node_state",
        "sctp_agent_build_info",
        "sctp_agent_last_run_timestamp_seconds",
        "sctp_agent_run_duration_seconds",
    } == {name for name, _ in samples}


@pytest.mark.parametrize(
    "label",
    [
        pytest.param('netns="pod"', id="a-probe-that-could-not-be-made"),
        pytest.param("future", id="a-counter-of-a-newer-kernel"),
        pytest.param("_created", id="creation-times"),
        pytest.param("worker-0", id="the-node-name"),
        pytest.param("/etc/", id="paths"),
    ],
)
def test_left_out(label: str) -> None:
    """What is not known, not in a closed set or not ours is not exported."""
    assert label not in render(SAMPLE, openmetrics=False).decode().lower()


@pytest.mark.parametrize(
    ("read", "shown"),
    [
        pytest.param("5.14.0-427.el9_4.x86_64", "5.14.0-427.el9_4.x86_64", id="plain"),
        pytest.param("", "unknown", id="not known"),
        pytest.param('6.1"} 1\nup{x="\u202e', "6.1___1_up_x___", id="hostile"),
        pytest.param("6." * 999, "6." * 32, id="endless"),
    ],
)
def test_what_runs_is_bounded(read: str, shown: str) -> None:
    """Text of the node's files becomes a label only as what such names are made of."""
    report = replace(SAMPLE, kernel_release=read, os_id=read, os_version=read)
    labels = dict.fromkeys(("kernel_release", "os_id", "os_version"), shown)

    assert _text(report)["sctp_node_info", (*labels.items(),)] == 1


def test_one_sample_per_labels() -> None:
    """A probe reported twice cannot make Prometheus refuse the whole scrape."""
    twice = replace(SAMPLE, sockets=SAMPLE.sockets * 2)

    assert render(SAMPLE, openmetrics=False) == render(twice, openmetrics=False)


@pytest.mark.prometheus
@pytest.mark.parametrize(
    "report",
    [pytest.param(SAMPLE, id="sample"), pytest.param(STARTING, id="starting")],
)
def test_promtool_is_silent(report: Report) -> None:
    """Prometheus's own linter has nothing to say."""
    where = os.pathsep.join([str(_UNPACKED), os.environ["PATH"]])
    promtool = shutil.which("promtool", path=where)
    assert promtool, "promtool is neither unpacked nor on the path"

    result = subprocess.run(
        [promtool, "check", "metrics"],
        input=render(report, openmetrics=False),
        capture_output=True,
        check=False,
        timeout=300,
    )

    assert (result.returncode, result.stdout, result.stderr) == (0, b"", b"")
