"""SELinux and the load on behalf of a container."""

import pytest

from agent.findings import Expectation, Origin, Reason, Status
from tests.nodes import BUILTIN, Files, MakeNode, Pipe, loaded

ENFORCE = "/sys/fs/selinux/enforce"
BOOLEAN = "/sys/fs/selinux/booleans/domain_kernel_load_modules"
CONFIG = "/etc/selinux/config"
#: SELinux is in the kernel, and the container is not shown it.
HIDDEN: Files = {"/proc/filesystems": "nodev\tselinuxfs\n"}
OFF: Files = {ENFORCE: "1", BOOLEAN: "0 0"}
REQUIRED, FORBIDDEN = Expectation.REQUIRED, Expectation.FORBIDDEN
OBSERVE = Expectation.OBSERVE


@pytest.mark.parametrize(
    ("files", "expectation", "status", "reason", "evidence"),
    [
        pytest.param(
            {},
            REQUIRED,
            Status.SKIP,
            Reason.NOT_APPLICABLE,
            (),
            id="no SELinux",
        ),
        pytest.param(
            {ENFORCE: "0", BOOLEAN: "0 0"},
            REQUIRED,
            Status.SKIP,
            Reason.NOT_APPLICABLE,
            (),
            id="permissive",
        ),
        pytest.param(
            {ENFORCE: "1"},
            REQUIRED,
            Status.SKIP,
            Reason.NOT_APPLICABLE,
            (),
            id="policy without the boolean",
        ),
        pytest.param(
            {ENFORCE: "1", BOOLEAN: "1 1"},
            REQUIRED,
            Status.PASS,
            Reason.AS_EXPECTED,
            (),
            id="boolean on",
        ),
        pytest.param(
            OFF,
            REQUIRED,
            Status.WARN,
            Reason.SELINUX_DECIDES,
            (Origin(BOOLEAN),),
            id="boolean off",
        ),
        pytest.param(
            OFF,
            OBSERVE,
            Status.WARN,
            Reason.SELINUX_DECIDES,
            (Origin(BOOLEAN),),
            id="boolean off and observed",
        ),
        pytest.param(
            OFF,
            FORBIDDEN,
            Status.PASS,
            Reason.AS_EXPECTED,
            (),
            id="boolean off where it is forbidden",
        ),
        pytest.param(
            {**loaded(), **OFF},
            REQUIRED,
            Status.PASS,
            Reason.AS_EXPECTED,
            (),
            id="boolean off, but sctp is loaded",
        ),
        pytest.param(
            {ENFORCE: Pipe()},
            REQUIRED,
            Status.UNKNOWN,
            Reason.FACT_UNREADABLE,
            (Origin(ENFORCE),),
            id="mode unreadable",
        ),
        pytest.param(
            {ENFORCE: "1", BOOLEAN: Pipe()},
            REQUIRED,
            Status.UNKNOWN,
            Reason.FACT_UNREADABLE,
            (Origin(BOOLEAN),),
            id="boolean unreadable",
        ),
        pytest.param(
            {**BUILTIN, **OFF},
            REQUIRED,
            Status.SKIP,
            Reason.NOT_APPLICABLE,
            (),
            id="built in",
        ),
    ],
)
def test_finding(
    make_node: MakeNode,
    *,
    files: Files,
    expectation: Expectation,
    status: Status,
    reason: Reason,
    evidence: tuple[Origin, ...],
) -> None:
    """Status, reason and evidence."""
    finding = make_node(files).finding("selinux_autoload", expectation)

    assert (finding.status, finding.reason) == (status, reason)
    assert finding.evidence == evidence


@pytest.mark.parametrize(
    ("files", "expectation", "status"),
    [
        pytest.param({}, REQUIRED, Status.UNKNOWN, id="not loaded"),
        pytest.param({}, FORBIDDEN, Status.SKIP, id="forbidden"),
        pytest.param(loaded(), REQUIRED, Status.SKIP, id="loaded"),
        pytest.param({ENFORCE: "0"}, REQUIRED, Status.SKIP, id="shown after all"),
        pytest.param({ENFORCE: "1", BOOLEAN: "1 1"}, REQUIRED, Status.PASS, id="seen"),
    ],
)
def test_not_shown(
    make_node: MakeNode, files: Files, expectation: Expectation, status: Status
) -> None:
    """What the kernel has and does not show is open only where it would matter."""
    finding = make_node(HIDDEN, files).finding("selinux_autoload", expectation)

    assert finding.status == status
    assert (finding.reason == Reason.SELINUX_DECIDES) == (status == Status.UNKNOWN)


def test_files_without_the_boolean(make_node: MakeNode) -> None:
    """Offline, SELinux enforces and nothing says what it would allow."""
    node = make_node({CONFIG: "SELINUX=enforcing\n"})
    finding = node.finding("selinux_autoload", offline=True)

    assert (finding.status, finding.reason) == (Status.UNKNOWN, Reason.SELINUX_DECIDES)
