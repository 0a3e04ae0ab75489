"""What the checks of SCTP sockets have in common: cases, and how each is proven."""

from dataclasses import dataclass

from agent.findings import Expectation, Origin, Reason, Status
from tests.nodes import BUILTIN, Files, MakeNode, loaded

_REQUIRED, _FORBIDDEN = Expectation.REQUIRED, Expectation.FORBIDDEN
_DENIED, _LATE = ("bind", "EACCES"), ("connect", "ETIMEDOUT")


@dataclass(frozen=True, slots=True)
class Socket:
    """A check, and the socket that it is about: namespace, family and style."""

    check: str
    probe: tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Case:
    """How the socket fails, by stage and errno, if it does, and what follows."""

    name: str
    failure: tuple[str, str] | None
    expectation: Expectation
    status: Status
    reason: Reason


@dataclass(frozen=True, slots=True)
class Untried:
    """A node where no socket may be opened, and what is said about that."""

    name: str
    files: Files
    message: str
    offline: bool = False


def cases(*, failing: Status) -> tuple[Case, ...]:
    """Return all cases; a failure is *failing* where SCTP is required."""
    failed, late = Reason.SOCKET_FAILED, Reason.SOCKET_TIMEOUT
    good, warn = Reason.AS_EXPECTED, Status.WARN
    return (
        Case("works", None, _REQUIRED, Status.PASS, good),
        Case("works, forbidden", None, _FORBIDDEN, Status.PASS, good),
        Case("fails", _DENIED, _REQUIRED, failing, failed),
        Case("fails, forbidden", _DENIED, _FORBIDDEN, warn, failed),
        Case("fails, observed", _DENIED, Expectation.OBSERVE, warn, failed),
        Case("no answer", _LATE, _REQUIRED, Status.UNKNOWN, late),
    )


UNTRIED = (
    Untried("not loaded", {}, "sctp is not in the kernel, and a socket might load it"),
    Untried("being loaded", loaded("Loading"), "the module is coming"),
    Untried("offline", BUILTIN, "only files are judged", offline=True),
)


def name(case: Case | Untried) -> str:
    """Return a case's name, for its test's."""
    return case.name


def prove(make_node: MakeNode, socket: Socket, case: Case) -> None:
    """Fail unless stage and errno are in the message and errno in the evidence."""
    failures = {socket.probe: case.failure} if case.failure else {}
    finding = make_node(loaded()).finding(
        socket.check, case.expectation, failures=failures
    )

    assert (finding.status, finding.reason) == (case.status, case.reason)
    if case.failure is None:
        assert finding.evidence == ()
        return
    stage, error = case.failure
    place = f"{socket.probe[0]} network namespace"
    assert finding.evidence == (Origin(place, None, error),)
    assert finding.message.endswith(f": {stage} failed with {error}")


def prove_untried(make_node: MakeNode, socket: Socket, case: Untried) -> None:
    """Fail unless the check is skipped and says why."""
    finding = make_node(case.files).finding(socket.check, offline=case.offline)

    assert (finding.status, finding.message) == (Status.SKIP, case.message)
