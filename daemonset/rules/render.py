"""The PrometheusRule of the rules files: the same groups, in the operator's form."""
# ruff: noqa: INP001  # a script beside what it reads, not a package

import argparse
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

_HERE = Path(__file__).parent
SOURCES = (_HERE / "sctp-node-agent.rules.yaml", _HERE / "paths.rules.yaml")
RENDERED = _HERE.parent / "components" / "prometheus-rule" / "prometheusrule.yaml"
_NAME = "sctp-node-agent"
_RUNBOOK = re.compile(r"(?P<key>runbook_url: )\S+/runbooks/(?P<page>\w+\.md)")
_SHARE = re.compile(
    r"(?P<before>\) >= )[\d.]+(?P<after>\n +and on [^\n]+ pool:sctp_nodes_usable)"
)
_BOARD = re.compile(r"(?:https?://[^\s{}]*)?(?=/d/sctp-(?:node|fleet))")
#: What of the sockets is asked for, by the label that names it.
_SOCKETS = {
    "family": re.compile(r'(?P<before>probe_success\{family=~")[^"]*'),
    "style": re.compile(r'(?P<before>probe_success\{family=~"[^"]*",style=~")[^"]*'),
}
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


def tuned(
    text: str,
    *,
    grafana: str = "",
    share: float | None = None,
    sockets: Mapping[str, Sequence[str]] | None = None,
) -> str:
    """Return the rules *text* with what an operator chooses; the rest stays as it is.

    *grafana* is the address below which the dashboards are, *share* that part of a
    pool from which it is degraded, *sockets* has by `family` and `style` which of them
    have to work.
    """
    if grafana:
        text = _BOARD.sub(grafana.rstrip("/").replace("\\", r"\\"), text)
    if share is not None:
        text = _SHARE.sub(rf"\g<before>{share:g}\g<after>", text)
    for label, values in (sockets or {}).items():
        if values:
            text = _SOCKETS[label].sub(rf"\g<before>{'|'.join(values)}", text)
    return text


def _share(text: str) -> float:
    share = float(text)
    if not 0 < share <= 1:
        raise argparse.ArgumentTypeError(f"{text} is no share: 0.2 is a fifth")
    return share


def main(arguments: Sequence[str] = ()) -> int:
    """Write the PrometheusRule anew, and the rules where something is chosen."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--docs", default="", help="where the runbooks are")
    parser.add_argument("--grafana", default="", help="where the dashboards are")
    parser.add_argument("--pool-share", type=_share, help="from which it is degraded")
    parser.add_argument("--families", nargs="*", choices=("ipv4", "ipv6"), default=())
    styles = ("one-to-one", "one-to-many")
    parser.add_argument("--styles", nargs="*", choices=styles, default=())
    chosen = parser.parse_args(arguments)
    for source in SOURCES:
        text = source.read_text()
        new = tuned(
            linked(text, chosen.docs) if chosen.docs else text,
            grafana=chosen.grafana,
            share=chosen.pool_share,
            sockets={"family": chosen.families, "style": chosen.styles},
        )
        if new != text:
            source.write_text(new)
    RENDERED.write_text(render(*(source.read_text() for source in SOURCES)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
