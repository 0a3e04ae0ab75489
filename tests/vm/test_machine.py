"""The harness itself: the guest obeys, forgets, and its kernel is a real judge."""

from dataclasses import dataclass

import pytest

from tests.vm import steps
from tests.vm.fleet import Fleet
from tests.vm.kernel import PACKAGES
from tests.vm.machine import MachineError
from tests.vm.node import NOBODY
from tests.vm.steps import Step

pytestmark = [
    pytest.mark.vm,
    pytest.mark.timeout(3600),  # the first run downloads two kernels
    pytest.mark.parametrize("kernel", PACKAGES),
]

BLACKLIST = steps.write("/etc/modprobe.d/deny.conf", "blacklist sctp\n")
DECLARED = steps.write("/etc/modules-load.d/sctp.conf", "sctp\n")
STAND_IN = """
import os
import sys

def main(argv):
    print(os.getuid(), *argv)
    print("é", file=sys.stderr)
    return 2
"""


@dataclass(frozen=True, slots=True)
class Scenario:
    """A node's state, and what its kernel then makes of it."""

    steps: tuple[Step, ...] = ()
    append: str = ""
    socket: str = "ok"
    loaded_by_boot: bool = True


SCENARIOS = {
    "declared": Scenario((DECLARED,)),
    "on demand only": Scenario(loaded_by_boot=False),
    "declared but blacklisted": Scenario(
        (DECLARED, BLACKLIST), socket="EPROTONOSUPPORT", loaded_by_boot=False
    ),
    "an unsigned module": Scenario(
        (DECLARED, steps.copy(steps.UNSIGNED_SCTP, steps.SCTP))
    ),
    "an unsigned module, signatures enforced": Scenario(
        (DECLARED, steps.copy(steps.UNSIGNED_SCTP, steps.SCTP)),
        append="module.sig_enforce=1",
        socket="EPROTONOSUPPORT",
        loaded_by_boot=False,
    ),
    "a module whose signature does not fit": Scenario(
        (DECLARED, steps.copy(steps.DAMAGED_SCTP, steps.SCTP)),
        socket="EPROTONOSUPPORT",
        loaded_by_boot=False,
    ),
    "denied by the kernel itself": Scenario(
        (DECLARED,),
        append="module_blacklist=sctp",
        socket="EPROTONOSUPPORT",
        loaded_by_boot=False,
    ),
    "a helper that is not there": Scenario(
        (DECLARED, steps.sysctl("kernel/modprobe", "/sbin/none")),
        socket="EPROTONOSUPPORT",
    ),
}


@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=SCENARIOS)
def test_kernel_decides(fleet: Fleet, kernel: str, scenario: Scenario) -> None:
    """An unprivileged socket and the real boot service tell what the state means."""
    node = fleet.fresh(kernel, scenario.append)
    node.prepare(*scenario.steps)
    assert node.modules().sctp is None
    assert node.sockets(("inet", "stream")) == (scenario.socket,)
    assert (node.modules().sctp == "live") == (scenario.socket == "ok")

    node = fleet.fresh(kernel, scenario.append)
    node.prepare(*scenario.steps)
    log = node.boot()
    assert (node.modules().sctp == "live") == scenario.loaded_by_boot, log


def test_fresh_node_has_forgotten_all(fleet: Fleet, kernel: str) -> None:
    """Files and loaded modules are gone after a reset."""
    node = fleet.fresh(kernel)
    node.prepare(steps.write("/etc/modprobe.d/mark.conf", "# here\n"))
    assert node.sockets(("inet6", "seqpacket")) == ("ok",)
    assert "sctp" in node.modules().names

    node = fleet.fresh(kernel)
    assert "sctp" not in node.modules().names
    assert node.execute(["cat", "/etc/modprobe.d/mark.conf"]).status == 1


@pytest.mark.parametrize("user", [None, NOBODY], ids=["root", "nobody"])
def test_command_line_runs_in_a_child(
    fleet: Fleet, kernel: str, user: int | None
) -> None:
    """Status and both outputs of the imported program come back."""
    node = fleet.fresh(kernel)
    node.prepare(steps.write("/opt/agent/stand_in.py", STAND_IN))
    ended = node.agent("check", "--expect", user=user, module="stand_in")
    assert (ended.status, ended.stdout, ended.stderr) == (
        2,
        f"{user or 0} check --expect\n",
        "é\n",
    )


def test_deadline_ends_a_program_that_hangs(fleet: Fleet, kernel: str) -> None:
    """The guest kills it and still answers."""
    node = fleet.fresh(kernel)
    assert node.execute(["sleep", "1000"], seconds=0.5).status is None
    assert node.execute(["true"]).status == 0


def test_guest_that_cannot_answer_is_restored(fleet: Fleet, kernel: str) -> None:
    """Half of an answer from a state that is gone does not disturb the next one."""
    node = fleet.fresh(kernel)
    node.machine.send({"request": "execute", "argv": ["dmesg"]})
    node.reset()
    assert node.execute(["echo", "here"]).stdout == "here\n"


def test_step_that_fails_is_told(fleet: Fleet, kernel: str) -> None:
    """A scenario never goes on from a state that it did not reach."""
    node = fleet.fresh(kernel)
    with pytest.raises(MachineError, match="FileNotFoundError"):
        node.prepare(steps.remove("/etc/none"))


def test_agent_is_imported_beforehand(fleet: Fleet, kernel: str) -> None:
    """Every module that was to be imported at boot could be."""
    assert fleet.fresh(kernel).machine.ready == {"failed_imports": {}}
