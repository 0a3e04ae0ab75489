"""The real promtool on a made-up fleet: an alert, its cases, what it complains of."""

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.rules.excerpt import excerpt, with_series_read
from tests.rules.fleet import SCRAPE, Node, input_series

TOP = Path(__file__).parents[2]
RULES = TOP / "daemonset" / "rules" / "sctp-node-agent.rules.yaml"
PATHS = RULES.with_name("paths.rules.yaml")
RUNBOOKS = "https://github.com/sctp-node-agent/sctp-node-agent/blob/main/docs/runbooks"
_UNPACKED = TOP / ".cache" / "debian" / "usr" / "bin"

_OWN = ("job", "node", "pool", "pod_namespace", "pod_name")
#: What a firing alert's annotations are filled with; `node`, `pool`, `job` identify it.
Firing = Mapping[str, str]


CHECK = (
    "POD=$(kubectl -n sctp-node-agent get pods"
    " -l app.kubernetes.io/name=sctp-node-agent"
    " --field-selector spec.nodeName={node},status.phase=Running"
    " -o jsonpath='{{.items[0].metadata.name}}');"
    " kubectl -n sctp-node-agent exec $POD -- sctp-node-agent check"
)
USERS = (
    f"{CHECK}; kubectl get endpointslices -A -o jsonpath='{{{{range .items[*]}}}}"
    "{{.metadata.namespace}}/{{.metadata.labels.kubernetes\\.io/service-name}}"
    ' {{.ports[*].protocol}} {{.endpoints[*].nodeName}}{{"\\n"}}{{end}}\''
    " | awk '/ SCTP / && / {node}( |$)/ {{print $1}}'"
)
DESCRIBE = (
    "kubectl -n sctp-node-agent describe pods -l app.kubernetes.io/name=sctp-node-agent"
    " --field-selector spec.nodeName={node}"
)
LOGS = CHECK.replace("exec $POD -- sctp-node-agent check", "logs $POD --tail=200")
AGENTS = "kubectl -n sctp-node-agent get daemonsets,pods -o wide"
NODES = "kubectl get nodes -o wide"


@dataclass(frozen=True, slots=True)
class Alert:
    """What an alert has to say; `{node}` and the like are filled in by the case.

    *action* is the first command where the alert is about a node, *of_all* where it is
    about none.
    """

    name: str
    severity: str
    summary: str
    description: str
    reason: str = "{reason}"
    action: str = CHECK
    of_all: str = AGENTS
    labels: tuple[tuple[str, str], ...] = (
        ("cluster", "east"),
        ("job", "sctp-node-agent"),
        ("namespace", "sctp-node-agent"),
        ("pool", "amf"),
    )

    def expected(self, firing: Firing) -> dict[str, Any]:
        """Return promtool's form of this alert, with every label and annotation."""
        own = {key: firing[key] for key in _OWN if key in firing}
        labels = dict(self.labels) | own | {"severity": self.severity}
        return {
            "exp_labels": {key: value for key, value in labels.items() if value},
            "exp_annotations": {
                "summary": self.summary,
                "description": self.description.format_map(firing),
                "reason": self.reason.format_map(firing),
                "action": (self.action if "node" in firing else self.of_all).format_map(
                    firing
                ),
                "dashboard": _board(labels),
                "runbook_url": f"{RUNBOOKS}/{self.name}.md",
            },
        }


def _board(labels: Mapping[str, str]) -> str:
    """Return the address of the dashboard that is about the node, pool or fleet."""
    board = "sctp-node" if "node" in labels else "sctp-fleet"
    asked = {
        f"var-{name}": labels[name]
        for name in ("node", "pool", "cluster")
        if name in labels and not (name == "pool" and board == "sctp-node")
    }
    query = "&".join("=".join(pair) for pair in asked.items())
    return f"/d/{board}?{query}" if query else f"/d/{board}"


@dataclass(frozen=True, slots=True)
class Case:
    """A fleet, and by the minute which alerts fire: all of them, and no others.

    *since* says of a minute since which one the alert has been active without a
    break: what a receiver of notifications would see as one incident.
    """

    nodes: tuple[Node, ...]
    firing: Mapping[int, tuple[Firing, ...]]
    since: Mapping[int, int] = field(default_factory=dict)

    def test_group(self, alert: Alert) -> dict[str, Any]:
        """Return promtool's form of this case."""
        active = f'min(ALERTS_FOR_STATE{{alertname="{alert.name}"}})'
        return {
            "interval": f"{SCRAPE}s",
            "input_series": input_series(self.nodes),
            "alert_rule_test": [
                {
                    "eval_time": f"{minute}m",
                    "alertname": alert.name,
                    "exp_alerts": [alert.expected(firing) for firing in all_firing],
                }
                for minute, all_firing in self.firing.items()
            ],
            "promql_expr_test": [
                {
                    "expr": active,
                    "eval_time": f"{minute}m",
                    "exp_samples": [{"labels": "{}", "value": start * SCRAPE}],
                }
                for minute, start in self.since.items()
            ],
        }


def alert_group(
    alert: Alert,
    input_series: list[dict[str, str]],
    firing: Mapping[int, tuple[Firing, ...]],
) -> dict[str, Any]:
    """Return promtool's form of: by the minute, which alerts fire on these series."""
    return {
        "interval": f"{SCRAPE}s",
        "input_series": input_series,
        "alert_rule_test": [
            {
                "eval_time": f"{minute}m",
                "alertname": alert.name,
                "exp_alerts": [alert.expected(one) for one in all_firing],
            }
            for minute, all_firing in firing.items()
        ],
    }


def program(name: str) -> str:
    """Return the path of promtool or amtool: unpacked here, or on the path."""
    where = os.pathsep.join([str(_UNPACKED), os.environ["PATH"]])
    found = shutil.which(name, path=where)
    assert found, f"{name} is neither unpacked nor on the path"
    return found


def prove(alert: Alert, case: Case, folder: Path) -> None:
    """Fail with what promtool finds otherwise than *case* says."""
    prove_groups([case.test_group(alert)], folder)


def prove_groups(tests: list[dict[str, Any]], folder: Path) -> None:
    """Fail with what promtool finds otherwise than the test groups *tests* say."""
    groups = excerpt(tests)
    chosen, file = folder / "rules.yaml", folder / "test.yaml"
    chosen.write_text(json.dumps({"groups": groups}))  # which is YAML, too
    content = {
        "rule_files": [str(chosen)],
        "evaluation_interval": f"{SCRAPE}s",
        "group_eval_order": [group["name"] for group in groups],
        "tests": with_series_read(tests, groups),
    }
    file.write_text(json.dumps(content))
    if said := complaints(program("promtool"), "test", "rules", str(file)):
        pytest.fail(said, pytrace=False)


def complaints(*command: str) -> str:
    """Return what a checking *command* says, "" if it is content."""
    result = subprocess.run(
        command, capture_output=True, check=False, text=True, timeout=300
    )
    return "" if result.returncode == 0 else result.stdout + result.stderr
