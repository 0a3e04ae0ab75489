"""What the agent needs of the kernel, on real ones: three capabilities, few calls.

Containers are started by the real runtimes from what the manifests say. The profile is
the one that is shipped, and what it refuses is counted.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.vm import confinement
from tests.vm.asking import CONTAINED, NOT_ALLOWED, OURS
from tests.vm.comparison import lasting, losses
from tests.vm.confinement import ENFORCING
from tests.vm.fleet import Fleet
from tests.vm.node import Ended
from tests.vm.oci import granted
from tests.vm.profile import EVERYTHING, FILE, RECORDED, RUNTIMES, bundle
from tests.vm.sandbox import CONTENTS, MEMORY, Sandbox, configured

pytestmark = [pytest.mark.vm, pytest.mark.timeout(3600)]

Json = dict[str, Any]
Check = Mapping[str, Ended]
CAPABLE = ("capabilities", "seccomp-profile")
NARROW = ("least-privilege", "seccomp-profile")
WATCHING = (*NARROW, "workloads", "watch-requests")
#: The sockets that nothing is known of without the capability, and why; and whether it
#: is still known that another user's process has one.
LOST = {
    "CAP_DAC_READ_SEARCH": (set(), False),
    "CAP_NET_ADMIN": ({("pod", "EPERM")}, True),
    "CAP_SYS_ADMIN": ({("host", "EPERM"), ("pod", "EPERM")}, True),
    "CAP_SYS_PTRACE": ({("host", "EACCES")}, False),
}
GETPRIORITY = "140"
"""What is refused on purpose, by its number on x86-64."""

SOON = 0.5
"""Seconds, of the guest's own time, from a change to the metric: a promise."""

NAMESPACES = ("agent", "host", "pod")
_CHECK = ("check", "--output=json", "--root=/host", "--workloads")
_REFUSED = re.compile(r"type=1326 .* syscall=(\d+)")


@pytest.fixture(scope="module", params=RECORDED)
def kernel(request: pytest.FixtureRequest) -> str:
    """Name the kernel."""
    name: str = request.param
    return name


@pytest.fixture(scope="module")
def machines() -> Iterator[Fleet]:
    """Have guests with both bases and both runtimes in them."""
    fleet = Fleet(CONTENTS, memory=MEMORY)
    try:
        yield fleet
    finally:
        fleet.close()


@pytest.fixture(scope="module")
def sandbox(machines: Fleet, fleet: Fleet, kernel: str) -> Sandbox:
    """Return the sandbox of a kernel; `fleet` skips where there can be none."""
    del fleet
    node = machines.fresh(kernel, ENFORCING)  # once it is given a policy
    return Sandbox(node, RECORDED[kernel], RUNTIMES[kernel])


@pytest.fixture(scope="module")
def checks(sandbox: Sandbox) -> Check:
    """Run `check` with all privileges, with those of the manifests, and with less."""
    sandbox.node.reset()
    base, shipped = sandbox.base, _profile()
    capable, narrow = bundle(*CAPABLE), bundle(*NARROW)
    configs = {
        "privileged": configured(bundle(), base, *_CHECK),
        "capable": configured(capable, base, *_CHECK, seccomp=shipped),
        "narrow": configured(narrow, base, *_CHECK, seccomp=shipped),
        **{
            name: configured(
                capable, base, *_CHECK, seccomp=shipped, without=frozenset({name})
            )
            for name in granted(capable)
        },
    }
    return sandbox.checked(configs)


@pytest.fixture(scope="module")
def lived(sandbox: Sandbox) -> Json:
    """Let an agent with every feature live under the shipped profile."""
    sandbox.node.reset()
    shipped = _profile()
    if sandbox.runtime == "crun":  # this runc knows no flags
        shipped["flags"] = ["SECCOMP_FILTER_FLAG_LOG"]
    config = configured(bundle(*EVERYTHING, *CAPABLE), sandbox.base, seccomp=shipped)
    found = sandbox.lived(config)
    found["console"] = sandbox.node.execute(["dmesg"]).stdout
    return found


def test_everything_works_under_the_profile(lived: Json) -> None:
    """Sockets everywhere, paths, TLS, files handed over, uevents, and the end."""
    values = dict(_split(line) for line in lived["sockets"])

    assert len(values) == 4 * len(NAMESPACES)
    assert set(values.values()) == {"1.0"}
    assert lived["answered"] == [None, None]
    assert lived["status"] == {"/report": 200, "/": 200, "/npd": 200, "/nothing": 404}
    assert (lived["page"], lived["looked again"], lived["exit"]) == (True, True, 0)
    assert (lived["reloaded"], len(lived["handed over"])) == (200, 2)
    assert lived["left"] == []
    assert "Traceback" not in lived["log"]
    assert lived["report"]["requests"]["problem"] is None
    assert lived["report"]["workloads"]["problems"] == []


