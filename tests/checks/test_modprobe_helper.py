"""The program that the kernel starts when a socket needs a module."""

import pytest

from agent.findings import Expectation, Origin, Reason, Status
from tests.nodes import BUILTIN, CONFIG, HELPER, Files, MakeNode, Pipe, loaded

SYSCTL = "/etc/sysctl.d/x.conf"
SET = "kernel.modprobe=/nowhere"
REQUIRED, FORBIDDEN = Expectation.REQUIRED, Expectation.FORBIDDEN
OBSERVE = Expectation.OBSERVE


@pytest.mark.parametrize(
    ("files", "expectation", "status", "reason", "evidence"),
    [
        pytest.param(
            {},
            REQUIRED,
            Status.PASS,
            Reason.AS_EXPECTED,
            (Origin(HELPER, None, "/sbin/modprobe"),),
            id="modprobe",
        ),
        pytest.param(
            {HELPER: "\n"},
            REQUIRED,
            Status.FAIL,
            Reason.MODPROBE_HELPER,
            (Origin(HELPER, None, ""),),
            id="empty",
        ),
        pytest.param(
            {HELPER: "/nowhere\n"},
            REQUIRED,
            Status.FAIL,
            Reason.MODPROBE_HELPER,
            (Origin(HELPER, None, "/nowhere"),),
            id="missing",
        ),
        pytest.param(
            {**loaded(), HELPER: "/bin/true\n"},
            REQUIRED,
            Status.UNKNOWN,
            Reason.FACT_UNREADABLE,
            (Origin(HELPER, None, "/bin/true"),),
            id="does nothing, but sctp is loaded: who set it may do it again",
        ),
        pytest.param(
            {
                **loaded(),
                HELPER: "/bin/true\n",
                "/etc/sysctl.d/a.conf": "kernel.modprobe=/sbin/modprobe\n",
            },
            REQUIRED,
            Status.WARN,
            Reason.MODPROBE_HELPER,
            (Origin(HELPER, None, "/bin/true"),),
            id="does nothing, but sctp is loaded, and the next boot sets another",
        ),
        pytest.param(
            {SYSCTL: f"# hardened\n{SET}\n"},
            REQUIRED,
            Status.FAIL,
            Reason.MODPROBE_HELPER,
            (Origin(SYSCTL, 2, "/nowhere"),),
            id="set for the next boot",
        ),
        pytest.param(
            {HELPER: "/opt/bin/load\n", "/opt/bin/load": "#!/bin/sh\n"},
            REQUIRED,
            Status.UNKNOWN,
            Reason.HELPER_OPAQUE,
            (Origin(HELPER, None, "/opt/bin/load"),),
            id="something else",
        ),
        pytest.param(
            {**loaded(), HELPER: "/opt/bin/load\n", "/opt/bin/load": "#!/bin/sh\n"},
            REQUIRED,
            Status.UNKNOWN,
            Reason.FACT_UNREADABLE,
            (Origin(HELPER, None, "/opt/bin/load"),),
            id="something else, but sctp is loaded",
        ),
        pytest.param(
            {CONFIG: "CONFIG_MODULES=y\nCONFIG_STATIC_USERMODEHELPER=y\n"},
            REQUIRED,
            Status.UNKNOWN,
            Reason.HELPER_OPAQUE,
            (),
            id="fixed in the kernel",
        ),
        pytest.param(
            {HELPER: "\n"},
            FORBIDDEN,
            Status.PASS,
            Reason.MODPROBE_HELPER,
            (Origin(HELPER, None, ""),),
            id="empty as intended",
        ),
        pytest.param(
            {HELPER: "\n"},
            OBSERVE,
            Status.WARN,
            Reason.MODPROBE_HELPER,
            (Origin(HELPER, None, ""),),
            id="empty and observed",
        ),
        pytest.param(
            {HELPER: Pipe()},
            REQUIRED,
            Status.UNKNOWN,
            Reason.FACT_UNREADABLE,
            (Origin(HELPER),),
            id="unreadable",
        ),
        pytest.param(
            {HELPER: None},
            REQUIRED,
            Status.UNKNOWN,
            Reason.FACT_UNREADABLE,
            (Origin(HELPER),),
            id="not there",
        ),
        pytest.param(
            {CONFIG: "# CONFIG_MODULES is not set\n", HELPER: None},
            REQUIRED,
            Status.SKIP,
            Reason.NOT_APPLICABLE,
            (),
            id="kernel without modules",
        ),
        pytest.param(
            BUILTIN,
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
    finding = make_node(files).finding("modprobe_helper", expectation)

    assert (finding.status, finding.reason) == (status, reason)
    assert finding.evidence == evidence


def test_helper_of_a_fresh_boot(make_node: MakeNode) -> None:
    """Offline it is what the kernel was built with, whatever was set since."""
    finding = make_node({HELPER: "\n"}).finding("modprobe_helper", offline=True)

    assert (finding.status, finding.reason) == (Status.PASS, Reason.AS_EXPECTED)
    assert finding.message == "the kernel calls /sbin/modprobe"
