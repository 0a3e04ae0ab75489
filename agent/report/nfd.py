"""The verdict as a feature file of Node Feature Discovery, which makes node labels."""

import time

from agent.findings import Report, State

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
    expiry = time.gmtime(report.time + lifetime)
    # The directive is about the lines that follow, so it comes first.
    lines = [f"# +expiry-time={time.strftime('%Y-%m-%dT%H:%M:%SZ', expiry)}"]
    lines += [f"{name}={value}" for name, value in labels(report).items()]
    return "\n".join(lines) + "\n"
