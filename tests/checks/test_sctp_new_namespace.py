"""The socket in a namespace as a new pod gets it."""

import pytest

from agent.findings import Expectation, Origin, Reason, Status
from tests.nodes import BUILTIN, Failures, Files, MakeNode, loaded

PROBE = ("pod", "ipv4", "one-to-one")
PLACE = "pod network namespace"
REQUIRED, FORBIDDEN = Expectation.REQUIRED, Expectation.FORBIDDEN
OBSERVE = Expectation.OBSERVE


@pytest.mark.parametrize(
    ("failures", "expectation", "status", "reason", "evidence"),
    [
        pytest.param({}, REQUIRED, Status.PASS, Reason.AS_EXPECTED, (), id="works"),
        pytest.param(
            {}, FORBIDDEN, Status.PASS, Reason.AS_EXPECTED, (), id="works, forbidden"
        ),
        pytest.param(
            {PROBE: ("bind", "EACCES")},
            REQUIRED,
            Status.WARN,
            Reason.SOCKET_FAILED,
            (Origin(PLACE, None, "EACCES"),),
            id="fails",
        ),
        pytest.param(
            {PROBE: ("bind", "EACCES")},
            FORBIDDEN,
            Status.WARN,
            Reason.SOCKET_FAILED,
            (Origin(PLACE, None, "EACCES"),),
            id="fails, forbidden",
        ),
        pytest.param(
            {PROBE: ("bind", "EACCES")},
            OBSERVE,
            Status.WARN,
            Reason.SOCKET_FAILED,
            (Origin(PLACE, None, "EACCES"),),
            id="fails, observed",
        ),
        pytest.param(
            {PROBE: ("connect", "ETIMEDOUT")},
            REQUIRED,
            Status.UNKNOWN,
            Reason.SOCKET_TIMEOUT,
            (Origin(PLACE, None, "ETIMEDOUT"),),
            id="no answer",
        ),
    ],
)
def test_finding(
    make_node: MakeNode,
    *,
    failures: Failures,
    expectation: Expectation,
    status: Status,
    reason: Reason,
    evidence: tuple[Origin, ...],
) -> None:
    """The socket's stage and errno are in the message and the evidence."""
    node = make_node(loaded())
    finding = node.finding("sctp_new_namespace", expectation, failures=failures)

    assert (finding.status, finding.reason) == (status, reason)
    assert finding.evidence == evidence
    if evidence:
        stage, error = failures[PROBE]
        assert finding.message.endswith(f": {stage} failed with {error}")


@pytest.mark.parametrize(
    ("files", "offline", "message"),
    [
        pytest.param(
            {},
            False,
            "sctp is not in the kernel, and a socket might load it",
            id="not loaded",
        ),
        pytest.param(
            loaded("Loading"), False, "the module is coming", id="being loaded"
        ),
        pytest.param(BUILTIN, True, "only files are judged", id="offline"),
    ],
)
def test_no_socket_is_tried(
    make_node: MakeNode, files: Files, message: str, *, offline: bool
) -> None:
    """Where no socket may be opened the check is skipped and says why."""
    finding = make_node(files).finding("sctp_new_namespace", offline=offline)

    assert (finding.status, finding.message) == (Status.SKIP, message)


def test_namespace_cannot_be_made(make_node: MakeNode) -> None:
    """Without the privilege nothing is said about SCTP."""
    node = make_node(loaded())
    finding = node.finding(
        "sctp_new_namespace", failures={PROBE: ("namespace", "EPERM")}
    )

    assert (finding.status, finding.reason) == (Status.SKIP, Reason.NOT_APPLICABLE)
    assert finding.message == "no namespace could be made: EPERM"
