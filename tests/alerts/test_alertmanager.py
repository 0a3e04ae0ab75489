"""The routes and inhibitions of the docs, merged into what sites have already.

What is typed is what docs/alerts.md says: three texts, each into its place. The real
Alertmanager is asked who is told, and who is held back.
"""

import json
import re
import textwrap
import time
from collections.abc import Iterable
from http import HTTPStatus
from itertools import permutations
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
import yaml

from tests.alerts.firing import Firing, Pairs
from tests.alerts.inhibition import notified
from tests.alerts.table import DOCUMENT
from tests.chain.monitoring import alerting
from tests.rules.promtool import complaints, program
from tests.rules.test_conventions import ALERTS
from tests.vm.tools import run

pytestmark = pytest.mark.prometheus

#: In the manner of kube-prometheus: quoted, by the alphabet, lists not indented.
KUBE_PROMETHEUS = """\
"global":
  "resolve_timeout": "5m"
"inhibit_rules":
- "equal": ["namespace", "alertname"]
  "source_matchers": ["severity = critical"]
  "target_matchers": ["severity =~ warning|info"]
- "equal": ["namespace"]
  "source_matchers": ["alertname = InfoInhibitor"]
  "target_matchers": ["severity = info"]
"receivers":
- "name": "Default"
- "name": "Watchdog"
- "name": "Critical"
- "name": "null"
"route":
  "group_by": ["namespace"]
  "receiver": "Default"
  "routes":
  - "matchers": ["alertname = Watchdog"]
    "receiver": "Watchdog"
  - "matchers": ["alertname = InfoInhibitor"]
    "receiver": "null"
  - "matchers": ["severity = critical"]
    "receiver": "Critical"
"""
#: In the manner of OpenShift's after its console has written it: lists are indented.
OPENSHIFT = """\
inhibit_rules:
  - equal:
      - namespace
      - alertname
    source_matchers:
      - severity = critical
    target_matchers:
      - severity =~ warning|info
receivers:
  - name: Default
    email_configs:
      - to: noc@example.com
        from: cluster@example.com
        smarthost: mail.example.com:25
  - name: Watchdog
  - name: Critical
route:
  group_by:
    - namespace
  receiver: Default
  routes:
    - matchers:
        - alertname = Watchdog
      receiver: Watchdog
    - matchers:
        - severity = critical
      receiver: Critical
"""
SITES = {"kube-prometheus": KUBE_PROMETHEUS, "OpenShift": OPENSHIFT}
_FRAGMENT = re.compile(
    r"^```yaml\n# under ([\w.]+)\n(.*?)^```", re.MULTILINE | re.DOTALL
)
_RECEIVERS = {"critical": "pager", "warning": "team", "info": "quiet"}
_OF_NODES = {"KubeNodeNotReady": "warning", "KubeNodeUnreachable": "warning"}
_SEVERITIES = {name: rule["labels"]["severity"] for name, rule in ALERTS.items()}
_ALL = _SEVERITIES | _OF_NODES
_SECONDS = 60.0


def _merged(text: str) -> str:
    """Follow the three steps of the docs by hand."""
    parts = dict(_FRAGMENT.findall(DOCUMENT.read_text()))
    steps = (("route.routes", True), ("receivers", False), ("inhibit_rules", False))
    for place, at_head in steps:
        text = _put(text, place.split(".")[-1], parts.pop(place), at_head=at_head)
    assert not parts
    return text


def _put(text: str, name: str, added: str, *, at_head: bool) -> str:
    """Put *added* into the list of that name, indented as its items are."""
    items = rf'^ *"?{name}"?:\n(?P<list>(?P<indent> *)- .*\n(?:(?P=indent)[- ].*\n)*)'
    (found,) = re.finditer(items, text, re.MULTILINE)
    at = found.start("list") if at_head else found.end("list")
    return text[:at] + textwrap.indent(added, found["indent"]) + text[at:]


