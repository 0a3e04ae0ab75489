"""What is read of SELinux, live: relatives of one node."""

from dataclasses import replace

import pytest

from agent.hostfs.host import Host
from agent.selinux.facts import SELinuxFacts
from agent.selinux.mode import Mode
from agent.sources import selinux
from tests.nodes import Files, MakeNode, Pipe
from tests.selinux.test_policy import NAME, record
from tests.selinuxfs import (
    ALL,
    BOOLEAN,
    CONFIG,
    FOLDER,
    LXC_CONTEXTS,
    OPEN,
    ORDINARY,
    OVERRIDE,
    Play,
    Rules,
    contexts,
    enforcing,
    play,
)

__all__ = ["play"]

LABEL = "system_u:system_r:container_t:s0"
RHEL = SELinuxFacts(
    mode=Mode.ENFORCING,
    setting="enforcing",
    label=LABEL,
    may_load=False,
    boolean=False,
)
LOCAL = "/etc/selinux/targeted/active/booleans.local"
POLICY = "/etc/selinux/targeted/policy"
CONTAINERD = "/etc/containerd/config.toml"
K3S = "/var/lib/rancher/k3s/agent/etc/containerd/config.toml"
NO_LABEL = replace(RHEL, label="", may_load=None)
UNTOLD = "containerd labels containers only with enable_selinux"


def _unlabelled(problem: str) -> SELinuxFacts:
    return replace(NO_LABEL, problem=problem)


