"""The verdict in one sentence, for whoever shows a report to people."""

from agent.findings import Compliance, Expectation, Report, State


def headline(report: Report) -> str:
    """Return the verdict in one sentence, as one would say it aloud."""
    verdict = report.verdict
    if report.expectation == Expectation.FORBIDDEN:
        return {
            Compliance.TRUE: "SCTP is shut out, as intended",
            Compliance.FALSE: "SCTP is available although it is forbidden",
            Compliance.UNKNOWN: "whether SCTP is shut out is not known",
        }[verdict.compliant]
    now, later = verdict.state, verdict.boot_state
    if State.UNKNOWN in {now, later} and State.UNAVAILABLE not in {now, later}:
        when = "now" if now == State.UNKNOWN else "after a reboot"
        return f"whether SCTP works {when} is not known"
    if now == State.UNKNOWN:
        return "SCTP will not work after a reboot; whether it does now is not known"
    if not now.usable:
        works = {State.UNAVAILABLE: "and will not", State.UNKNOWN: "and may not"}
        again = works.get(later, "but will")
        return f"SCTP does not work now {again} after a reboot"
    if not later.usable:
        return "SCTP works now but will not after a reboot"
    if now == State.ON_DEMAND:
        return "SCTP can be used, the first socket will load it; also after a reboot"
    return "SCTP works and will after a reboot"
