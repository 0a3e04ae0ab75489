"""The whole command against a real Prometheus that holds four hours of a fleet."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from agent.cli import main
from agent.findings import Compliance, Expectation, Reason, State
from tests.fleet.backfill import remembering
from tests.rules.fleet import gone, missed, node, shown

pytestmark = [pytest.mark.prometheus, pytest.mark.timeout(600)]

_READY, _GONE = State.READY, State.UNAVAILABLE
_BAD, _UNKNOWN = Compliance.FALSE, Compliance.UNKNOWN
_LENGTH = 240  # minutes
_GOOD = shown(_LENGTH, _READY)
_FORBIDDEN = Expectation.FORBIDDEN

FLEET = (
    node("amf-0", _GOOD),
    node("amf-1", shown(_LENGTH, _READY), pool="upf.1"),
    node(
        "broken",
        shown(180, _READY),
        shown(60, _GONE, Reason.INSTALL_OVERRIDE, compliant=_BAD),
    ),
    node("always", shown(_LENGTH, _GONE, Reason.MODULE_MISSING, compliant=_BAD)),
    node(
        "exposed",
        shown(
            _LENGTH,
            _READY,
            Reason.LOADED_WHERE_FORBIDDEN,
            expect=_FORBIDDEN,
            compliant=_BAD,
        ),
        pool="hardened",
    ),
    node(
        "shut",
        shown(_LENGTH, _GONE, expect=_FORBIDDEN),
        pool="hardened",
    ),
    node(
        "murky", shown(_LENGTH, State.UNKNOWN, Reason.HELPER_OPAQUE, compliant=_UNKNOWN)
    ),
    node("silent", shown(200, _READY), missed(40)),
    node("frozen", shown(200, _READY), replace(shown(40, _READY), stuck=True)),
    node("rare", replace(shown(_LENGTH, _READY, interval=600.0), slow=10)),
    node("never", missed(_LENGTH)),
    node("new", gone(_LENGTH - 30), shown(30, _READY)),
    node("bridged", shown(_LENGTH - 2, _READY), missed(2)),
    node("removed", shown(_LENGTH - 8, _READY), gone(8)),
    node("replaced", shown(_LENGTH - 3, _READY), shown(3, _READY)),
)


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve the fleet."""
    with remembering(tmp_path_factory.mktemp("prometheus"), FLEET) as url:
        yield url


def _fleet(url: str, *arguments: str) -> int:
    return main.main(["fleet", f"--prometheus={url}", "--history=3", *arguments])


def _document(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    return document


def test_nodes(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Every node once, with what it is, why, and since when."""
    assert _fleet(url, "--output=json") == 1

    found = {each["node"]: each for each in _document(capsys)["nodes"]}
    assert {
        name: (each["state"], each["compliant"], each["reason"])
        for name, each in found.items()
    } == {
        "always": ("unavailable", "false", "ModuleMissing"),
        "broken": ("unavailable", "false", "InstallOverride"),
        "exposed": ("ready", "false", "LoadedWhereForbidden"),
        "frozen": ("ready", "unknown", "AgentStale"),
        "murky": ("unknown", "unknown", "HelperOpaque"),
        "never": ("unknown", "unknown", "AgentDown"),
        "silent": ("unknown", "unknown", "AgentDown"),
        "amf-0": ("ready", "true", "AsExpected"),
        "bridged": ("ready", "true", "AsExpected"),
        "new": ("ready", "true", "AsExpected"),
        "rare": ("ready", "true", "AsExpected"),
        "replaced": ("ready", "true", "AsExpected"),
        "shut": ("unavailable", "true", "AsExpected"),
        "amf-1": ("ready", "true", "AsExpected"),
    }
    assert all(each["boot_state"] == each["state"] for each in found.values())
    assert found["shut"]["expectation"] == "forbidden"
    assert found["never"]["expectation"] is None


@pytest.mark.parametrize(
    ("name", "minutes", "or_before"),
    [
        pytest.param("broken", 60, False, id="seen to change"),
        pytest.param("silent", 40, False, id="seen to fall silent"),
        pytest.param("always", 180, True, id="longer than it looks back"),
        pytest.param("never", 180, True, id="never seen"),
        pytest.param("new", 30, True, id="as long as it exists"),
    ],
)
def test_since(
    url: str,
    capsys: pytest.CaptureFixture[str],
    name: str,
    minutes: int,
    *,
    or_before: bool,
) -> None:
    """Since when it is so, as far as the history tells, to two minutes."""
    _fleet(url, "--output=json")
    document = _document(capsys)
    (found,) = (each for each in document["nodes"] if each["node"] == name)
    now, since = map(datetime.fromisoformat, (document["time"], found["since"]))

    assert (now - since).total_seconds() == pytest.approx(minutes * 60, abs=120)
    assert found["since_or_before"] is or_before


def test_summary(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    """By pool and expectation: how many, and why the others are not."""
    _fleet(url, "--output=json", "--only-problems")
    document = _document(capsys)

    summary = document["summary"]
    rows = [tuple(group.values())[1:] for group in summary.pop("groups")]
    assert rows == [
        (
            *("amf", "required", 11, 5, 2, 4),
            {
                "AgentDown": 2,
                "AgentStale": 1,
                "HelperOpaque": 1,
                "InstallOverride": 1,
                "ModuleMissing": 1,
            },
        ),
        ("hardened", "forbidden", 2, 1, 1, 0, {"LoadedWhereForbidden": 1}),
        ("upf.1", "required", 1, 1, 0, 0, {}),
    ]
    assert tuple(summary.values()) == (14, 7, 3, 4)
    assert len(document["nodes"]) == 7
    assert {each["compliant"] for each in document["nodes"]} == {"false", "unknown"}


@pytest.mark.parametrize(
    ("arguments", "code", "first"),
    [
        pytest.param(("--pool=upf.1",), 0, "1 node, all as expected", id="good"),
        pytest.param(
            ("--pool=upf.1", "--pool=hardened"),
            1,
            "3 nodes: 1 not as expected",
            id="two pools",
        ),
        pytest.param(
            ("--pool=upf?1",), 2, "Prometheus knows of no node", id="no pattern"
        ),
        pytest.param(
            ('--pool="}',), 2, "Prometheus knows of no node", id="pool with a quote"
        ),
        pytest.param(
            ("--cluster=west",), 2, "Prometheus knows of no node", id="no such cluster"
        ),
        pytest.param(
            ("--cluster=east",),
            1,
            "14 nodes: 3 not as expected, 4 not known",
            id="cluster",
        ),
    ],
)
def test_choice(
    url: str,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    code: int,
    first: str,
) -> None:
    """Of some pools or clusters, and the exit code is about these."""
    assert _fleet(url, *arguments) == code
    assert capsys.readouterr().out.startswith(first)
