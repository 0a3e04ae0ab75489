"""What is remembered of attempts, and what it looks like to Prometheus."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path as File

import pytest

from agent.echo.outcome import FailureClass
from agent.paths.exposition import families
from agent.paths.names import Family
from agent.paths.record import Latest, Record
from agent.paths.targets import Form, Path, Target
from agent.report.encoding import encode

A = Target(Path.POD, Family.IPV4, Form.SAME, "192.0.2.1", 10132, "a")
UNKNOWN = Target(Path.POD, Family.IPV4, Form.SAME, "192.0.2.2", 10132)
STRANGER = Target(Path.POD, Family.IPV4, Form.SAME, "192.0.2.3", 10132)
SERVICE = Target(Path.CLUSTER_IP, Family.IPV6, Form.TRANSLATED, "fd00::1", 132)
TIMEOUT, REFUSED = FailureClass.TIMEOUT, FailureClass.REFUSED
_UNPACKED = File(".cache/debian/usr/bin").absolute()
_LABELS_OF_A = (A.path, A.family, A.form, "a")


def _record() -> Record:
    times: Iterator[float] = iter(range(100, 10_000, 10))
    return Record(wall=lambda: next(times))


def _text(record: Record) -> str:
    return encode(families(record, peers=7, visitors=5), openmetrics=False).decode()


def test_since_when() -> None:
    """An answer is dated by its first time in a row, a success by its last."""
    record = _record()
    seen: list[Latest] = []
    for failure in (None, None, TIMEOUT, REFUSED, None):
        record.note(A, failure, seconds=0.5)
        seen += record.series()[_LABELS_OF_A]

    assert [(one.since, one.last_success) for one in seen] == [
        (100, 100),
        (100, 110),
        (120, 110),
        (120, 110),
        (140, 140),
    ]


def test_another_node_at_the_address() -> None:
    """It inherits nothing; a node that only told its name keeps what was."""
    record = _record()
    record.note(UNKNOWN, None)
    known = replace(UNKNOWN, node="b")
    record.note(known, TIMEOUT)
    assert record.series()[*_LABELS_OF_A[:3], "b"] == (
        Latest("b", TIMEOUT, 100, 110, failures=1),
    )
    other = replace(UNKNOWN, node="c")

    record.note(other, TIMEOUT)

    assert record.series() == {
        (*_LABELS_OF_A[:3], "c"): (Latest("c", TIMEOUT, 0, 120, failures=1),)
    }


def test_pairings_that_end_leave_nothing() -> None:
    """Days of peers that come and go leave as many series as one day."""
    record = _record()
    lines = []
    for day in range(3):
        for number in range(50):
            fleeting = Target(
                *(Path.POD, Family.IPV4, Form.SAME, f"192.0.2.{number}", 10132),
                node=f"node-{day}-{number}",
            )
            record.retain([fleeting])
            record.note(fleeting, TIMEOUT if number % 2 else None)
        lines.append(len(_text(record).splitlines()))

    assert lines[0] == lines[1] == lines[2]


def test_exposition() -> None:
    """Peers without a name share their series, which shows the worst of them."""
    record = _record()
    record.note(A, None, seconds=0.02)
    record.note(A, None, seconds=3.5)
    record.note(UNKNOWN, None, seconds=0.02)
    record.note(STRANGER, REFUSED)
    record.note(SERVICE, TIMEOUT)
    text = _text(record)
    prefix = "sctp_node_path_probe_"
    pod = 'family="ipv4",form="same",path="pod"'
    service = '{family="ipv6",form="translated",path="cluster_ip",target=""}'
    kind = '{family="ipv4",path="pod"}'

    assert [line for line in text.splitlines() if line[0] != "#"][:7] == [
        f'{prefix}success{{{pod},target="a"}} 1.0',
        f'{prefix}success{{{pod},target=""}} 0.0',
        f"{prefix}success{service} 0.0",
        f'{prefix}last_success_timestamp_seconds{{{pod},target="a"}} 110.0',
        f'{prefix}last_success_timestamp_seconds{{{pod},target=""}} 0.0',
        f"{prefix}last_success_timestamp_seconds{service} 0.0",
        f'{prefix}failing{{class="refused",{pod},target=""}} 1.0',
    ]
    for line in (
        f"{prefix}attempts_total{kind} 4.0",
        f'{prefix}failures_total{{class="refused",family="ipv4",path="pod"}} 1.0',
        f'{prefix}failures_total{{class="resolve",family="ipv4",path="pod"}} 0.0',
        f'{prefix}duration_seconds_bucket{{family="ipv4",le="0.03",path="pod"}} 2.0',
        f'{prefix}duration_seconds_bucket{{family="ipv4",le="3.0",path="pod"}} 2.0',
        f'{prefix}duration_seconds_bucket{{family="ipv4",le="+Inf",path="pod"}} 3.0',
        f"{prefix}duration_seconds_sum{kind} 3.54",
        f'{prefix}duration_seconds_count{{family="ipv6",path="cluster_ip"}} 0.0',
        f"{prefix}peers 7.0",
        f"{prefix}incoming_peers 5.0",
    ):
        assert line in text.splitlines()
    assert "192.0.2" not in text


def test_documented() -> None:
    """Every family and every class of failure is in the list of metrics."""
    text = File("docs/metrics.md").read_text()
    shown = _text(_record()).splitlines()
    exported = {line.split()[2] for line in shown if line.startswith("# TYPE")}

    assert len(exported) == 8
    assert {name for name in exported if f"`{name}`" not in text} == set()
    assert {each for each in FailureClass if f"`{each}`" not in text} == set()


@pytest.mark.parametrize(
    ("kinds", "said"),
    [
        pytest.param((Family.IPV4,), r"IPv4 alone (\d+)", id="one family"),
        pytest.param(tuple(Family), r"dual\s+stack (\d+)", id="dual stack"),
    ],
)
def test_documented_costs(kinds: tuple[Family, ...], said: str) -> None:
    """The list of metrics counts the series of a node with five neighbours."""
    record = _record()
    forms = {Path.POD: 6, Path.CLUSTER_IP: 2, Path.NODE_PORT: 3}
    for family in kinds:
        for path, number in forms.items():
            for n in range(number):
                one = Target(path, family, Form.SAME, f"{path}{n}", 10132, f"node-{n}")
                record.note(one, None)
    samples = [
        one for each in families(record, peers=7, visitors=5) for one in each.samples
    ]

    text = File("docs/metrics.md").read_text()
    assert re.findall(said, text) == [str(len(samples))]


@pytest.mark.prometheus
def test_promtool_finds_nothing_to_say() -> None:
    """Names, units and help texts are as Prometheus wants them."""
    where = os.pathsep.join([str(_UNPACKED), os.environ["PATH"]])
    promtool = shutil.which("promtool", path=where)
    assert promtool, "promtool is neither unpacked nor on the path"
    record = _record()
    record.note(A, TIMEOUT)

    said = subprocess.run(
        [promtool, "check", "metrics"],
        input=_text(record).encode(),
        capture_output=True,
        check=False,
    )

    assert (said.returncode, said.stdout, said.stderr) == (0, b"", b"")
