"""What the agent says of a confined container against a kernel that enforces."""

from functools import partial

import pytest

from tests.vm.confinement import SCENARIOS, Confined, context
from tests.vm.course import follow
from tests.vm.fleet import Fleet
from tests.vm.kernel import PACKAGES
from tests.vm.node import Family, Node, Style

pytestmark = [pytest.mark.vm, pytest.mark.timeout(900)]

_ONE_TO_ONE: tuple[Family, Style] = ("inet", "stream")


@pytest.mark.parametrize("kernel", PACKAGES)
@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=SCENARIOS)
def test_agent_says_what_selinux_does(
    fleet: Fleet, kernel: str, scenario: Confined
) -> None:
    """State, boot state and reason are right, and asking changed nothing."""
    asked_by = context(scenario.asked_by) if scenario.asked_by else None
    follow(fleet, kernel, scenario, partial(_truth, scenario), context=asked_by)


def _truth(scenario: Confined, machine: Node) -> tuple[str, bool]:
    """Return a container's state, and whether another process gets a socket."""
    loaded = machine.modules().sctp is not None
    label = context(scenario.domain) if scenario.domain else None
    (result,) = machine.sockets(_ONE_TO_ONE, context=label)
    (other,) = machine.sockets(_ONE_TO_ONE)
    if result != "ok":
        return "unavailable", other == "ok"
    return ("ready" if loaded else "on_demand"), other == "ok"


@pytest.mark.parametrize("kernel", PACKAGES)
@pytest.mark.parametrize("scenario", [SCENARIOS["loadable"]], ids=["loadable"])
def test_question_leaves_no_trace(
    fleet: Fleet, kernel: str, scenario: Confined
) -> None:
    """SELinux's mode, booleans and policy stay as they are, and nothing is logged."""
    machine = fleet.fresh(kernel, scenario.append)
    machine.prepare(*scenario.files)
    before = _traces(machine)
    machine.report()

    assert _traces(machine) == before
    assert any(line.startswith("policy ") for line in before)


def _traces(machine: Node) -> list[str]:
    """Return a sum of each file of SELinux, and what the kernel has logged of it."""
    files = machine.execute(["sh", "-c", _SUMS]).stdout.splitlines()
    log = machine.execute(["dmesg"]).stdout.lower().splitlines()
    return [*files, *(line for line in log if "selinux" in line or "audit" in line)]


_SUMS = """
cd /sys/fs/selinux
for file in enforce booleans/* checkreqprot deny_unknown policyvers policy; do
    echo "$file $(md5sum <$file)"
done
"""
