"""Where SCTP is forbidden no process may get it, in no family, type or boot."""

import pytest

from agent.findings import Expectation, Origin, Reason, Status
from tests.nodes import BOOT, BUILTIN, ETC, HELPER, Files, MakeNode, Pipe, loaded

CONF = f"{ETC}/x.conf"
DENIED = {CONF: "blacklist sctp\n"}
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
            id="required",
        ),
        pytest.param(
            {},
            OBSERVE,
            Status.SKIP,
            Reason.NOT_APPLICABLE,
            (),
            id="observed",
        ),
        pytest.param(
            {**loaded(), **DENIED},
            FORBIDDEN,
            Status.FAIL,
            Reason.LOADED_WHERE_FORBIDDEN,
            (),
            id="loaded",
        ),
        pytest.param(
            BUILTIN,
            FORBIDDEN,
            Status.FAIL,
            Reason.LOADED_WHERE_FORBIDDEN,
            (),
            id="built in",
        ),
        pytest.param(
            {},
            FORBIDDEN,
            Status.FAIL,
            Reason.LOADABLE_WHERE_FORBIDDEN,
            (),
            id="loadable",
        ),
        pytest.param(
            {CONF: "alias net-pf-2-proto-132 off\n"},
            FORBIDDEN,
            Status.FAIL,
            Reason.LOADABLE_WHERE_FORBIDDEN,
            (),
            id="loadable over IPv6 only",
        ),
        pytest.param(
            {**DENIED, BOOT: "sctp_diag\n"},
            FORBIDDEN,
            Status.FAIL,
            Reason.LOADABLE_WHERE_FORBIDDEN,
            (),
            id="loaded at boot by what needs it",
        ),
        pytest.param(
            {HELPER: "\n"},
            FORBIDDEN,
            Status.FAIL,
            Reason.LOADABLE_WHERE_FORBIDDEN,
            (),
            id="loadable after the reboot",
        ),
        pytest.param(
            DENIED,
            FORBIDDEN,
            Status.PASS,
            Reason.AS_EXPECTED,
            (),
            id="denied",
        ),
        pytest.param(
            {**DENIED, f"{ETC}/a.conf": Pipe()},
            FORBIDDEN,
            Status.UNKNOWN,
            Reason.FACT_UNREADABLE,
            (Origin(f"{ETC}/a.conf"),),
            id="denied, but by something unreadable too",
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
    finding = make_node(files).finding("forbidden_exposure", expectation)

    assert (finding.status, finding.reason) == (status, reason)
    assert finding.evidence == evidence
