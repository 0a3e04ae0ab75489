"""Signatures: demanded, and there."""

from dataclasses import replace

import pytest

from agent.checks.context import CheckContext
from agent.checks.module_signature import evaluate
from agent.facts import Gap, KernelFacts, ModuleFacts, NodeFacts
from agent.findings import Expectation, ModuleState, Origin, Reason, Status
from agent.kmod.tree import Health
from agent.loading.assessment import Assessment
from agent.verdict.states import look
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


SIGNED = ModuleFacts(ModuleState.LOADABLE, path="/m/sctp.ko", health=Health.GOOD)
NEEDS_UNREAD = replace(SIGNED, needs=(("libcrc32c", Health.UNKNOWN),))
NEEDS_UNSIGNED = replace(SIGNED, needs=(("libcrc32c", Health.UNSIGNED),))
GAP = Gap("/m/modules.dep.bin", "is damaged")
UNREAD_LOCKDOWN = Gap("/sys/kernel/security/lockdown", "permission denied")
UNSIGNED_TEXT = "a module has no signature, and whether one is demanded is not known"


@pytest.mark.parametrize(
    ("module", "enforced", "gaps", "status", "message", "evidence"),
    [
        pytest.param(
            SIGNED,
            True,
            (),
            Status.PASS,
            "sctp and what it needs are signed",
            (),
            id="signed",
        ),
        pytest.param(
            NEEDS_UNSIGNED,
            False,
            (),
            Status.PASS,
            "the kernel takes modules without a signature too",
            (),
            id="none is demanded",
        ),
        pytest.param(
            replace(SIGNED, gaps=(GAP,)),
            False,
            (),
            Status.UNKNOWN,
            "could not read /m/modules.dep.bin",
            (Origin(GAP.path),),
            id="the modules are unreadable",
        ),
        pytest.param(
            NEEDS_UNREAD,
            True,
            (),
            Status.UNKNOWN,
            "the file of libcrc32c could not be read",
            (),
            id="one that it needs is unreadable",
        ),
        pytest.param(
            NEEDS_UNSIGNED,
            None,
            (),
            Status.UNKNOWN,
            UNSIGNED_TEXT,
            (Origin("/m/sctp.ko"),),
            id="whether one is demanded is not known",
        ),
        pytest.param(
            NEEDS_UNSIGNED,
            None,
            (UNREAD_LOCKDOWN,),
            Status.UNKNOWN,
            "could not read /sys/kernel/security/lockdown",
            (Origin(UNREAD_LOCKDOWN.path),),
            id="nor can be read",
        ),
        pytest.param(
            replace(SIGNED, lists_only=True),
            None,
            (),
            Status.SKIP,
            "the archive leaves the module files out",
            (),
            id="left out",
        ),
        pytest.param(
            replace(NEEDS_UNREAD, lists_only=True),
            None,
            (),
            Status.UNKNOWN,
            "the file of libcrc32c could not be read",
            (),
            id="left out, and unreadable",
        ),
    ],
)
def test_by_facts(
    module: ModuleFacts,
    enforced: bool | None,  # noqa: FBT001  # a value of the table
    gaps: tuple[Gap, ...],
    status: Status,
    message: str,
    evidence: tuple[Origin, ...],
) -> None:
    """What is demanded, and what is there, as far as either is known."""
    kernel = KernelFacts(signatures_enforced=enforced, gaps=gaps)
    node = Assessment(NodeFacts(kernel, module=module))
    finding = evaluate(CheckContext(node, REQUIRED, look(node)))

    assert finding.status == status
    assert finding.message.startswith(message)
    assert finding.evidence == evidence
    if status is Status.UNKNOWN:
        assert finding.reason == Reason.FACT_UNREADABLE
