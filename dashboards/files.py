"""The files that ship: a dashboard for import, and the ConfigMaps of the components."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from dashboards import console, grafana
from dashboards.fleet import FLEET
from dashboards.links import DOCS
from dashboards.model import Dashboard
from dashboards.node import NODE

TOP = Path(__file__).parents[1]
ALL = (FLEET, NODE)
_COMPONENTS = Path("daemonset") / "components"
_HEADER = "# Rendered by `make dashboards` from dashboards/: edit there.\n"


class _Dumper(yaml.SafeDumper):
    """Writes JSON as it is, line by line."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)


def rendered(docs: str = DOCS) -> Iterator[tuple[Path, str]]:
    """Yield each file, relative to the checkout, with its text; *docs* is a URL."""
    for one in ALL:
        ours = _json(grafana.dashboard(one, docs))
        theirs = _json(console.dashboard(one))
        yield Path("dashboards") / "grafana" / f"{one.name}.json", ours
        yield (
            _COMPONENTS / "grafana-dashboards" / f"{one.name}.yaml",
            _config_map(one, ours, "sctp-node-agent", {"grafana_dashboard": "1"}),
        )
        yield (
            _COMPONENTS / "console-dashboards" / f"{one.name}.yaml",
            _config_map(
                one,
                theirs,
                "openshift-config-managed",
                {"console.openshift.io/dashboard": "true"},
            ),
        )


def write(docs: str = DOCS) -> None:
    """Write all files anew, with links to the documentation at the URL *docs*."""
    for path, text in rendered(docs):
        (TOP / path).parent.mkdir(parents=True, exist_ok=True)
        (TOP / path).write_text(text, encoding="utf-8")


def _json(content: dict[str, Any]) -> str:
    return json.dumps(content, indent=1, ensure_ascii=True) + "\n"


def _config_map(
    shown: Dashboard, content: str, namespace: str, labels: dict[str, str]
) -> str:
    ours = {
        "app.kubernetes.io/name": "sctp-node-agent",
        "app.kubernetes.io/component": "agent",
    }
    resource = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {
            "name": f"{shown.name}-dashboard",
            "namespace": namespace,
            "labels": ours | labels,
        },
        "data": {f"{shown.name}.json": content},
    }
    return _HEADER + yaml.dump(resource, Dumper=_Dumper, sort_keys=False, width=4096)
