"""The textfile, as the real node_exporter reads it."""

import re
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from agent.daemon.exports import Textfile
from agent.report.prometheus import render
from tests.ports import free_port
from tests.reports import SAMPLE
from tests.rules.promtool import program


@pytest.mark.prometheus
def test_served_by_node_exporter(tmp_path: Path) -> None:
    """Every sample of ours is there, no other reader's error is."""
    Textfile(str(tmp_path / "sctp-node-agent.prom")).write(SAMPLE)
    (tmp_path / ".sctp-node-agent.prom.new").write_text("half a li")
    address = f"127.0.0.1:{free_port()}"
    argv = [
        program("prometheus-node-exporter"),
        "--collector.disable-defaults",
        "--collector.textfile",
        f"--collector.textfile.directory={tmp_path}",
        f"--web.listen-address={address}",
    ]
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(argv, stdout=log, stderr=log)
    try:
        shown = _scrape(f"http://{address}/metrics", process)
    finally:
        process.kill()
        process.wait()

    assert "node_textfile_scrape_error 0" in shown
    ours = _samples(render(SAMPLE, openmetrics=False).decode())
    assert ours
    assert ours <= _samples(shown)


def _samples(text: str) -> set[tuple[str, float]]:
    found = re.findall(r"^(sctp_\S+?(?:\{.*\})?) (\S+)$", text, re.MULTILINE)
    return {(name, float(value)) for name, value in found}


def _scrape(url: str, process: subprocess.Popen[bytes]) -> str:
    end = time.monotonic() + 300
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=60) as answer:  # noqa: S310
                return str(answer.read().decode())
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise AssertionError("it does not serve")
