"""What loads sctp at boot, or is in vain."""

import pytest

from agent.findings import Expectation, Origin, Reason, Status
from tests.nodes import BOOT, BUILTIN, CMDLINE, ETC, Files, Link, MakeNode, Pipe

CONF = f"{ETC}/x.conf"
UNIT = "/etc/systemd/system/systemd-modules-load.service"
DECLARED = Origin(BOOT, 1, "sctp")
DENYING = "blacklist sctp"
REQUIRED, FORBIDDEN = Expectation.REQUIRED, Expectation.FORBIDDEN
OBSERVE = Expectation.OBSERVE


@pytest.mark.parametrize(
    ("files", "expectation", "status", "reason", "evidence"),
    [
        pytest.param(
            {},
            REQUIRED,
            Status.WARN,
            Reason.NOT_DECLARED_AT_BOOT,
            (),
            id="not declared",
        ),
        pytest.param(
            {},
            OBSERVE,
            Status.WARN,
            Reason.NOT_DECLARED_AT_BOOT,
            (),
            id="not declared and observed",
        ),
        pytest.param(
            {},
            FORBIDDEN,
            Status.PASS,
            Reason.AS_EXPECTED,
            (),
            id="not declared as intended",
        ),
        pytest.param(
            {BOOT: "sctp\n"},
            REQUIRED,
            Status.PASS,
            Reason.AS_EXPECTED,
            (DECLARED,),
            id="declared",
        ),
        pytest.param(
            {BOOT: "dummy\n; sctp\n\n sctp \n"},
            REQUIRED,
            Status.PASS,
            Reason.AS_EXPECTED,
            (Origin(BOOT, 4, "sctp"),),
            id="declared beside others",
        ),
        pytest.param(
            {CMDLINE: "modules-load=dummy,sctp\n"},
            REQUIRED,
            Status.PASS,
            Reason.AS_EXPECTED,
            (Origin(CMDLINE, None, "modules-load=dummy,sctp"),),
            id="declared by kernel argument",
        ),
        pytest.param(
            {BOOT: "dummy\nsctp_diag\n", CONF: DENYING},
            REQUIRED,
            Status.PASS,
            Reason.AS_EXPECTED,
            (Origin(BOOT, 2, "sctp_diag"),),
            id="declared by what needs it",
        ),
        pytest.param(
            {BOOT: "sctp\n", CONF: DENYING},
            REQUIRED,
            Status.FAIL,
            Reason.DECLARED_BUT_NOT_LOADED,
            (DECLARED, Origin(CONF, 1, DENYING)),
            id="declared in vain",
        ),
        pytest.param(
            {BOOT: "sctp\n", CONF: DENYING},
            OBSERVE,
            Status.WARN,
            Reason.DECLARED_BUT_NOT_LOADED,
            (DECLARED, Origin(CONF, 1, DENYING)),
            id="declared in vain and observed",
        ),
        pytest.param(
            {BOOT: "sctp\n", CONF: DENYING},
            FORBIDDEN,
            Status.PASS,
            Reason.AS_EXPECTED,
            (DECLARED,),
            id="declared in vain as intended",
        ),
        pytest.param(
            {BOOT: "sctp\n"},
            FORBIDDEN,
            Status.FAIL,
            Reason.LOADABLE_WHERE_FORBIDDEN,
            (DECLARED,),
            id="declared where it is forbidden",
        ),
        pytest.param(
            {BOOT: "sctp\n", UNIT: Link("/dev/null")},
            REQUIRED,
            Status.WARN,
            Reason.NOT_DECLARED_AT_BOOT,
            (Origin(UNIT),),
            id="declared, but the unit is masked",
        ),
        pytest.param(
            {BOOT: Pipe()},
            REQUIRED,
            Status.UNKNOWN,
            Reason.FACT_UNREADABLE,
            (Origin(BOOT),),
            id="unreadable file",
        ),
        pytest.param(
            {CMDLINE: Pipe()},
            FORBIDDEN,
            Status.UNKNOWN,
            Reason.FACT_UNREADABLE,
            (Origin(CMDLINE),),
            id="unreadable kernel arguments",
        ),
        pytest.param(
            {BOOT: "sctp\n", CONF: "install sctp /usr/local/bin/load"},
            REQUIRED,
            Status.UNKNOWN,
            Reason.INSTALL_COMMAND_OPAQUE,
            (Origin(CONF, 1, "install sctp /usr/local/bin/load"),),
            id="script in place of the load",
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
    finding = make_node(files).finding("modules_load", expectation)

    assert (finding.status, finding.reason) == (status, reason)
    assert finding.evidence == evidence


def test_remedy_is_that_of_the_cause(make_node: MakeNode) -> None:
    """What declares sctp in vain is mended where the load is denied."""
    node = make_node({BOOT: "sctp", CONF: DENYING})
    denied = node.finding("kmod_blacklist", REQUIRED)
    finding = node.finding("modules_load", REQUIRED)

    assert finding.remedy == denied.remedy
    assert CONF in finding.remedy
