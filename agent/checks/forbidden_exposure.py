"""Where SCTP is forbidden: can any process get it?"""

from agent.checks.context import Check, CheckContext, passed, skipped
from agent.findings import Cause, Finding, Reason, State
from agent.loading.forecast import TriState
from agent.verdict.states import root_cause


def evaluate(context: CheckContext) -> Finding:
    """Judge every family and type of socket, now and after a reboot."""
    outlook = context.outlook
    if not context.forbidden:
        return skipped("SCTP is not forbidden on this node")
    if outlook.state == State.READY or context.in_kernel:
        text = "sctp is in the kernel: any process can use it"
        return context.failure(Cause(Reason.LOADED_WHERE_FORBIDDEN, text))
    if outlook.state.usable or outlook.exposed == TriState.YES:
        text = "an SCTP socket of an unprivileged process would load sctp"
        return context.failure(Cause(Reason.LOADABLE_WHERE_FORBIDDEN, text))
    if outlook.boot_state.usable or outlook.boot_exposed == TriState.YES:
        text = "after a reboot a process can get SCTP"
        return context.failure(Cause(Reason.LOADABLE_WHERE_FORBIDDEN, text))
    if TriState.UNKNOWN in {outlook.exposed, outlook.boot_exposed}:
        return context.unknown(root_cause(outlook.exposure_causes, State.UNKNOWN))
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
