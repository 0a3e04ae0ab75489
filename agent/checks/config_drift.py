"""Is the node as its MachineConfig declares it, as far as SCTP goes?"""

from agent.checks.context import Check, CheckContext, passed, skipped
from agent.declared import CURRENT_CONFIG
from agent.facts import Gap
from agent.findings import Cause, Finding, Origin, Reason
from agent.loading.causes import unreadable_cause
from agent.loading.forecast import TriState
from agent.names import CMDLINE, SCTP


def evaluate(context: CheckContext) -> Finding:
    """Compare the declared files and arguments with those of the node."""
    declared = context.facts.declared
    if declared.left_out:
        return skipped(f"{CURRENT_CONFIG}: {declared.left_out}")
    if declared.problem:
        gap = Gap(CURRENT_CONFIG, declared.problem, declared.cause)
        return context.unknown(unreadable_cause((gap,)))
    if not declared.config:
        return skipped("no Machine Config Operator manages this node")
    differing = [file for file in declared.files if not file.same]
    evidence: list[Origin] = []
    for file in differing:
        evidence.append(Origin(CURRENT_CONFIG, None, _format(file.path, file.declared)))
        evidence.append(Origin(file.path, None, file.state))
    for argument in declared.arguments:
        evidence.append(Origin(CURRENT_CONFIG, None, f"kernel argument {argument}"))
        evidence.append(Origin(CMDLINE, None, "does not have it"))
    summary = f"{_summary(context)} ({declared.config})"
    if not evidence:
        return passed(summary, Origin(CURRENT_CONFIG))
    text = f"the node is not as {declared.config} declares it: {summary}"
    return context.warning(Cause(Reason.CONFIG_DRIFT, text, tuple(evidence)))


def _summary(context: CheckContext) -> str:
    """Return declared, on disk and running in one line."""
    facts = context.facts
    loads = any(
        "modules-load.d/" in file.path and SCTP in file.declared.split()
        for file in facts.declared.files
    )
    on_disk = {
        TriState.YES: "loaded at boot",
        TriState.NO: "not loaded at boot",
        TriState.UNKNOWN: "not known",
    }[context.forecasts.boot_load.likelihood]
    return (
        f"declared: {'loaded at boot' if loads else 'nothing'}; on disk: {on_disk}; "
        f"running: {facts.module.state.value}"
    )


def _format(path: str, content: str) -> str:
    return f"{path}: {content.strip()}" if content.strip() else f"{path}: empty"


CHECK = Check(
    "config_drift",
    "the node is as its MachineConfig declares it",
    "On OpenShift the machine-config-daemon keeps the node's rendered MachineConfig. "
    "Its files under modprobe.d and modules-load.d that are about SCTP, and its "
    "kernel arguments, are compared with the disk and with the running kernel. A "
    "difference is a file changed by hand, or an update that has not finished.",
    evaluate,
)
