"""FIPS mode and the algorithm of the cookie."""

import pytest

from agent.findings import Expectation, Origin, Reason, Status
from tests.nodes import BUILTIN, Files, MakeNode, Pipe, loaded

FIPS = "/proc/sys/crypto/fips_enabled"
ALGORITHM = "/proc/sys/net/sctp/cookie_hmac_alg"
REQUIRED, FORBIDDEN = Expectation.REQUIRED, Expectation.FORBIDDEN
OBSERVE = Expectation.OBSERVE


@pytest.mark.parametrize(
    ("files", "expectation", "status", "reason", "evidence"),
    [
        pytest.param(
            {**loaded(), FIPS: "0\n", ALGORITHM: "md5\n"},
            REQUIRED,
            Status.SKIP,
            Reason.NOT_APPLICABLE,
            (),
            id="not in FIPS mode",
        ),
        pytest.param(
            {**loaded(), ALGORITHM: "md5\n"},
            REQUIRED,
            Status.SKIP,
            Reason.NOT_APPLICABLE,
            (),
            id="kernel without FIPS",
        ),
        pytest.param(
            {FIPS: "1\n"},
            REQUIRED,
            Status.SKIP,
            Reason.NOT_APPLICABLE,
            (),
            id="not loaded",
        ),
        pytest.param(
            {**loaded(), FIPS: "1\n", ALGORITHM: "md5\n"},
            REQUIRED,
            Status.WARN,
            Reason.FIPS_COOKIE_ALGORITHM,
            (Origin(ALGORITHM, None, "md5"),),
            id="refused algorithm",
        ),
        pytest.param(
            {**BUILTIN, FIPS: "1\n", ALGORITHM: "md5\n"},
            REQUIRED,
            Status.WARN,
            Reason.FIPS_COOKIE_ALGORITHM,
            (Origin(ALGORITHM, None, "md5"),),
            id="refused algorithm, built in",
        ),
        pytest.param(
            {**loaded(), FIPS: "1\n", ALGORITHM: "sha1\n"},
            REQUIRED,
            Status.PASS,
            Reason.AS_EXPECTED,
            (),
            id="allowed algorithm",
        ),
        pytest.param(
            {**loaded(), FIPS: Pipe()},
            REQUIRED,
            Status.UNKNOWN,
            Reason.FACT_UNREADABLE,
            (Origin(FIPS),),
            id="FIPS mode unreadable",
        ),
        pytest.param(
            {**loaded(), FIPS: "1\n", ALGORITHM: Pipe()},
            REQUIRED,
            Status.UNKNOWN,
            Reason.FACT_UNREADABLE,
            (Origin(ALGORITHM),),
            id="algorithm unreadable",
        ),
        pytest.param(
            {**loaded(), ALGORITHM: Pipe()},
            REQUIRED,
            Status.SKIP,
            Reason.NOT_APPLICABLE,
            (),
            id="algorithm unreadable without FIPS mode",
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
    finding = make_node(files).finding("fips_cookie", expectation)

    assert (finding.status, finding.reason) == (status, reason)
    assert finding.evidence == evidence