@pytest.mark.parametrize(
    ("files", "rules", "facts"),
    [
        pytest.param({}, ORDINARY, RHEL, id="as RHEL is"),
        pytest.param({}, OPEN, replace(RHEL, may_load=True), id="allowed"),
        pytest.param(
            {f"{FOLDER}/enforce": "0"},
            ORDINARY,
            replace(RHEL, mode=Mode.PERMISSIVE),
            id="permissive",
        ),
        pytest.param({CONFIG: None}, ORDINARY, replace(RHEL, setting=""), id="no file"),
        pytest.param(
            {CONFIG: Pipe()}, ORDINARY, replace(RHEL, setting=None), id="no answer"
        ),
        pytest.param(
            {BOOLEAN: None}, ORDINARY, replace(RHEL, boolean=None), id="no boolean"
        ),
        pytest.param(
            {LOCAL: f"{NAME}=1\n"},
            ORDINARY,
            replace(RHEL, boolean_setting=True),
            id="set on",
        ),
        pytest.param(
            {LOCAL: f"{NAME}=1\n", f"{POLICY}/policy.33": record(NAME, state=0)},
            ORDINARY,
            replace(RHEL, boolean_setting=False),
            id="what the compiled policy says counts",
        ),
        pytest.param(
            {
                f"{POLICY}/policy.33": record(NAME, state=0),
                f"{POLICY}/policy.34": record(NAME, state=1),
            },
            ORDINARY,
            replace(RHEL, boolean_setting=False),
            id="a policy that is too new for the kernel",
        ),
        pytest.param(
            {f"{POLICY}/policy.33": "without it", LOCAL: f"{NAME}=1\n"},
            ORDINARY,
            replace(RHEL, boolean_setting=True),
            id="a policy that does not have the boolean",
        ),
        pytest.param(
            {f"{POLICY}/policy.33": Pipe(), LOCAL: f"{NAME} = 0\n"},
            ORDINARY,
            replace(RHEL, boolean_setting=False),
            id="a policy that cannot be read",
        ),
        pytest.param(
            {OVERRIDE: contexts("engine_t")},
            {("engine_t", "sctp_socket"): ALL},
            replace(RHEL, label="system_u:system_r:engine_t:s0"),
            id="another label by what overrides",
        ),
        pytest.param(
            {LXC_CONTEXTS: None},
            ORDINARY,
            _unlabelled("no file says which label containers are given"),
            id="no lxc_contexts",
        ),
        pytest.param(
            {LXC_CONTEXTS: "file = x\n"},
            ORDINARY,
            _unlabelled(f"{LXC_CONTEXTS}: it has no label for containers"),
            id="lxc_contexts without a label",
        ),
        pytest.param(
            {OVERRIDE: Pipe()},
            ORDINARY,
            _unlabelled(f"{OVERRIDE}: is not a regular file"),
            id="an override that cannot be read",
        ),
        pytest.param(
            {CONTAINERD: "[plugins]\n"},
            ORDINARY,
            _unlabelled(f"{UNTOLD}, and {CONTAINERD} does not say so"),
            id="containerd that labels nothing",
        ),
        pytest.param(
            {"/usr/bin/containerd": "x"},
            ORDINARY,
            _unlabelled(UNTOLD),
            id="containerd without a configuration",
        ),
        pytest.param(
            {CONTAINERD: "  enable_selinux = true\n"}, ORDINARY, RHEL, id="containerd"
        ),
        pytest.param({K3S: "enable_selinux = true\n"}, ORDINARY, RHEL, id="k3s"),
        pytest.param(
            {CONTAINERD: "", "/usr/bin/crio": "x"}, ORDINARY, RHEL, id="CRI-O as well"
        ),
        pytest.param(
            {f"{FOLDER}/class/system/perms/module_request": None},
            ORDINARY,
            replace(RHEL, may_load=True),
            id="a permission that the policy does not know",
        ),
        pytest.param(
            {
                f"{FOLDER}/class/system/perms/module_request": None,
                f"{FOLDER}/deny_unknown": "1",
            },
            OPEN,
            RHEL,
            id="and denies for that",
        ),
        pytest.param(
            {f"{FOLDER}/class/sctp_socket/index": None},
            {},
            RHEL,
            id="a class that the policy does not know",
        ),
        pytest.param(
            {f"{FOLDER}/class/sctp_socket/index": Pipe()},
            ORDINARY,
            replace(
                RHEL,
                may_load=None,
                problem=f"{FOLDER}/class/sctp_socket/index: is not a regular file",
            ),
            id="a class that cannot be read",
        ),
        pytest.param(
            {f"{FOLDER}/initial_contexts/kernel": None},
            ORDINARY,
            replace(
                RHEL, may_load=None, problem="the kernel's own context is not known"
            ),
            id="no context of the kernel",
        ),
        pytest.param(
            {f"{FOLDER}/access": None},
            ORDINARY,
            replace(
                RHEL,
                may_load=None,
                problem=f"{FOLDER}/access: the answer of SELinux is not understood",
            ),
            id="nobody to ask",
        ),
        pytest.param(
            {"/proc/self/attr/current": "kernel\0"},
            {},
            SELinuxFacts(setting="enforcing", no_policy=True),
            id="no policy is loaded",
        ),
        pytest.param(
            {f"{FOLDER}/enforce": None},
            {},
            SELinuxFacts(mode=Mode.UNKNOWN, hidden=True),
            id="not shown",
        ),
        pytest.param(
            {f"{FOLDER}/enforce": None, "/proc/filesystems": "nodev\tsysfs\n"},
            {},
            SELinuxFacts(setting="enforcing", absent=True),
            id="not in the kernel",
        ),
    ],
)
def test_running(
    make_node: MakeNode, play: Play, files: Files, rules: Rules, facts: SELinuxFacts
) -> None:
    """Each file that decides is read, and what is not known is named."""
    play(rules)
    node = make_node(enforcing(), files)

    assert selinux.gather(Host(str(node.root), live=True)) == (facts, ())


def test_permissive_domain(make_node: MakeNode, play: Play) -> None:
    """Where the denials of a domain are only logged, nothing is denied to it."""
    play({}, flags=1)
    node = make_node(enforcing())
    facts, _ = selinux.gather(Host(str(node.root), live=True))

    assert (facts.may_load, facts.denials) == (True, ())


def test_answer_that_is_not_understood(make_node: MakeNode, play: Play) -> None:
    """A kernel that answers in another form leaves the question open."""
    play(answer=b"yes")
    node = make_node(enforcing())
    facts, _ = selinux.gather(Host(str(node.root), live=True))

    assert facts.may_load is None
    assert facts.problem.endswith("not understood")


@pytest.mark.parametrize("path", [f"{FOLDER}/enforce", BOOLEAN])
def test_what_cannot_be_read_is_a_gap(
    make_node: MakeNode, play: Play, path: str
) -> None:
    """An error is no absence."""
    play()
    node = make_node(enforcing(), {path: Pipe()})
    _, gaps = selinux.gather(Host(str(node.root), live=True))

    assert [gap.path for gap in gaps] == [path]
