"""The real Prometheus with the shipped scrape job and rules, and Alertmanager."""

import contextlib
import json
import subprocess
import time
import urllib.parse
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

import yaml

from tests.ports import free_port
from tests.vm.tools import find

PROJECT = Path(__file__).parents[2]
RULES = PROJECT / "daemonset" / "rules" / "sctp-node-agent.rules.yaml"
PATHS = PROJECT / "daemonset" / "rules" / "paths.rules.yaml"
SCRAPE = PROJECT / "daemonset" / "overlays" / "plain" / "prometheus-scrape.yaml"
UNPACKED = PROJECT / ".cache" / "debian" / "usr"
AS_IF_INSTALLED = 'mount --bind "$0" /usr/share && exec "$@"'
"""Debian's Alertmanager looks for its templates in /usr/share and nowhere else."""

START_SECONDS = 300.0
ANSWER_SECONDS = 60.0

PATIENCE_SECONDS = 5
SCRAPE_SECONDS = 3
AS_PATIENT_AS_SHIPPED = frozenset(
    {"SCTPAgentAbsent", "SCTPAgentDown", "SCTPAgentStale", "SCTPPathSlow"}
    | {"SCTPAgentCheckCrashed", "SCTPStateUnknown"}
)
"""These wait for what is as ever: reboots, the agent's interval, a slow machine."""
REASON_LOOKUP, FINER_LOOKUP = "[5m:15s]", "[5m:1s]"
LATEST = f"[{2 * SCRAPE_SECONDS}s]"
SHORTER: Mapping[Path, Mapping[str, str]] = {
    RULES: {"[10m]": "[30s]", "[2m]": LATEST, REASON_LOOKUP: FINER_LOOKUP},
    PATHS: {"[10m]": "[1m]", "[2m]": LATEST},
}
"""Of how many scrapes a state has to be most, and how long it lasts after the last."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where to scrape, and under which labels it was found."""

    address: str
    labels: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Prometheus:
    """A running Prometheus."""

    port: int

    def query(self, expression: str) -> list[dict[str, Any]]:
        """Return the vector that an expression has now."""
        path = f"/api/v1/query?{urllib.parse.urlencode({'query': expression})}"
        result: list[dict[str, Any]] = self._get(path)["result"]
        return result

    def firing(self) -> frozenset[str]:
        """Return the names of the alerts that fire."""
        alerts = self._get("/api/v1/alerts")["alerts"]
        firing = (alert for alert in alerts if alert["state"] == "firing")
        return frozenset(alert["labels"]["alertname"] for alert in firing)

    def _get(self, path: str) -> Any:  # noqa: ANN401 - as Prometheus answers
        status, body = _get(self.port, path)
        if status != HTTPStatus.OK:
            raise AssertionError(body)
        return json.loads(body)["data"]


@contextlib.contextmanager
def watching(
    folder: Path, targets: Sequence[Target], webhook: int, *rules: Path
) -> Iterator[Prometheus]:
    """Run both programs in *folder*, which is made; alerts go to the port *webhook*."""
    folder.mkdir()
    prometheus = free_port()
    for file in rules:
        text = shortened(file.read_text(encoding="utf-8"), SHORTER[file])
        (folder / file.name).write_text(text)
    with alerting(folder, yaml.safe_dump(_alertmanager(webhook))) as alertmanager:
        settings = _prometheus(targets, alertmanager, rules)
        (folder / "prometheus.yml").write_text(yaml.safe_dump(settings))
        own = [
            f"--config.file={folder}/prometheus.yml",
            f"--storage.tsdb.path={folder}/prometheus",
        ]
        with _running("prometheus", own, prometheus, folder):
            yield Prometheus(prometheus)


