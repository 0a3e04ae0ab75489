"""A real Prometheus of the test's own, with a configuration of the test's own."""

import json
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from tests.ports import free_port
from tests.rules.promtool import program

_START_SECONDS = 300.0


@contextmanager
def prometheus(folder: Path, settings: Mapping[str, object]) -> Iterator[str]:
    """Run it with *settings* and files in *folder*; yield its URL."""
    config = folder / "prometheus.yml"
    config.write_text(yaml.safe_dump(settings))
    address = f"127.0.0.1:{free_port()}"
    argv = [
        program("prometheus"),
        f"--config.file={config}",
        f"--storage.tsdb.path={folder}/data",
        f"--web.listen-address={address}",
    ]
    log = folder / "prometheus.log"
    with log.open("wb") as stream:
        process = subprocess.Popen(argv, stdout=stream, stderr=stream, cwd=folder)
    try:
        _await_ready(f"http://{address}/-/ready", process, log)
        yield f"http://{address}"
    finally:
        process.kill()
        process.wait()


def targets(url: str) -> dict[str, dict[str, Any]]:
    """Return what became of the last scrape of each job's target, by job."""
    return {target["labels"]["job"]: target for target in _targets(url)}


def query(url: str, expression: str) -> list[dict[str, Any]]:
    """Return the vector that an expression has now."""
    asked = urllib.parse.urlencode({"query": expression})
    found: list[dict[str, Any]] = _get(f"{url}/api/v1/query?{asked}")["result"]
    return found


def _targets(url: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = _get(f"{url}/api/v1/targets")["activeTargets"]
    return found


def _get(url: str) -> Any:  # noqa: ANN401  # as Prometheus answers
    with urllib.request.urlopen(url, timeout=300) as response:  # noqa: S310  # ours
        return json.load(response)["data"]


def _await_ready(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + _START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=60):  # noqa: S310  # ours
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise AssertionError(log.read_text(errors="replace"))
