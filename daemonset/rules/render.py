"""The PrometheusRule of the rules files: the same groups, in the operator's form."""
# ruff: noqa: INP001  # a script beside what it reads, not a package

import re
import sys
from pathlib import Path
from typing import Any

import yaml

_HERE = Path(__file__).parent
SOURCES = (_HERE / "sctp-node-agent.rules.yaml", _HERE / "paths.rules.yaml")
RENDERED = _HERE.parent / "components" / "prometheus-rule" / "prometheusrule.yaml"
_NAME = "sctp-node-agent"
_RUNBOOK = re.compile(r"(?P<key>runbook_url: )\S+/runbooks/(?P<page>\w+\.md)")
_HEADER = "# Rendered by `make rules` from daemonset/rules: edit there.\n"


class _Dumper(yaml.SafeDumper):
    """Writes expressions line by line, and every text in full where it is used."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ANN401, ARG002
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)


def render(*rules: str) -> str:
    """Return the PrometheusRule with the groups of the files *rules* (their texts)."""
    groups = [group for text in rules for group in yaml.safe_load(text)["groups"]]
    resource = {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PrometheusRule",
        "metadata": {
            "name": _NAME,
            "namespace": _NAME,
            "labels": {
                "app.kubernetes.io/name": _NAME,
                "app.kubernetes.io/component": "agent",
            },
        },
        "spec": {"groups": groups},
    }
    return _HEADER + yaml.dump(resource, Dumper=_Dumper, sort_keys=False, width=88)


def linked(text: str, docs: str) -> str:
    """Return the rules *text*, its runbooks below the address *docs*."""
    place = docs.rstrip("/").replace("\\", r"\\")
    return _RUNBOOK.sub(rf"\g<key>{place}/runbooks/\g<page>", text)


def main(docs: str = "") -> int:
    """Write the PrometheusRule anew; with *docs*, where the runbooks are, rules too."""
    if docs:
        for source in SOURCES:
            source.write_text(linked(source.read_text(), docs))
    RENDERED.write_text(render(*(source.read_text() for source in SOURCES)))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
