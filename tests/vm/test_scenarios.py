"""The agent's verdict on every scenario against what a real kernel then does."""

import pytest

from tests.vm.fleet import Fleet
from tests.vm.kernel import PACKAGES
from tests.vm.node import Node
from tests.vm.scenarios import ALL, Scenario

pytestmark = [pytest.mark.vm, pytest.mark.timeout(3600)]

_ONE_TO_ONE = ("inet", "stream")
_EVERY = (
    _ONE_TO_ONE,
    ("inet", "seqpacket"),
    ("inet6", "stream"),
    ("inet6", "seqpacket"),
)


@pytest.mark.parametrize("kernel", PACKAGES)
@pytest.mark.parametrize("scenario", ALL.values(), ids=ALL)
def test_agent_says_what_the_kernel_does(
    fleet: Fleet, kernel: str, scenario: Scenario
) -> None:
    """State, boot state and reason are right, and measuring changed nothing."""
    node = fleet.fresh(kernel, scenario.append)
    node.prepare(*scenario.files, *scenario.now)
    before = node.modules()
    report = node.report("--expect", scenario.expect)
    assert node.modules() == before, "the agent changed what is loaded"

    verdict = report["verdict"]
    assert (verdict["state"], verdict["boot_state"], verdict["reason"]) == (
        scenario.state,
        scenario.boot,
        scenario.reason,
    ), report

    state, exposed = _truth(node, scenario)
    node = fleet.fresh(kernel, scenario.append)
    node.prepare(*scenario.files)
    log = node.boot()
    boot, boot_exposed = _truth(node, scenario)
    assert scenario.state in {state, "unknown"}, report
    assert scenario.boot in {boot, "unknown"}, (report, log)
    if scenario.compliant:
        forbidden_kept = not (exposed or boot_exposed)
        assert verdict["compliant"] == scenario.compliant
        assert forbidden_kept == (scenario.compliant == "true")


def _truth(node: Node, scenario: Scenario) -> tuple[str, bool]:
    """Return the state and whether any socket works: the kernel decides.

    Where SCTP is forbidden every family and style is tried, the one that the
    state is about first: a later one may load the module.
    """
    loaded = node.modules().sctp is not None
    wanted = _EVERY if scenario.expect == "forbidden" else (_ONE_TO_ONE,)
    results = node.sockets(*wanted)
    assert "EPERM" not in results
    if results[0] != "ok":
        return "unavailable", "ok" in results
    return "ready" if loaded else "on_demand", True
