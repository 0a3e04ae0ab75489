"""What a sample and a series take on disk, in a block that a real Prometheus wrote.

A few agents are asked once a second, and answer as if half a minute had passed: after
two minutes each series has a full chunk of 120 samples, as after an hour.
"""

import json
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import yaml

from tests.dashboards.server import serving
from tests.scale.measure import Fleet

CHUNK = 120
"""Samples in a full chunk."""

_AGENTS, _SCRAPES = 20, 130
_ADMINISTERED = ("--web.enable-admin-api",)


@dataclass(frozen=True, slots=True)
class OnDisk:
    """Bytes: of a sample in a block's chunks, of a series in its index, in the log."""

    sample: float
    series: float
    logged: float


def on_disk(fleet: Fleet, folder: Path) -> OnDisk:
    """Measure it over the first agents of the fleet."""
    job = {"job_name": "sctp-node-agent", "static_configs": fleet.targets(_AGENTS)}
    settings = {
        "global": {"scrape_interval": "1s", "scrape_timeout": "1s"},
        "scrape_configs": [job],
    }
    config = yaml.safe_dump(settings)
    with serving(folder, config=config, flags=_ADMINISTERED) as server:
        time.sleep(_SCRAPES)
        url = f"{server.url}/api/v1/admin/tsdb/snapshot"
        asked = urllib.request.Request(url, method="POST")  # noqa: S310  # ours
        with urllib.request.urlopen(asked) as answer:  # noqa: S310  # ours
            name = json.load(answer)["data"]["name"]
        logged = _size(folder / "data" / "wal")
    samples = series = chunks = index = 0
    for meta in (folder / "data" / "snapshots" / name).glob("*/meta.json"):
        stats = json.loads(meta.read_text())["stats"]
        samples, series = samples + stats["numSamples"], series + stats["numSeries"]
        chunks += _size(meta.parent / "chunks")
        index += (meta.parent / "index").stat().st_size
    assert samples >= series * CHUNK, (
        f"{samples} samples of {series} series are too few"
    )
    return OnDisk(chunks / samples, index / series, logged / samples)


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
