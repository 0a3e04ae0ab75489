"""The switch that ends all loading until the next boot."""

import pytest

from agent.findings import Expectation, Origin, Reason, Status
from tests.nodes import (
    BOOT,
    BUILTIN,
    CONFIG,
    DISABLED,
    MODULES,
    Files,
    MakeNode,
    Pipe,
    loaded,
    module_tree,
)

SYSCTL = "/etc/sysctl.d/x.conf"
SET = "kernel.modules_disabled = 1"
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
            id="off",
        ),
        pytest.param(
            {DISABLED: "1\n"},
            REQUIRED,
            Status.FAIL,
            Reason.MODULES_DISABLED,
            (Origin(DISABLED),),
            id="on",
        ),
        pytest.param(
            {**loaded(), DISABLED: "1\n"},
            REQUIRED,
            Status.UNKNOWN,
            Reason.FACT_UNREADABLE,
            (Origin(DISABLED),),
            id="on, sctp is loaded, and nothing says what the next boot does",
        ),
        pytest.param(
            {**loaded(), DISABLED: "1\n", SYSCTL: f"{SET}\n", BOOT: "sctp\n"},
            REQUIRED,
            Status.WARN,
            Reason.MODULES_DISABLED,
            (Origin(SYSCTL, 1, SET),),
            id="on, but sctp is loaded before, at the next boot too",
        ),
        pytest.param(
            {**loaded(), DISABLED: "1\n", **module_tree(builtin=["sctp"])},
            REQUIRED,
            Status.PASS,
            Reason.AS_EXPECTED,
            (),
            id="on, after sctp was loaded, and the next boot needs no load",
        ),
        pytest.param(
            {f"{MODULES}/modules.dep.bin": Pipe()},
            REQUIRED,
            Status.PASS,
            Reason.AS_EXPECTED,
            (),
            id="something else could not be read",
        ),
        pytest.param(
            {SYSCTL: f"{SET}\n"},
            REQUIRED,
            Status.FAIL,
            Reason.MODULES_DISABLED,
            (Origin(SYSCTL, 1, SET),),
            id="set at the next boot",
        ),
        pytest.param(
            {DISABLED: "1\n"},
            FORBIDDEN,
            Status.PASS,
            Reason.MODULES_DISABLED,
            (Origin(DISABLED),),
            id="on as intended",
        ),
        pytest.param(
            {DISABLED: "1\n"},
            OBSERVE,
            Status.WARN,
            Reason.MODULES_DISABLED,
            (Origin(DISABLED),),
            id="on and observed",
        ),
        pytest.param(
            {DISABLED: Pipe()},
            REQUIRED,
            Status.UNKNOWN,
            Reason.FACT_UNREADABLE,
            (Origin(DISABLED),),
            id="unreadable",
        ),
        pytest.param(
            {CONFIG: "# CONFIG_MODULES is not set\n"},
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
    finding = make_node(files).finding("module_loading", expectation)

    assert (finding.status, finding.reason) == (status, reason)
    assert finding.evidence == evidence