def test_changed_files_are_told_at_once(lived: Json) -> None:
    """Through the node's read-only mount, with the next round 50 minutes away."""
    late = {what for what, seconds in lived["news"].items() if not _is_soon(seconds)}

    assert lived["news"]
    assert late == set(), lived["news"]


def test_commands_beside_it_work(lived: Json) -> None:
    """`kubectl exec` is under the same profile."""
    (checked, report, _), (probed, answer, _), (refused, _, why) = lived["beside"]

    assert (checked, probed) == (0, 0), lived["beside"]
    assert "SCTP" in report
    assert "10.0.0.1" in answer
    assert (refused, "Function not implemented" in why) == (1, True)


def test_nothing_else_is_refused(lived: Json, sandbox: Sandbox) -> None:
    """By the kernel's own audit: no call is tried that the profile does not have.

    Only crun has refusals logged: under runc nothing is.
    """
    logged = [GETPRIORITY] if sandbox.runtime == "crun" else []

    assert _REFUSED.findall(lived["console"]) == logged


def test_nothing_is_missed_without_privilege(checks: Check) -> None:
    """The report is that of a privileged container, but for times."""
    assert lasting(checks["capable"]) == lasting(checks["privileged"])


def test_each_capability_is_needed(checks: Check) -> None:
    """What is lost without it is what the documentation says."""
    lost = {
        name: losses(json.loads(ended.stdout))
        for name, ended in checks.items()
        if name.startswith("CAP_")
    }
    assert lost == LOST


def test_least_privilege_needs_no_capability(checks: Check) -> None:
    """Sockets in the pod's own namespace prove SCTP, under the same profile."""
    report = json.loads(checks["narrow"].stdout)
    sockets = report["facts"]["socket"]

    assert granted(bundle(*NARROW)) == ()
    assert report["verdict"]["state"] == "ready"
    assert {one["netns"] for one in sockets if one["success"]} == {"agent"}


def test_requests_are_seen_with_least_privilege(sandbox: Sandbox) -> None:
    """Where SELinux enforces: the label of the manifests lets it watch.

    Who asked is told by the command: the node's processes are not given to it.
    """
    seen = sandbox.told(_watching(sandbox), CONTAINED)
    report = seen["seen"]
    rows = {row["command"]: row for row in report["requests"]["workloads"]}

    assert seen["instances"] == [OURS]
    assert report["requests"]["selinux_refusals_seen"]
    assert {name: (row["sockets"], row["reason"]) for name, row in rows.items()} == {
        "smf": (["ipv4 unknown"], "SELinuxDeniesLoad"),
        "upf": (["ipv6 one-to-many"], "Blacklisted"),
    }
    assert {row["owner"] for row in rows.values()} == {"unknown"}
    assert "not that of the node" in rows["upf"]["owner_problem"]
    assert not report["workloads"]["complete"]
    assert "not that of the node" in report["workloads"]["problems"][0]
    assert seen["end"] == {"status": 0, "left": []}


def test_without_the_label_it_says_that_it_may_not(sandbox: Sandbox) -> None:
    """As an ordinary container of SELinux: all else goes on."""
    config = _watching(sandbox)
    config["process"]["selinuxLabel"] = confinement.context("container_t")
    seen = sandbox.told(config, NOT_ALLOWED)
    requests = seen["seen"]["requests"]

    assert "instances/sctp-node-agent: permission denied" in requests["problem"]
    assert not requests["watched"]
    assert seen["end"] == {"status": 0, "left": []}


def _watching(sandbox: Sandbox) -> Json:
    """Reset the node, let it enforce, and return what such a pod is."""
    sandbox.node.reset()
    sandbox.node.prepare(*confinement.node())
    made = bundle(*WATCHING, overlay="kubernetes")
    command = ("run", "--interval=3000")
    return configured(made, sandbox.base, *command, seccomp=_profile(), labelled=True)


def _is_soon(seconds: float | None) -> bool:
    return seconds is not None and seconds < SOON


def _profile() -> Json:
    found: Json = json.loads(FILE.read_bytes())
    return found


def _split(line: str) -> tuple[str, str]:
    labels, _, value = line.rpartition(" ")
    return labels, value
