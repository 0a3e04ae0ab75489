"""Lines about sctp that kmod passes over or misreads."""

import pytest

from agent.findings import Expectation, Origin, Reason, Status
from tests.nodes import ETC, Files, MakeNode, Pipe

CONF = f"{ETC}/x.conf"
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
            (),
            id="none",
        ),
        pytest.param(
            {CONF: "blacklist sctp\nblacklist\n blacklisst dccp\n"},
            REQUIRED,
            Status.PASS,
            Reason.AS_EXPECTED,
            (),
            id="good lines, and bad ones about others",
        ),
        pytest.param(
            {CONF: "\r\nblacklist sctp\r\n"},
            REQUIRED,
            Status.WARN,
            Reason.INEFFECTIVE_LINE,
            (Origin(CONF, 2, "blacklist sctp\r"),),
            id="CR LF",
        ),
        pytest.param(
            {CONF: "blaclist sctp\n"},
            REQUIRED,
            Status.WARN,
            Reason.INEFFECTIVE_LINE,
            (Origin(CONF, 1, "blaclist sctp"),),
            id="misspelt",
        ),
        pytest.param(
            {"/run/modprobe.d/x.conf": "blaclist sctp\n"},
            REQUIRED,
            Status.WARN,
            Reason.INEFFECTIVE_LINE,
            (Origin("/run/modprobe.d/x.conf", 1, "blaclist sctp"),),
            id="in a file that the next boot does not have",
        ),
        pytest.param(
            {f"{ETC}/sctp": "# x\ninstall sctp /bin/true\nblacklist sctp_diag\n"},
            FORBIDDEN,
            Status.WARN,
            Reason.INEFFECTIVE_LINE,
            (Origin(f"{ETC}/sctp", 2, "install sctp /bin/true"),),
            id="in a file without .conf",
        ),
        pytest.param(
            {"/etc/modprobe.conf": "blacklist sctp\n"},
            FORBIDDEN,
            Status.WARN,
            Reason.INEFFECTIVE_LINE,
            (Origin("/etc/modprobe.conf", 1, "blacklist sctp"),),
            id="in the file of older tools",
        ),
        pytest.param(
            {"/etc/modprob.d/a.conf": "blacklist sctp\n"},
            FORBIDDEN,
            Status.WARN,
            Reason.INEFFECTIVE_LINE,
            (Origin("/etc/modprob.d/a.conf", 1, "blacklist sctp"),),
            id="in a folder that is misspelt",
        ),
        pytest.param(
            {
                f"{ETC}/{name}": "blacklist sctp\n"
                for name in ("a.conf.bak", "a.conf~", ".a.conf", "a.conf.rpmsave")
            },
            FORBIDDEN,
            Status.PASS,
            Reason.AS_EXPECTED,
            (),
            id="in files that were put aside",
        ),
        pytest.param(
            {"/etc/modprobe.conf": Pipe()},
            FORBIDDEN,
            Status.PASS,
            Reason.AS_EXPECTED,
            (),
            id="perhaps in a file that decides nothing",
        ),
        pytest.param(
            {
                f"{ETC}/a.conf": "install sctp /bin/true\n",
                f"{ETC}/b.conf": "install sctp /bin/true\ninstall scr /bin/false\n"
                "install s* /sbin/modprobe -i sctp\n",
            },
            REQUIRED,
            Status.WARN,
            Reason.INEFFECTIVE_LINE,
            (Origin(f"{ETC}/b.conf", 3, "install s* /sbin/modprobe -i sctp"),),
            id="install line that comes too late",
        ),
        pytest.param(
            {CONF: " # blacklist sctp\n"},
            REQUIRED,
            Status.WARN,
            Reason.INEFFECTIVE_LINE,
            (Origin(CONF, 1, " # blacklist sctp"),),
            id="comment that is none",
        ),
        pytest.param(
            {CONF: "\ufeffblacklist sctp\n"},
            FORBIDDEN,
            Status.WARN,
            Reason.INEFFECTIVE_LINE,
            (Origin(CONF, 1, "\ufeffblacklist sctp"),),
            id="byte order mark",
        ),
        pytest.param(
            {CONF: "blaclist sctp\ninstall sctp\n"},
            OBSERVE,
            Status.WARN,
            Reason.INEFFECTIVE_LINE,
            (Origin(CONF, 1, "blaclist sctp"), Origin(CONF, 2, "install sctp")),
            id="two of them",
        ),
        pytest.param(
            {CONF: Pipe()},
            REQUIRED,
            Status.UNKNOWN,
            Reason.FACT_UNREADABLE,
            (Origin(CONF),),
            id="unreadable file",
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
    finding = make_node(files).finding("modprobe_lines", expectation)

    assert (finding.status, finding.reason) == (status, reason)
    assert finding.evidence == evidence
