"""Nodes whose real kernel enforces a small SELinux policy, in every state of it.

As in the other scenarios only what the agent says is written down here.
"""

import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.vm import steps
from tests.vm.scenarios import BLACKLIST, DECLARED, LOAD, Scenario
from tests.vm.steps import Step, write
from tests.vm.tools import run

ENFORCING = "security=selinux enforcing=1"
SOURCE = Path(__file__).with_name("selinux.cil")
VERSION = "31"  # of the policy's format, which both kernels know
BOOLEAN = "domain_kernel_load_modules"
FOLDER = "/etc/selinux/node"
MOUNTED = steps.command("mount", "-t", "selinuxfs", "selinuxfs", "/sys/fs/selinux")
OVERRIDE = "/usr/share/containers/selinux/contexts"
FORBIDDEN = "forbidden"


@cache
def policy(*, boolean: bool = False) -> bytes:
    """Return the compiled policy, as `setsebool -P` leaves it with that *boolean*."""
    text = SOURCE.read_text(encoding="ascii")
    line = f"(boolean {BOOLEAN} false)"
    assert line in text
    if boolean:
        text = text.replace(line, f"(boolean {BOOLEAN} true)")
    with tempfile.TemporaryDirectory(prefix="sctp-vm-policy-") as name:
        folder = Path(name)
        (folder / "node.cil").write_text(text, encoding="ascii")
        names = (str(folder / "policy"), "-f", "/dev/null", str(folder / "node.cil"))
        run(["secilc", "-M", "true", "-c", VERSION, "-o", *names])
        return (folder / "policy").read_bytes()


def context(domain: str) -> str:
    """Return the context of a process in that *domain*."""
    return f"system_u:system_r:{domain}:s0"


def contexts(domain: str) -> str:
    """Return what says that containers are given that *domain*."""
    labels = {"process": context(domain), "file": "system_u:object_r:object_t:s0"}
    return "".join(f'{key} = "{label}"\n' for key, label in labels.items())


def node(*, boolean: bool = False, domain: str = "container_t") -> tuple[Step, ...]:
    """Return a node's files, and what its init does with them: load the policy."""
    data = policy(boolean=boolean)
    return (
        write("/etc/selinux/config", "SELINUX=enforcing\nSELINUXTYPE=node\n"),
        write(f"{FOLDER}/contexts/lxc_contexts", contexts(domain)),
        write(f"{FOLDER}/policy/policy.{VERSION}", data),
        MOUNTED,
        steps.selinux("load", data),
    )


def switched(*, on: bool) -> tuple[Step, ...]:
    """Return what `setsebool` without -P does."""
    value = "1" if on else "0"
    commit = steps.selinux("commit_pending_bools", "1")
    return steps.selinux(f"booleans/{BOOLEAN}", value), commit


@dataclass(frozen=True, slots=True)
class Confined(Scenario):
    """A node of which the agent must say what holds of a container in *domain*.

    "" is for one that is not confined. *asked_by* is the agent's own domain.
    """

    append: str = ENFORCING
    domain: str = "container_t"
    asked_by: str = ""


SCENARIOS = {
    "loadable": Confined("unavailable", "unavailable", "SELinuxDeniesLoad", node()),
    "declared": Confined(
        "unavailable", "ready", "SELinuxDeniesLoad", (*node(), DECLARED)
    ),
    "loaded": Confined(
        "ready", "unavailable", "SELinuxDeniesLoad", node(), now=(LOAD,)
    ),
    "denied by modprobe.d as well": Confined(
        "unavailable", "unavailable", "Blacklisted", (*node(), BLACKLIST)
    ),
    "boolean on for good": Confined(
        "on_demand", "on_demand", "AsExpected", node(boolean=True)
    ),
    "boolean on until the next boot": Confined(
        "on_demand", "unavailable", "SELinuxDeniesLoad", node(), now=switched(on=True)
    ),
    "boolean off until the next boot": Confined(
        "unavailable",
        "on_demand",
        "SELinuxDeniesLoad",
        node(boolean=True),
        now=switched(on=False),
    ),
    "permissive until the next boot": Confined(
        "on_demand",
        "unavailable",
        "SELinuxDeniesLoad",
        node(),
        now=(steps.selinux("enforce", "0"),),
    ),
    "a label for containers that overrides": Confined(
        "on_demand",
        "on_demand",
        "AsExpected",
        (*node(), write(OVERRIDE, contexts("engine_t"))),
        domain="engine_t",
    ),
    "a permissive domain": Confined(
        "on_demand", "on_demand", "AsExpected", node(domain="lab_t"), domain="lab_t"
    ),
    "a policy that does not know SCTP, loaded": Confined(
        "unavailable",
        "unavailable",
        "SELinuxDeniesSocket",
        (*node(domain="old_t"), DECLARED),
        now=(LOAD,),
        domain="old_t",
    ),
    "no policy is loaded": Confined(
        "on_demand", "on_demand", "AsExpected", (), domain=""
    ),
    "the agent may not ask": Confined(
        "unknown", "unknown", "SELinuxDecides", node(), asked_by="container_t"
    ),
    "forbidden, and loadable by others": Confined(
        "unavailable",
        "unavailable",
        "LoadableWhereForbidden",
        node(),
        expect=FORBIDDEN,
        compliant="false",
    ),
    "forbidden, and denied to all": Confined(
        "unavailable",
        "unavailable",
        "AsExpected",
        (*node(), BLACKLIST),
        expect=FORBIDDEN,
        compliant="true",
    ),
}
