"""The course of each scenario: the agent says what will be, then the kernel decides."""

from collections.abc import Callable

from tests.vm.fleet import Fleet
from tests.vm.node import Node
from tests.vm.scenarios import Scenario

#: Looks for a node's state and whether any process gets a socket, by opening some.
Truth = Callable[[Node], tuple[str, bool]]


def follow(
    fleet: Fleet,
    kernel: str,
    scenario: Scenario,
    truth: Truth,
    *,
    context: str | None = None,
) -> None:
    """Hold state, boot state and reason to *truth*, now and after a boot.

    With *context* SELinux takes the agent for a process of that context. Asking must
    change nothing.
    """
    node = fleet.fresh(kernel, scenario.append)
    node.prepare(*scenario.files, *scenario.now)
    before = node.modules()
    report = node.report("--expect", scenario.expect, context=context)
    assert node.modules() == before, "the agent changed what is loaded"

    verdict = report["verdict"]
    assert (verdict["state"], verdict["boot_state"], verdict["reason"]) == (
        scenario.state,
        scenario.boot,
        scenario.reason,
    ), report

    state, exposed = truth(node)
    node = fleet.fresh(kernel, scenario.append)
    node.prepare(*scenario.files)
    log = node.boot()
    boot, boot_exposed = truth(node)
    assert scenario.state in {state, "unknown"}, report
    assert scenario.boot in {boot, "unknown"}, (report, log)
    if scenario.compliant:
        assert verdict["compliant"] == scenario.compliant
        assert (exposed or boot_exposed) == (scenario.compliant == "false")
