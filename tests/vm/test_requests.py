"""Who asks for SCTP in vain, told by the trace of a real kernel."""

import re
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from tests.vm.asking import (
    ALL_SOCKETS,
    CONFINED,
    FORGED,
    INSTANCES,
    LOOK,
    OURS,
    STORY,
    WATCH,
    end,
    happened,
    row_of,
    shell,
    start,
)
from tests.vm.confinement import SCENARIOS, Confined
from tests.vm.fleet import Fleet
from tests.vm.kernel import PACKAGES

pytestmark = [
    pytest.mark.vm,
    pytest.mark.timeout(3600),
    pytest.mark.parametrize("kernel", PACKAGES),
]

_FIELD = re.compile(r"(\w+);\toffset")
_FIELDS_OF_REFUSALS = {
    *("requested", "denied", "audited", "result", "scontext", "tcontext", "tclass"),
    *(f"common_{name}" for name in ("type", "flags", "preempt_count", "pid")),
}
Json = dict[str, Any]
Told = dict[str, Any]


@pytest.fixture(scope="module")
def story(fleet: Fleet) -> Callable[[str], Told]:
    """Give what happened on a kernel, told once."""

    @cache
    def told(kernel: str) -> Told | Exception:
        try:
            return happened(fleet.fresh(kernel), STORY)
        except Exception as error:  # noqa: BLE001  # for each test, told once
            return error

    def tell(kernel: str) -> Told:
        found = told(kernel)
        if isinstance(found, Exception):
            raise found
        return found

    return tell


def test_denied_pods_are_named(story: Callable[[str], Told], kernel: str) -> None:
    """Each by name, container and command, with what it asked for and why not."""
    told = story(kernel)
    seen = told["missing, seen"]
    rows = [row_of(seen, number) for number in (1, 2, 3)]

    assert {*told["blacklisted"]["answers"]} <= {
        "Protocol not supported",
        "Socket type not supported",
    }
    assert [row["sockets"] for row in rows] == [
        ALL_SOCKETS,
        ["ipv6 one-to-many"],
        ["ipv4 one-to-many"],
    ]
    assert [(row["requests"], row["denied"]) for row in rows] == [
        (4, 4),
        (1, 1),
        (1, 1),
    ]
    assert [row["reason"] for row in rows] == [
        "Blacklisted",
        "InstallOverride",
        seen["verdict"]["reason"],
    ]
    assert {(r["pod_namespace"], r["container"], r["command"]) for r in rows} == {
        ("core", "amf", "amf")
    }
    assert seen["requests"]["denied"] == 7


def test_host_process_is_no_pod(story: Callable[[str], Told], kernel: str) -> None:
    """Its name, made to look like a line of the trace, is shown as text."""
    rows = story(kernel)["blacklisted, seen"]["requests"]["workloads"]
    (row,) = [row for row in rows if row["owner"] != "pod"]

    assert (row["owner"], row["command"]) == ("host", FORGED.replace("\n", "\\n"))


def test_it_is_known_within_a_second(story: Callable[[str], Told], kernel: str) -> None:
    """From the answer that the pod got to the report that names it."""
    told = story(kernel)
    asks = [told[n]["known_after"] for n in ("blacklisted", "asked by another")]

    assert max(asks) < 1.0


def test_loaded_while_watching(story: Callable[[str], Told], kernel: str) -> None:
    """A request that loads sctp is none in vain, and later sockets ask for nothing."""
    told = story(kernel)
    row = row_of(told["loaded"], 5)

    assert told["loadable"]["answers"] == ["ok"]
    assert (row["requests"], row["denied"], row["reason"]) == (1, 0, None)
    assert told["quiet"]["answers"] == ["ok"] * 4
    assert (
        told["loaded, seen"]["requests"]["requests"]
        == (told["loaded"]["requests"]["requests"])
    )


def test_storm_is_counted_in_bounded_memory(
    story: Callable[[str], Told], kernel: str
) -> None:
    """Every attempt is counted or lost, and pods are named all the same."""
    seen = story(kernel)["storm, seen"]["requests"]
    others = [row for row in seen["workloads"] if row["owner"] != "pod"]

    assert seen["requests"] + seen["lost_events"] >= 161
    assert seen["without_a_row"] > 0
    assert len(others) == 16
    assert 'pod_name="amf-4"' in story(kernel)["metrics"]


def test_one_instance_and_none_in_the_end(
    story: Callable[[str], Told], kernel: str
) -> None:
    """What a killed agent leaves is taken over; without the flag there is none."""
    told = story(kernel)

    assert told["instances without"] == []
    assert "request" not in told["metrics without"]
    assert told["instances"] == told["instances in use"] == [OURS]
    assert told["kill"] == {"status": -9, "left": [OURS]}
    assert told["taken over"] == [OURS]
    assert told["end"] == {"status": 0, "left": []}
    assert told["nothing is set"].split() == ["0"]


def test_log_has_a_line_for_each_workload(
    story: Callable[[str], Told], kernel: str
) -> None:
    """Not for each attempt."""
    log = story(kernel)["log"].splitlines()
    denied = [line for line in log if "SCTP denied to workload" in line]

    assert sum("pod_name=amf-1" in line for line in denied) == 1


@pytest.mark.parametrize("scenario", [SCENARIOS["loadable"]], ids=["loadable"])
def test_refused_by_selinux(fleet: Fleet, kernel: str, scenario: Confined) -> None:
    """The kernel tells the family and not the style, and SELinux is the reason."""
    node = fleet.fresh(kernel, scenario.append)
    node.prepare(*scenario.files)
    told = happened(node, CONFINED)
    row = row_of(told["refused, seen"], 1)

    assert told["refused, seen"]["requests"]["selinux_refusals_seen"]
    assert row["sockets"] == ["ipv4 unknown", "ipv6 unknown"]
    assert (row["denied"], row["reason"]) == (2, "SELinuxDeniesLoad")
    assert told["end"]["left"] == []


@pytest.mark.parametrize(
    ("script", "append", "problem"),
    [
        pytest.param(":", "", "no tracefs is mounted there", id="not mounted"),
        pytest.param(
            "mount -o ro -t tracefs tracefs /sys/kernel/tracing",
            "",
            "is mounted read-only",
            id="read-only",
        ),
        pytest.param(
            "mount -t tracefs tracefs /sys/kernel/tracing",
            "lockdown=confidentiality",
            "locked down",
            id="locked down",
        ),
    ],
)
def test_where_it_cannot_watch(
    fleet: Fleet, kernel: str, script: str, append: str, problem: str
) -> None:
    """It is said, and all else goes on."""
    node = fleet.fresh(kernel, append)
    told = happened(
        node,
        {
            "set up": shell(script),
            "start": start(WATCH, watching=False),
            "seen": LOOK,
            "instances": INSTANCES,
            "end": end("TERM"),
        },
    )
    requests = told["seen"]["requests"]

    assert problem in requests["problem"]
    assert not requests["watched"]
    assert (told["instances"], told["end"]["status"]) == ([], 0)
