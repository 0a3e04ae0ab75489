"""The verdict as a feature file of Node Feature Discovery, which makes node labels."""

from agent.findings import Report, State
from agent.times import rfc3339

PREFIX = "feature.node.kubernetes.io/sctp."
_USABLE = {State.UNAVAILABLE: "false", State.UNKNOWN: "unknown"}


def labels(report: Report) -> dict[str, str]:
    """Return the node's labels, all of closed sets of values."""
    verdict = report.verdict
    return {
        f"{PREFIX}usable": _USABLE.get(verdict.state, "true"),
        f"{PREFIX}state": verdict.state.value,
        f"{PREFIX}boot-state": verdict.boot_state.value,
        f"{PREFIX}compliant": verdict.compliant.value,
        f"{PREFIX}reason": verdict.reason.value,
    }


def feature_file(report: Report, lifetime: float) -> str:
    """Return the file; *lifetime* seconds after the report it counts no more."""
    expiry = rfc3339(report.time + lifetime)
    # The directive is about the lines that follow, so it comes first.
    lines = [f"# +expiry-time={expiry}"]
    lines += [f"{name}={value}" for name, value in labels(report).items()]
    return "\n".join(lines) + "\n"
