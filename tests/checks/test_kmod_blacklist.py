"""A blacklist line is named with its file, whether or not it decides."""

import pytest

from agent.findings import Expectation, Origin, Reason, Status
from tests.nodes import BOOT, BUILTIN, CMDLINE, ETC, VENDOR, Files, MakeNode, Pipe

VENDOR_FILE, OWN_FILE = f"{VENDOR}/sctp-blacklist.conf", f"{ETC}/x.conf"
LINE = "blacklist sctp"
REQUIRED, FORBIDDEN = Expectation.REQUIRED, Expectation.FORBIDDEN
OBSERVE = Expectation.OBSERVE


@pytest.mark.parametrize(
    ("files", "expectation", "status", "reason", "evidence"),
    [
        pytest.param(
            {VENDOR_FILE: f"# by the vendor\n{LINE}\n"},
            REQUIRED,
            Status.FAIL,
            Reason.BLACKLISTED,
            (Origin(VENDOR_FILE, 2, LINE),),
            id="vendor file",
        ),
        pytest.param(
            {VENDOR_FILE: f"{LINE}\n", OWN_FILE: f"{LINE}\n"},
            REQUIRED,
            Status.FAIL,
            Reason.BLACKLISTED,
            (Origin(VENDOR_FILE, 1, LINE), Origin(OWN_FILE, 1, LINE)),
            id="two files, in the order they are read",
        ),
        pytest.param(
            {OWN_FILE: LINE},
            OBSERVE,
            Status.WARN,
            Reason.BLACKLISTED,
            (Origin(OWN_FILE, 1, LINE),),
            id="observed",
        ),
        pytest.param(
            {OWN_FILE: LINE},
            FORBIDDEN,
            Status.PASS,
            Reason.BLACKLISTED,
            (Origin(OWN_FILE, 1, LINE),),
            id="forbidden",
        ),
        pytest.param(
            {
                OWN_FILE: f"{LINE}\nalias net-pf-2-proto-132-type-1 voice\n"
                "install voice /sbin/modprobe -i sctp\n",
                BOOT: "sctp_diag\n",
            },
            REQUIRED,
            Status.WARN,
            Reason.BLACKLISTED,
            (Origin(OWN_FILE, 1, LINE),),
            id="overruled now and at boot",
        ),
        pytest.param(
            {VENDOR_FILE: LINE, f"{ETC}/sctp-blacklist.conf": ""},
            REQUIRED,
            Status.PASS,
            Reason.AS_EXPECTED,
            (),
            id="masked by an empty file",
        ),
        pytest.param(
            {CMDLINE: "modprobe.blacklist=sctp\n"},
            REQUIRED,
            Status.PASS,
            Reason.AS_EXPECTED,
            (),
            id="only by kernel argument",
        ),
        pytest.param(
            {OWN_FILE: Pipe()},
            REQUIRED,
            Status.UNKNOWN,
            Reason.FACT_UNREADABLE,
            (Origin(OWN_FILE),),
            id="unreadable file",
        ),
        pytest.param(
            {OWN_FILE: Pipe(), VENDOR_FILE: LINE},
            REQUIRED,
            Status.FAIL,
            Reason.BLACKLISTED,
            (Origin(VENDOR_FILE, 1, LINE),),
            id="unreadable file beside one that says it",
        ),
        pytest.param(
            {**BUILTIN, OWN_FILE: LINE},
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
    """Status, reason and every line that says so."""
    finding = make_node(files).finding("kmod_blacklist", expectation)

    assert (finding.status, finding.reason) == (status, reason)
    assert finding.evidence == evidence
