"""Why the node denies SCTP, as the latest report has it. Pure."""

from agent.findings import Reason, Report, State

_FIRST, _LAST = Reason.NO_MODULE_SUPPORT, Reason.SELINUX_DENIES_SOCKET


def denial(report: Report) -> Reason | None:
    """Return what denies SCTP at present, None where the report knows of nothing.

    Where SCTP is forbidden the verdict's reason is that all is as it should be: then
    it is the check that has found what has to be removed first.
    """
    verdict = report.verdict
    if verdict.state is not State.UNAVAILABLE:
        return None
    if _denies(verdict.reason):
        return verdict.reason
    reasons = (check.finding.reason for check in report.checks)
    return min(
        (reason for reason in reasons if _denies(reason)),
        key=lambda reason: reason.precedence,
        default=None,
    )


def _denies(reason: Reason) -> bool:
    return _FIRST.precedence <= reason.precedence <= _LAST.precedence
