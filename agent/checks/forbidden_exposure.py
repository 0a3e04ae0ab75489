"""Where SCTP is forbidden: can any process get it?"""

from agent.checks.subject import Check, Subject, passed, skipped
from agent.findings import Cause, Finding, Reason, State
from agent.forecasts import Likelihood
from agent.outlook import root_cause


def evaluate(subject: Subject) -> Finding:
    """Judge every family and type of socket, now and after a reboot."""
    outlook = subject.outlook
    if not subject.forbidden:
        return skipped("SCTP is not forbidden on this node")
    if outlook.state == State.READY or subject.in_kernel:
        text = "sctp is in the kernel: any process can use it"
        return subject.failure(Cause(Reason.LOADED_WHERE_FORBIDDEN, text))
    if outlook.state.usable or outlook.exposed == Likelihood.YES:
        text = "an SCTP socket of an unprivileged process would load sctp"
        return subject.failure(Cause(Reason.LOADABLE_WHERE_FORBIDDEN, text))
    if outlook.boot_state.usable or outlook.boot_exposed == Likelihood.YES:
        text = "after a reboot a process can get SCTP"
        return subject.failure(Cause(Reason.LOADABLE_WHERE_FORBIDDEN, text))
    if Likelihood.UNKNOWN in {outlook.exposed, outlook.boot_exposed}:
        return subject.unknown(root_cause(outlook.exposure_causes, State.UNKNOWN))
    return passed("no process can get SCTP, now or after a reboot")


CHECK = Check(
    "forbidden_exposure",
    "no process can get SCTP where it is forbidden",
    "On hardened nodes, and on nodes whose SCTP runs in user space, the module "
    "must not appear. One line is rarely enough: an alias line for IPv4 is undone "
    "by an IPv6 socket, a blacklist by a modules-load.d entry for a module that "
    "depends on sctp.",
    evaluate,
)
