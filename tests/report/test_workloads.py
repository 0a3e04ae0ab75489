"""Who uses SCTP as JSON and as metrics: bounded, and nobody left out."""

from dataclasses import replace

import pytest

from agent.findings import Report
from agent.report.as_json import as_dict
from agent.report.prometheus import render
from agent.report.workloads import families
from agent.workloads.owner import Owner, OwnerKind
from agent.workloads.series import MOST_PODS
from agent.workloads.usage import (
    Association,
    AssociationState,
    Endpoint,
    Path,
    PathState,
    Style,
    Workload,
    Workloads,
)
from tests.reports import SAMPLE, STARTING, USERS

ASSOCIATION = Association(
    9, AssociationState.ESTABLISHED, Style.ONE_TO_ONE, 1, 2, (), (), 0, 0, 0, 0
)
ENDPOINT = Endpoint(1, Style.ONE_TO_MANY, (), 0, 0)
Samples = dict[tuple[str, ...], float]


def pod(name: str, associations: int = 0, *, endpoints: int = 0) -> Workload:
    """Return a pod's use."""
    owner = Owner(OwnerKind.POD, f"uid-{name}", "core", name)
    return Workload(owner, (ENDPOINT,) * endpoints, (ASSOCIATION,) * associations)


def samples(workloads: Workloads, name: str) -> Samples:
    """Return the values of one family by its labels."""
    [family] = [f for f in families(workloads) if f.name == f"sctp_node_{name}"]
    return {tuple(s.labels.values()): s.value for s in family.samples}


def test_most_pods_have_names_and_the_rest_one() -> None:
    """Those with most associations are named; between equal ones the names decide."""
    many = [pod(f"p-{n:03}", 1 + (n == 99), endpoints=1) for n in range(100)]
    users = Workloads((*many[::-1], Workload(Owner(OwnerKind.HOST), (ENDPOINT,))))

    found = samples(users, "workload_associations")

    named = [f"p-{n:03}" for n in (*range(MOST_PODS - 1), 99)]
    assert [key[1] for key in found] == ["(host)", "(others)", *named]
    assert found["", "(others)", "established"] == 100 - MOST_PODS
    assert found["core", "p-099", "established"] == 2
    assert sum(samples(users, "workload_endpoints").values()) == 101
    assert samples(users, "workload_pods") == {(): 100}


def test_containers_of_a_pod_are_one() -> None:
    """A pod is one series, however many of its containers use SCTP."""
    twice = [pod("a", 2), replace(pod("a", 1), owner=_container("b"))]

    found = samples(Workloads(tuple(twice)), "workload_associations")

    assert found == {("core", "a", "established"): 3}


def _container(name: str) -> Owner:
    return replace(pod("a").owner, container=name)


def test_states_that_there_are() -> None:
    """Established associations always have a series, others where there are any."""
    waiting = replace(ASSOCIATION, state=AssociationState.COOKIE_WAIT)
    users = (replace(pod("a"), associations=(waiting, waiting)), pod("b"))

    assert samples(Workloads(users), "workload_associations") == {
        ("core", "a", "established"): 0,
        ("core", "a", "cookie_wait"): 2,
        ("core", "b", "established"): 0,
    }


def test_sums_of_associations() -> None:
    """Chunks sent again and paths that are down are summed over associations."""
    paths = (Path("10.0.0.2", state=PathState.INACTIVE), Path("10.0.1.2"))
    bad = replace(ASSOCIATION, retransmissions=3, paths=paths)
    users = Workloads((replace(pod("a"), associations=(bad, bad, ASSOCIATION)),))

    assert samples(users, "workload_retransmitted_chunks") == {("core", "a"): 6}
    assert samples(users, "workload_inactive_paths") == {("core", "a"): 2}


@pytest.mark.parametrize(
    ("owner", "name"),
    [
        pytest.param(Owner(OwnerKind.HOST, command="x"), "(host)", id="host"),
        pytest.param(Owner(problem="x"), "(unknown)", id="nobody knows"),
        pytest.param(Owner(OwnerKind.POD, "u"), "(unknown)", id="pod without a name"),
    ],
)
def test_who_has_no_name(owner: Owner, name: str) -> None:
    """No text of a process becomes a label; brackets are in no pod's name."""
    users = Workloads((Workload(owner, (ENDPOINT,)),))

    assert samples(users, "workload_endpoints") == {("", name): 1}


def test_report_has_the_part_where_it_was_asked_for() -> None:
    """Without the flag neither JSON nor metrics have a word of it."""
    off = replace(SAMPLE, workloads=None)

    assert "workloads" not in as_dict(off)
    assert b"workload" not in render(off, openmetrics=False)
    assert as_dict(STARTING).keys() == as_dict(off).keys()
    assert as_dict(SAMPLE).keys() - as_dict(off).keys() == {"workloads"}


def test_json() -> None:
    """Everything that is known of an owner, its endpoints and associations is there."""
    found = as_dict(SAMPLE)["workloads"]

    assert found["complete"] is False
    assert found["time"] == "2026-09-21T14:13:20Z"
    assert [user["owner"]["kind"] for user in found["users"]] == [
        "pod",
        "host",
        "unknown",
    ]
    first = found["users"][0]
    assert first["owner"]["pod_name"] == "amf-0"
    assert first["owner"]["unit"] is None
    assert first["endpoints"] == [
        {"port": 38412, "style": "one-to-many", "addresses": ["10.0.0.1", "10.0.1.1"]}
    ]
    assert first["associations"][0]["paths"][1] == {
        "address": "10.0.1.2",
        "primary": False,
        "state": "inactive",
        "heartbeat": True,
        "rto_jiffies": 15000,
        "max_retransmissions": 5,
    }


def test_before_the_first_look() -> None:
    """Nothing was seen: that is not nobody."""
    report: Report = replace(STARTING, workloads=Workloads())

    assert as_dict(report)["workloads"]["time"] is None
    text = render(report, openmetrics=False)
    assert b"sctp_agent_workloads_complete 0.0" in text
    assert b"sctp_agent_workloads_timestamp_seconds" not in text


def test_users_of_the_sample_are_hostile() -> None:
    """The sample that every form is tried with has text that must not come through."""
    assert any("<" in user.owner.command for user in USERS.users)
