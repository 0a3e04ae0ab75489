"""SELinux and the load on behalf of a container."""

import pytest

from agent.findings import Expectation, Origin, Reason, Status
from agent.loading.confinement import CONFIG, POLICY
from tests.nodes import BOOT, BUILTIN, ETC, Files, MakeNode, Pipe, loaded
from tests.selinuxfs import FOLDER, OPEN, ORDINARY, Play, Rules, enforcing, play

__all__ = ["play"]

ENFORCE = f"{FOLDER}/enforce"
DENIES, DECIDES = Reason.SELINUX_DENIES_LOAD, Reason.SELINUX_DECIDES
#: SELinux is in the kernel, and the container is not shown it.
HIDDEN: Files = {"/proc/filesystems": "nodev\tselinuxfs\n"}
DECLARED: Files = {BOOT: "sctp\n"}
REQUIRED, FORBIDDEN = Expectation.REQUIRED, Expectation.FORBIDDEN
OBSERVE = Expectation.OBSERVE
FAIL, WARN, PASS = Status.FAIL, Status.WARN, Status.PASS
SKIP, UNKNOWN = Status.SKIP, Status.UNKNOWN


@pytest.mark.parametrize(
    ("files", "rules", "expectation", "status", "reason"),
    [
        pytest.param(
            enforcing(), ORDINARY, REQUIRED, FAIL, DENIES, id="denied, not loaded"
        ),
        pytest.param(
            enforcing(), ORDINARY, OBSERVE, WARN, DENIES, id="denied and observed"
        ),
        pytest.param(
            enforcing(), ORDINARY, FORBIDDEN, PASS, DENIES, id="denied and forbidden"
        ),
        pytest.param(
            {**enforcing(), **DECLARED},
            ORDINARY,
            REQUIRED,
            FAIL,
            DENIES,
            id="denied until the boot loads it",
        ),
        pytest.param(
            {**enforcing(), **loaded()},
            ORDINARY,
            REQUIRED,
            FAIL,
            DENIES,
            id="loaded, and denied after a boot",
        ),
        pytest.param(
            {**enforcing(), **loaded(), **DECLARED},
            ORDINARY,
            REQUIRED,
            SKIP,
            Reason.NOT_APPLICABLE,
            id="loaded and declared",
        ),
        pytest.param(
            {**enforcing(), **loaded(), **DECLARED, f"{ETC}/x.conf": "blacklist sctp"},
            ORDINARY,
            REQUIRED,
            SKIP,
            Reason.NOT_APPLICABLE,
            id="loaded and declared in vain",
        ),
        pytest.param(
            enforcing(), OPEN, REQUIRED, PASS, Reason.AS_EXPECTED, id="allowed"
        ),
        pytest.param(
            {**BUILTIN, **enforcing()},
            ORDINARY,
            REQUIRED,
            SKIP,
            Reason.NOT_APPLICABLE,
            id="built in",
        ),
    ],
)
def test_policy_that_answers(
    make_node: MakeNode,
    play: Play,
    *,
    files: Files,
    rules: Rules,
    expectation: Expectation,
    status: Status,
    reason: Reason,
) -> None:
    """A denial counts where a container has to ask for the module."""
    play(rules)
    finding = make_node(files).finding("selinux_autoload", expectation)

    assert (finding.status, finding.reason) == (status, reason)
    evidence = (Origin(POLICY),) if reason == DENIES else ()
    assert finding.evidence == evidence


@pytest.mark.parametrize(
    ("files", "expectation", "status", "reason"),
    [
        pytest.param({}, REQUIRED, SKIP, Reason.NOT_APPLICABLE, id="no SELinux"),
        pytest.param(
            {**HIDDEN, "/proc/self/attr/current": "kernel\0"},
            REQUIRED,
            SKIP,
            Reason.NOT_APPLICABLE,
            id="no policy",
        ),
        pytest.param(HIDDEN, REQUIRED, UNKNOWN, DECIDES, id="not shown"),
        pytest.param(
            HIDDEN, FORBIDDEN, SKIP, Reason.NOT_APPLICABLE, id="not shown, forbidden"
        ),
        pytest.param(
            {**HIDDEN, **loaded(), **DECLARED},
            REQUIRED,
            SKIP,
            Reason.NOT_APPLICABLE,
            id="not shown, loaded now and at boot",
        ),
        pytest.param(
            {**HIDDEN, **loaded()},
            REQUIRED,
            UNKNOWN,
            DECIDES,
            id="not shown, loaded now only",
        ),
        pytest.param(
            {ENFORCE: Pipe()},
            REQUIRED,
            UNKNOWN,
            Reason.FACT_UNREADABLE,
            id="mode unreadable",
        ),
        pytest.param(
            {ENFORCE: Pipe()},
            FORBIDDEN,
            UNKNOWN,
            Reason.FACT_UNREADABLE,
            id="mode unreadable, forbidden",
        ),
    ],
)
def test_policy_that_is_not_asked(
    make_node: MakeNode,
    *,
    files: Files,
    expectation: Expectation,
    status: Status,
    reason: Reason,
) -> None:
    """What is not known is open only where it would matter."""
    finding = make_node(files).finding("selinux_autoload", expectation)

    assert (finding.status, finding.reason) == (status, reason)


def test_files_without_the_boolean(make_node: MakeNode) -> None:
    """Offline, SELinux enforces and nothing says what it would allow."""
    node = make_node({CONFIG: "SELINUX=enforcing\n"})
    finding = node.finding("selinux_autoload", offline=True)

    assert (finding.status, finding.reason) == (UNKNOWN, DECIDES)
    assert finding.evidence == (Origin(CONFIG),)
