"""The module of the running kernel: in it, in its index, on disk."""

from dataclasses import replace

import pytest

from agent.checks.context import CheckContext
from agent.checks.module_present import evaluate
from agent.facts import ModuleFacts, NodeFacts
from agent.findings import Expectation, ModuleState, Origin, Reason, Status
from agent.kmod.tree import Health
from agent.loading.assessment import Assessment
from agent.verdict.states import look
from tests.nodes import (
    BUILTIN,
    CONFIG,
    MODULES,
    OTHER_RELEASE,
    SCTP_KO,
    Files,
    MakeNode,
    Pipe,
    elf,
    loaded,
    module_tree,
)

NO_SCTP: Files = {SCTP_KO: None, **module_tree(without=("sctp", "sctp_diag"))}
UNINDEXED = f"{MODULES}/kernel/net/sctp/sctp.ko.xz"
DEP = f"{MODULES}/modules.dep"
REQUIRED, FORBIDDEN = Expectation.REQUIRED, Expectation.FORBIDDEN
OBSERVE = Expectation.OBSERVE


@pytest.mark.parametrize(
    ("files", "expectation", "status", "reason", "evidence"),
    [
        pytest.param(
            BUILTIN,
            REQUIRED,
            Status.PASS,
            Reason.AS_EXPECTED,
            (),
            id="built in",
        ),
        pytest.param(
            {},
            REQUIRED,
            Status.PASS,
            Reason.AS_EXPECTED,
            (Origin(SCTP_KO),),
            id="on disk",
        ),
        pytest.param(
            loaded(),
            REQUIRED,
            Status.PASS,
            Reason.AS_EXPECTED,
            (Origin(SCTP_KO),),
            id="loaded",
        ),
        pytest.param(
            NO_SCTP,
            REQUIRED,
            Status.FAIL,
            Reason.MODULE_MISSING,
            (Origin(DEP),),
            id="missing",
        ),
        pytest.param(
            {**NO_SCTP, **loaded()},
            REQUIRED,
            Status.FAIL,
            Reason.MODULE_MISSING,
            (Origin(DEP),),
            id="loaded, missing for the next boot",
        ),
        pytest.param(
            {SCTP_KO: None},
            REQUIRED,
            Status.FAIL,
            Reason.MODULE_MISSING,
            (Origin(SCTP_KO),),
            id="indexed but not on disk",
        ),
        pytest.param(
            {**NO_SCTP, UNINDEXED: ""},
            REQUIRED,
            Status.FAIL,
            Reason.MODULE_NOT_INDEXED,
            (Origin(UNINDEXED),),
            id="on disk but not indexed",
        ),
        pytest.param(
            {**NO_SCTP, **module_tree(OTHER_RELEASE)},
            REQUIRED,
            Status.FAIL,
            Reason.MODULE_FOR_OTHER_KERNEL_ONLY,
            (),
            id="for another kernel only",
        ),
        pytest.param(
            {**NO_SCTP, CONFIG: "# CONFIG_IP_SCTP is not set\n"},
            REQUIRED,
            Status.FAIL,
            Reason.NOT_IN_KERNEL,
            (Origin(CONFIG),),
            id="kernel without SCTP",
        ),
        pytest.param(
            {**NO_SCTP, CONFIG: "# CONFIG_MODULES is not set\n"},
            REQUIRED,
            Status.FAIL,
            Reason.NO_MODULE_SUPPORT,
            (),
            id="kernel without modules",
        ),
        pytest.param(
            {SCTP_KO: elf()[:127]},
            REQUIRED,
            Status.FAIL,
            Reason.MODULE_DAMAGED,
            (Origin(SCTP_KO),),
            id="truncated",
        ),
        pytest.param(
            NO_SCTP,
            FORBIDDEN,
            Status.PASS,
            Reason.MODULE_MISSING,
            (Origin(DEP),),
            id="missing where it is forbidden",
        ),
        pytest.param(
            NO_SCTP,
            OBSERVE,
            Status.WARN,
            Reason.MODULE_MISSING,
            (Origin(DEP),),
            id="missing and observed",
        ),
        pytest.param(
            {f"{DEP}.bin": Pipe()},
            REQUIRED,
            Status.UNKNOWN,
            Reason.FACT_UNREADABLE,
            (Origin(f"{DEP}.bin"),),
            id="index unreadable",
        ),
        pytest.param(
            {SCTP_KO: Pipe()},
            REQUIRED,
            Status.UNKNOWN,
            Reason.FACT_UNREADABLE,
            (Origin(SCTP_KO),),
            id="file unreadable",
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
    finding = make_node(files).finding("module_present", expectation)

    assert (finding.status, finding.reason) == (status, reason)
    assert finding.evidence == evidence


@pytest.mark.parametrize(
    ("module", "message"),
    [
        pytest.param(
            ModuleFacts(ModuleState.LOADED, initstate="live"),
            "sctp is loaded (live)",
            id="loaded",
        ),
        pytest.param(
            ModuleFacts(ModuleState.LOADABLE), "/m/sctp.ko can be loaded", id="loadable"
        ),
        pytest.param(
            ModuleFacts(ModuleState.LOADABLE, was_loaded=True),
            "/m/sctp.ko can be loaded; it was loaded when the files were taken",
            id="loaded when it was copied",
        ),
        pytest.param(
            ModuleFacts(ModuleState.LOADABLE, lists_only=True),
            "modules.dep lists sctp: its file, which the archive leaves out, is taken "
            "as whole",
            id="listed",
        ),
        pytest.param(
            ModuleFacts(ModuleState.BUILTIN),
            "sctp is built into the kernel",
            id="built in",
        ),
    ],
)
def test_words(module: ModuleFacts, message: str) -> None:
    """What is there, and where."""
    facts = replace(module, path="/m/sctp.ko", health=Health.GOOD)
    node = Assessment(NodeFacts(module=facts))
    finding = evaluate(CheckContext(node, Expectation.REQUIRED, look(node)))
    evidence = () if "built" in message else (Origin("/m/sctp.ko"),)

    assert (finding.status, finding.message) == (Status.PASS, message)
    assert finding.evidence == evidence