@contextlib.contextmanager
def alerting(folder: Path, configuration: str) -> Iterator[int]:
    """Run the real Alertmanager in *folder* by itself; yield its port."""
    port = free_port()
    file = folder / "alertmanager.yml"
    file.write_text(configuration)
    own = [
        f"--config.file={file}",
        f"--storage.path={folder}/alertmanager",
        "--cluster.listen-address=",
    ]
    with _running("prometheus-alertmanager", own, port, folder):
        yield port


def shortened(rules: str, ranges: Mapping[str, str]) -> str:
    """Return the rules with less patience, and looking every second.

    The other ranges stay, so that what was seen last bridges a reboot.
    """
    if missing := [shipped for shipped in ranges if shipped not in rules]:
        raise ValueError(f"the rules have no {', '.join(missing)}")
    groups = yaml.safe_load(rules.replace(REASON_LOOKUP, FINER_LOOKUP))
    for group in groups["groups"]:
        group["interval"] = "1s"
        for rule in group["rules"]:
            if rule.get("alert") in AS_PATIENT_AS_SHIPPED:
                continue
            for shipped, shorter in ranges.items():
                rule["expr"] = rule["expr"].replace(shipped, shorter)
            for wait in rule.keys() & {"for", "keep_firing_for"}:
                rule[wait] = f"{PATIENCE_SECONDS}s"
    return yaml.safe_dump(groups)


def _prometheus(
    targets: Sequence[Target], alertmanager: int, rules: Sequence[Path]
) -> Mapping[str, object]:
    (job,) = yaml.safe_load(SCRAPE.read_text(encoding="utf-8"))["scrape_configs"]
    job.pop("kubernetes_sd_configs")
    found = [
        {"targets": [target.address], "labels": dict(target.labels)}
        for target in targets
    ]
    often = f"{SCRAPE_SECONDS}s"
    changed = {"scrape_interval": often, "scrape_timeout": often}
    return {
        "global": {"evaluation_interval": "1s"},
        "rule_files": [file.name for file in rules],
        "alerting": {
            "alertmanagers": [
                {"static_configs": [{"targets": [f"127.0.0.1:{alertmanager}"]}]}
            ]
        },
        "scrape_configs": [{**job, **changed, "static_configs": found}],
    }


def _alertmanager(webhook: int) -> Mapping[str, object]:
    url = f"http://127.0.0.1:{webhook}/"
    return {
        "route": {
            "receiver": "test",
            "group_by": ["alertname", "node"],
            "group_wait": "0s",
            "group_interval": "1s",
            "repeat_interval": "4h",
        },
        "receivers": [{"name": "test", "webhook_configs": [{"url": url}]}],
    }


@contextlib.contextmanager
def _running(
    name: str, arguments: Sequence[str], port: int, folder: Path
) -> Iterator[None]:
    argv = [*_program(name), *arguments, f"--web.listen-address=127.0.0.1:{port}"]
    log = folder / f"{name}.log"
    with log.open("wb") as stream:
        process = subprocess.Popen(argv, stdout=stream, stderr=stream, cwd=folder)
    try:
        _await_ready(process, port, log)
        yield
    finally:
        process.kill()
        process.wait()


def _await_ready(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(OSError, HTTPException):
            if _get(port, "/-/ready")[0] == HTTPStatus.OK:
                return
        time.sleep(0.1)
    raise AssertionError(f"it does not serve: {log.read_text(errors='replace')}")


def _get(port: int, path: str) -> tuple[int, bytes]:
    connection = HTTPConnection("127.0.0.1", port, timeout=ANSWER_SECONDS)
    with contextlib.closing(connection):
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read()


def _program(name: str) -> list[str]:
    """Start the unpacked program if there is one; it ends with this process."""
    argv = [str(find("setpriv")), "--pdeathsig", "KILL"]
    if (UNPACKED / "bin" / name).exists():
        argv += [str(find("unshare")), "--mount", "sh", "-c", AS_IF_INSTALLED]
        return [*argv, str(UNPACKED / "share"), str(UNPACKED / "bin" / name)]
    return [*argv, str(find(name))]
