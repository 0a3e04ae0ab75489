"""Install lines in place of the load, of sctp or of what it needs."""

import pytest

from agent.findings import Expectation, Origin, Reason, Status
from tests.nodes import BUILTIN, ETC, Files, MakeNode, Pipe

CONF = f"{ETC}/CIS.conf"
TRUE, FALSE = "install sctp /bin/true", "install sctp /bin/false"
NEEDED = "install udp_tunnel /bin/false"
SCRIPT = "install sctp /usr/local/bin/load"
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
            {CONF: f"\n{TRUE}\n"},
            REQUIRED,
            Status.FAIL,
            Reason.INSTALL_OVERRIDE,
            (Origin(CONF, 2, TRUE),),
            id="true",
        ),
        pytest.param(
            {CONF: f"{FALSE}\n"},
            REQUIRED,
            Status.FAIL,
            Reason.INSTALL_OVERRIDE,
            (Origin(CONF, 1, FALSE),),
            id="false",
        ),
        pytest.param(
            {CONF: "install sct* /bin/false\n"},
            REQUIRED,
            Status.FAIL,
            Reason.INSTALL_OVERRIDE,
            (Origin(CONF, 1, "install sct* /bin/false"),),
            id="glob",
        ),
        pytest.param(
            {CONF: f"{TRUE}\n{FALSE}\n"},
            REQUIRED,
            Status.FAIL,
            Reason.INSTALL_OVERRIDE,
            (Origin(CONF, 1, TRUE),),
            id="the first of two decides",
        ),
        pytest.param(
            {CONF: f"blacklist sctp\n{TRUE}\n"},
            REQUIRED,
            Status.FAIL,
            Reason.INSTALL_OVERRIDE,
            (Origin(CONF, 2, TRUE),),
            id="behind a blacklist line",
        ),
        pytest.param(
            {CONF: f"{NEEDED}\n"},
            REQUIRED,
            Status.FAIL,
            Reason.DEPENDENCY_OVERRIDDEN,
            (Origin(CONF, 1, NEEDED),),
            id="of a module that sctp needs",
        ),
        pytest.param(
            {CONF: f"{TRUE}\nsoftdep sctp post: dummy\n"},
            REQUIRED,
            Status.PASS,
            Reason.AS_EXPECTED,
            (),
            id="undone by a softdep",
        ),
        pytest.param(
            {CONF: f"{SCRIPT}\n"},
            REQUIRED,
            Status.UNKNOWN,
            Reason.INSTALL_COMMAND_OPAQUE,
            (Origin(CONF, 1, SCRIPT),),
            id="script",
        ),
        pytest.param(
            {CONF: f"{FALSE}\n"},
            FORBIDDEN,
            Status.PASS,
            Reason.INSTALL_OVERRIDE,
            (Origin(CONF, 1, FALSE),),
            id="as intended",
        ),
        pytest.param(
            {CONF: f"{FALSE}\n"},
            OBSERVE,
            Status.WARN,
            Reason.INSTALL_OVERRIDE,
            (Origin(CONF, 1, FALSE),),
            id="observed",
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
            {**BUILTIN, CONF: TRUE},
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
    finding = make_node(files).finding("kmod_install", expectation)

    assert (finding.status, finding.reason) == (status, reason)
    assert finding.evidence == evidence
