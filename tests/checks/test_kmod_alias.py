"""Alias lines that lead requests for SCTP elsewhere."""

import pytest

from agent.findings import Expectation, Origin, Reason, Status
from tests.nodes import BOOT, BUILTIN, ETC, Files, MakeNode, Pipe

CONF = f"{ETC}/x.conf"
IPV4 = "alias net-pf-2-proto-132 off"
IPV6 = "alias net-pf-10-proto-132 off"
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
            {CONF: f"{IPV4}\n"},
            REQUIRED,
            Status.FAIL,
            Reason.ALIAS_DIVERTED,
            (Origin(CONF, 1, IPV4),),
            id="IPv4 off",
        ),
        pytest.param(
            {CONF: f"{IPV6}\n{IPV4}\n"},
            REQUIRED,
            Status.FAIL,
            Reason.ALIAS_DIVERTED,
            (Origin(CONF, 2, IPV4),),
            id="both off",
        ),
        pytest.param(
            {CONF: f"{IPV6}\n"},
            REQUIRED,
            Status.PASS,
            Reason.AS_EXPECTED,
            (),
            id="IPv6 off",
        ),
        pytest.param(
            {CONF: "alias sctp off\n", BOOT: "sctp\n"},
            REQUIRED,
            Status.WARN,
            Reason.ALIAS_DIVERTED,
            (Origin(CONF, 1, "alias sctp off"),),
            id="sctp itself off, and declared",
        ),
        pytest.param(
            {CONF: f"{IPV4}\n"},
            FORBIDDEN,
            Status.PASS,
            Reason.ALIAS_DIVERTED,
            (Origin(CONF, 1, IPV4),),
            id="IPv4 off as intended",
        ),
        pytest.param(
            {CONF: f"{IPV4}\n"},
            OBSERVE,
            Status.WARN,
            Reason.ALIAS_DIVERTED,
            (Origin(CONF, 1, IPV4),),
            id="IPv4 off and observed",
        ),
        pytest.param(
            {CONF: Pipe()},
            REQUIRED,
            Status.UNKNOWN,
            Reason.FACT_UNREADABLE,
            (Origin(CONF),),
            id="unreadable file",
        ),
        pytest.param(
            {**BUILTIN, CONF: IPV4},
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
    finding = make_node(files).finding("kmod_alias", expectation)

    assert (finding.status, finding.reason) == (status, reason)
    assert finding.evidence == evidence
