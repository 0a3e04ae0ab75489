"""Signatures: demanded, and there."""

import pytest

from agent.findings import Expectation, Origin, Reason, Status
from tests.nodes import (
    BUILTIN,
    CONFIG,
    ENFORCED,
    MODULES,
    SCTP_KO,
    Files,
    MakeNode,
    Pipe,
    elf,
    module_tree,
)

LOCKDOWN = "/sys/kernel/security/lockdown"
UDP_KO = f"{MODULES}/kernel/udp_tunnel.ko"
UNSIGNED: Files = {SCTP_KO: elf(signed=False)}
CHOSEN = "none [integrity] confidentiality\n"
FORCED = "CONFIG_MODULE_SIG_FORCE=y\n"
REQUIRED, FORBIDDEN = Expectation.REQUIRED, Expectation.FORBIDDEN
OBSERVE = Expectation.OBSERVE


@pytest.mark.parametrize(
    ("files", "expectation", "status", "reason", "evidence"),
    [
        pytest.param(
            UNSIGNED,
            REQUIRED,
            Status.PASS,
            Reason.AS_EXPECTED,
            (),
            id="not demanded",
        ),
        pytest.param(
            {ENFORCED: "Y\n"},
            REQUIRED,
            Status.PASS,
            Reason.AS_EXPECTED,
            (),
            id="demanded and there",
        ),
        pytest.param(
            {**UNSIGNED, ENFORCED: "Y\n"},
            REQUIRED,
            Status.FAIL,
            Reason.SIGNATURE_REQUIRED,
            (Origin(ENFORCED, None, "Y"), Origin(SCTP_KO)),
            id="demanded and missing",
        ),
        pytest.param(
            {**UNSIGNED, LOCKDOWN: CHOSEN},
            REQUIRED,
            Status.FAIL,
            Reason.SIGNATURE_REQUIRED,
            (Origin(LOCKDOWN, None, "integrity"), Origin(SCTP_KO)),
            id="missing under lockdown",
        ),
        pytest.param(
            {**UNSIGNED, CONFIG: FORCED},
            REQUIRED,
            Status.FAIL,
            Reason.SIGNATURE_REQUIRED,
            (Origin(CONFIG), Origin(SCTP_KO)),
            id="missing in a kernel that forces it",
        ),
        pytest.param(
            {UDP_KO: elf(signed=False), ENFORCED: "Y\n"},
            REQUIRED,
            Status.FAIL,
            Reason.SIGNATURE_REQUIRED,
            (Origin(ENFORCED, None, "Y"), Origin(UDP_KO)),
            id="missing on what sctp needs",
        ),
        pytest.param(
            {**UNSIGNED, ENFORCED: "Y\n"},
            FORBIDDEN,
            Status.PASS,
            Reason.SIGNATURE_REQUIRED,
            (Origin(ENFORCED, None, "Y"), Origin(SCTP_KO)),
            id="missing where it is forbidden",
        ),
        pytest.param(
            {**UNSIGNED, ENFORCED: "Y\n"},
            OBSERVE,
            Status.WARN,
            Reason.SIGNATURE_REQUIRED,
            (Origin(ENFORCED, None, "Y"), Origin(SCTP_KO)),
            id="missing and observed",
        ),
        pytest.param(
            {ENFORCED: Pipe()},
            REQUIRED,
            Status.PASS,
            Reason.AS_EXPECTED,
            (),
            id="demand unreadable, but signed",
        ),
        pytest.param(
            {**UNSIGNED, ENFORCED: Pipe()},
            REQUIRED,
            Status.UNKNOWN,
            Reason.FACT_UNREADABLE,
            (Origin(ENFORCED),),
            id="demand unreadable and unsigned",
        ),
        pytest.param(
            {**UNSIGNED, LOCKDOWN: Pipe()},
            REQUIRED,
            Status.UNKNOWN,
            Reason.FACT_UNREADABLE,
            (Origin(LOCKDOWN),),
            id="lockdown unreadable and unsigned",
        ),
        pytest.param(
            {SCTP_KO: Pipe(), ENFORCED: "Y\n"},
            REQUIRED,
            Status.UNKNOWN,
            Reason.FACT_UNREADABLE,
            (Origin(SCTP_KO),),
            id="module unreadable",
        ),
        pytest.param(
            {SCTP_KO: None, **module_tree(without=("sctp", "sctp_diag"))},
            REQUIRED,
            Status.SKIP,
            Reason.NOT_APPLICABLE,
            (),
            id="no sctp",
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
    finding = make_node(files).finding("module_signature", expectation)

    assert (finding.status, finding.reason) == (status, reason)
    assert finding.evidence == evidence
