"""SELinux and the SCTP sockets of containers."""

import pytest

from agent.findings import Expectation, Origin, Reason, Status
from agent.loading.confinement import CONFIG, POLICY
from tests.nodes import BOOT, BUILTIN, Files, MakeNode, loaded
from tests.selinuxfs import ALL, FOLDER, ORDINARY, Play, Rules, enforcing, play

__all__ = ["play"]

NOTHING: Rules = {}
NO_LISTEN: Rules = {("container_t", "sctp_socket"): 0b1011}
RAW_ONLY: Rules = {("container_t", "rawip_socket"): ALL}
OLD_KERNEL: Files = {f"{FOLDER}/policy_capabilities/extended_socket_class": "0"}
WORKS: Files = {**loaded(), BOOT: "sctp\n"}
REQUIRED, FORBIDDEN = Expectation.REQUIRED, Expectation.FORBIDDEN


@pytest.mark.parametrize(
    ("files", "rules", "expectation", "status", "text"),
    [
        pytest.param(
            WORKS,
            NOTHING,
            REQUIRED,
            Status.FAIL,
            "container_t:s0: create, bind, listen, connect",
            id="a policy that does not know SCTP",
        ),
        pytest.param(
            WORKS, NO_LISTEN, REQUIRED, Status.FAIL, "s0: listen", id="clients only"
        ),
        pytest.param(
            BUILTIN, NO_LISTEN, REQUIRED, Status.FAIL, "s0: listen", id="built in"
        ),
        pytest.param(WORKS, NOTHING, FORBIDDEN, Status.PASS, "s0: create", id="wanted"),
        pytest.param(WORKS, ORDINARY, REQUIRED, Status.PASS, "container_t", id="all"),
        pytest.param(
            {**WORKS, CONFIG: "SELINUX=permissive\n"},
            NO_LISTEN,
            REQUIRED,
            Status.FAIL,
            "s0: listen",
            id="until the boot",
        ),
        pytest.param(
            {**WORKS, f"{FOLDER}/enforce": "0", CONFIG: "SELINUX=enforcing\n"},
            NO_LISTEN,
            REQUIRED,
            Status.FAIL,
            "s0: listen",
            id="from the boot on",
        ),
        pytest.param(
            {**WORKS, **OLD_KERNEL},
            RAW_ONLY,
            REQUIRED,
            Status.PASS,
            "container_t",
            id="taken for raw sockets",
        ),
        pytest.param(
            {**WORKS, **OLD_KERNEL},
            ORDINARY,
            REQUIRED,
            Status.FAIL,
            "s0: create",
            id="taken for raw sockets, which are denied",
        ),
    ],
)
def test_finding(
    make_node: MakeNode,
    play: Play,
    *,
    files: Files,
    rules: Rules,
    expectation: Expectation,
    status: Status,
    text: str,
) -> None:
    """Each permission that a server or a client needs counts."""
    play(rules)
    finding = make_node(enforcing(), files).finding("selinux_socket", expectation)

    assert finding.status == status
    assert text in finding.message
    denied = finding.reason == Reason.SELINUX_DENIES_SOCKET
    assert finding.evidence == ((Origin(POLICY),) if denied else ())


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({}, id="no SELinux"),
        pytest.param(enforcing(enforce="0"), id="permissive"),
        pytest.param({**enforcing(), f"{FOLDER}/access": None}, id="not asked"),
    ],
)
def test_nothing_is_denied_by_what_is_not_known(
    make_node: MakeNode, play: Play, files: Files
) -> None:
    """The agent's own socket proves what it proves."""
    play(NOTHING)
    node = make_node(files, {CONFIG: "SELINUX=permissive\n"}, loaded())

    assert node.finding("selinux_socket").status == Status.SKIP
