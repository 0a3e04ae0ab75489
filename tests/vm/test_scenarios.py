"""The agent's verdict on every scenario against what a real kernel then does."""

from functools import partial

import pytest

from tests.vm.course import follow
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
    follow(fleet, kernel, scenario, partial(_truth, scenario))


def _truth(scenario: Scenario, node: Node) -> tuple[str, bool]:
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