@pytest.fixture(params=[*SITES.values()], ids=[*SITES])
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Return the file of a site that has followed the docs."""
    file = tmp_path / "alertmanager.yaml"
    file.write_text(_merged(request.param))
    return file


def test_amtool_accepts_it(site: Path) -> None:
    """It is valid, and names no alert of ours that there is not."""
    assert not complaints(program("amtool"), "check-config", str(site))
    assert set(re.findall(r"\bSCTP\w+", site.read_text())) <= ALERTS.keys()


@pytest.mark.parametrize("text", SITES.values(), ids=SITES)
def test_what_was_there_stays(text: str) -> None:
    """Nothing that a site had is lost, or comes in another order."""
    before, after = yaml.safe_load(text), yaml.safe_load(_merged(text))
    assert _without_ours(after) == before


def _without_ours(after: Any) -> Any:  # noqa: ANN401 - as YAML gives it
    ours = {
        place: yaml.safe_load(added)
        for place, added in _FRAGMENT.findall(DOCUMENT.read_text())
    }
    route = after["route"]
    lists = {
        "receivers": [r for r in after["receivers"] if r not in ours["receivers"]],
        "inhibit_rules": [
            r for r in after["inhibit_rules"] if r not in ours["inhibit_rules"]
        ],
    }
    routes = [r for r in route["routes"] if r not in ours["route.routes"]]
    return after | lists | {"route": route | {"routes": routes}}


def test_who_is_told(site: Path) -> None:
    """Ours go where the docs say, by their severity; all others where they went."""
    wanted = {name: _RECEIVERS[severity] for name, severity in _SEVERITIES.items()}
    wanted |= {"Watchdog": "Watchdog", "KubeAPIDown": "Critical", "Other": "Default"}
    severities = _SEVERITIES | {"KubeAPIDown": "critical"}
    told = {
        name: _routed(site, name, severities.get(name, "warning")) for name in wanted
    }
    assert told == wanted


def _routed(site: Path, name: str, severity: str) -> str:
    labels = (f"alertname={name}", f"severity={severity}", "namespace=sctp-node-agent")
    asked = ("config", "routes", "test", f"--config.file={site}", *labels)
    return run([program("amtool"), *asked], seconds=_SECONDS).strip()


def test_who_is_held_back(site: Path, tmp_path: Path) -> None:
    """Of two alerts at a time, about one node or two: as the matrix takes it to be."""
    pairs = [
        tuple(_firing(name, node, f"{names}, {other}") for name, node in both)
        for names in permutations(_ALL, 2)
        for other in ("worker-0", "worker-1")
        for both in [zip(names, ("worker-0", other), strict=True)]
    ]
    wanted = {one for pair in pairs for one in pair if one not in notified(pair)}

    (tmp_path / "run").mkdir()
    with alerting(tmp_path / "run", site.read_text()) as port:
        url = f"http://127.0.0.1:{port}/api/v2/alerts"
        _post(url, (one for pair in pairs for one in pair))
        held = _held_back(url, len(wanted))

    assert wanted
    assert held == {one.labels for one in wanted}


def _firing(name: str, node: str, cluster: str) -> Firing:
    labels = {
        "alertname": name,
        "cluster": cluster,
        "namespace": "sctp-node-agent",
        "node": node,
        "pool": "amf",
        "severity": _ALL[name],
    }
    return Firing(tuple(sorted(labels.items())), 0, 1, 1)


def _post(url: str, alerts: Iterable[Firing]) -> None:
    body = json.dumps([{"labels": dict(one.labels)} for one in alerts]).encode()
    headers = {"Content-Type": "application/json"}
    with urlopen(Request(url, body, headers), timeout=_SECONDS) as answer:  # noqa: S310  # our own
        assert answer.status == HTTPStatus.OK


def _held_back(url: str, wanted: int) -> set[Pairs]:
    """Return what is inhibited, as soon as it is so many: it comes to be in passing."""
    end = time.monotonic() + _SECONDS
    found: set[Pairs] = set()
    while len(found) < wanted and time.monotonic() < end:
        time.sleep(0.2)
        with urlopen(url, timeout=_SECONDS) as answer:  # noqa: S310  # our own
            found = {
                tuple(sorted(one["labels"].items()))
                for one in json.load(answer)
                if one["status"]["inhibitedBy"]
            }
    return found
