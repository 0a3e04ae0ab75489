"""Who uses SCTP on a real kernel: a hundred pods, and what `ss` says of each."""

import json
import re
from ipaddress import ip_address
from typing import Any

import pytest

from tests.vm.fleet import Fleet
from tests.vm.guest.workloads import COUNT, LAYOUTS, uid
from tests.vm.kernel import PACKAGES

pytestmark = [pytest.mark.vm, pytest.mark.timeout(3600)]

Json = dict[str, Any]
#: State, local port, address and port of the peer.
Row = tuple[str, int, str, int]

HOST_NETWORK, MANY_HOMED, FIRST_VERSION = COUNT, COUNT + 1, COUNT + 3
_ASSOCIATION = re.compile(r"^`- (\S+) +\d+ +\d+ +\S+:(\d+) +(\S+):(\d+)")
_LISTENER = re.compile(r"^LISTEN +\d+ +\d+ +\S+:(\d+) ")
_STATES = {"ESTAB": "established"}


@pytest.fixture(scope="module", params=PACKAGES)
def kernel(request: pytest.FixtureRequest) -> str:
    """Name the kernel."""
    name: str = request.param
    return name


@pytest.fixture(scope="module")
def seen(fleet: Fleet, kernel: str) -> Json:
    """Run the guest's program once for each kernel; the tests look at its result."""
    node = fleet.fresh(kernel)
    ended = node.agent(module="tests.vm.guest.workloads", seconds=400)
    assert ended.status == 0, ended
    found: Json = json.loads(ended.stdout)
    return found


def test_nothing_is_loaded_to_look(seen: Json) -> None:
    """Neither sctp where it is not, nor sctp_diag where sctp is; `ss` loads that."""
    assert (seen["without stack"]["status"], seen["modules without stack"]) == (0, [])
    assert seen["modules"] == ["sctp"]
    assert "sctp_diag" in seen["modules after ss"]


@pytest.mark.parametrize("layout", range(len(LAYOUTS)), ids=[n for n, _ in LAYOUTS])
def test_pods_of_each_runtime_have_their_names(seen: Json, layout: int) -> None:
    """By the cgroups as each runtime lays them out, static pods included."""
    pods = _pods(seen["up"])

    for number in range(layout, COUNT, len(LAYOUTS)):
        owner = pods[f"pod-{number}"]["owner"]
        assert (owner["pod_uid"], owner["container"]) == (uid(number), "main")


def test_first_version_of_cgroups(seen: Json) -> None:
    """A pod that a named hierarchy alone knows is known."""
    assert "name=systemd" in seen["first version"]
    owner = _pods(seen["up"])[f"pod-{FIRST_VERSION}"]["owner"]
    assert owner["pod_uid"] == uid(FIRST_VERSION)


def test_from_inside_a_cgroup_namespace(seen: Json) -> None:
    """A pod sees the cgroups of others from its own: their names stay what they are."""
    outside, inside = (
        {name: pod["owner"]["pod_uid"] for name, pod in _pods(seen[where]).items()}
        for where in ("up", "from inside")
    )
    users = seen["from inside"]["document"]["workloads"]["users"]

    assert inside == outside
    assert "frr.service" in {user["owner"]["unit"] for user in users}


def test_network_of_the_host(seen: Json) -> None:
    """There the sockets tell a pod from a unit of the host."""
    users = seen["up"]["document"]["workloads"]["users"]
    [unit] = [u for u in users if u["owner"]["unit"] == "frr.service"]

    assert [endpoint["port"] for endpoint in unit["endpoints"]] == [179]
    assert len(_pods(seen["up"])[f"pod-{HOST_NETWORK}"]["associations"]) == 2


def test_all_is_seen(seen: Json) -> None:
    """No more users than there are, and nothing that was not seen."""
    found = seen["up"]["document"]["workloads"]

    assert (seen["up"]["status"], found["problems"], found["complete"]) == (0, [], True)
    assert len(found["users"]) == COUNT + 5
    assert found["network_namespaces"] == COUNT + 4
    assert seen["check"]["document"]["workloads"]["users"]


def test_what_ss_says_is_what_is_shown(seen: Json) -> None:
    """Of every namespace the same listeners and associations, to the port."""
    pods = _pods(seen["down"])
    names = {"multi": f"pod-{MANY_HOMED}"}

    for name, lines in seen["ss"].items():
        if name == "host":
            continue
        pod = pods[names.get(name, name)]
        assert _associations(pod) == [*_said(lines)], lines
        ports = sorted(int(m[1]) for line in lines if (m := _LISTENER.match(line)))
        assert sorted(e["port"] for e in pod["endpoints"]) == ports
    in_host = [*_said(seen["ss"]["host"])]
    assert _associations(pods[f"pod-{HOST_NETWORK}"]) == in_host
    assert len(in_host) == 2


@pytest.mark.parametrize("who", ["without ptrace", "plain user"])
def test_without_the_right_to_look(seen: Json, who: str) -> None:
    """Who may not look at processes of others says how many it did not see."""
    found = seen[who]["document"]["workloads"]

    assert (seen[who]["status"], found["complete"]) == (2, False)
    assert re.match(
        r"the network namespaces of \d+ processes, /proc/1/ns/net: permission denied",
        found["problems"][0],
    )


def test_path_that_goes_down_while_the_association_lives(seen: Json) -> None:
    """Of two addresses of the peer one is shown inactive; the association stands."""
    before, after = (
        _pods(seen[when])[f"pod-{MANY_HOMED}"]["associations"]
        for when in ("up", "down")
    )

    assert _paths(before) == {"10.0.0.2": "active", "10.1.0.2": "active"}
    assert _paths(after) == {"10.0.0.2": "active", "10.1.0.2": "inactive"}
    assert [a["state"] for a in after] == ["established"]
    assert "10.1.0.2 inactive" in seen["text"]


def _pods(looked: Json) -> dict[str, Json]:
    users = looked["document"]["workloads"]["users"]
    return {
        user["owner"]["pod_name"]: user
        for user in users
        if user["owner"]["kind"] == "pod"
    }


def _associations(pod: Json) -> list[Row]:
    return sorted(
        (a["state"], a["local_port"], _primary(a), a["remote_port"])
        for a in pod["associations"]
    )


def _primary(association: Json) -> str:
    [address] = [p["address"] for p in association["paths"] if p["primary"]]
    return str(address)


def _said(lines: list[str]) -> list[Row]:
    matches = [m for line in lines if (m := _ASSOCIATION.match(line))]
    return sorted(
        (_STATES[m[1]], int(m[2]), str(ip_address(m[3].strip("[]"))), int(m[4]))
        for m in matches
    )


def _paths(associations: list[Json]) -> dict[str, str]:
    return {p["address"]: p["state"] for a in associations for p in a["paths"]}
