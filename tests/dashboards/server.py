"""A real Prometheus over blocks that the real promtool made."""

import json
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from tests.ports import free_port
from tests.rules.promtool import program

_SECONDS, _BLOCK = 300, 7_200


@dataclass(frozen=True, slots=True)
class Series:
    """A series of an answer: its labels, its values by Unix time in seconds."""

    labels: Mapping[str, str]
    values: Mapping[float, float]


@dataclass(frozen=True, slots=True)
class Prometheus:
    """A running server."""

    url: str
    process: psutil.Process

    def spent(self) -> float:
        """Return the seconds of a processor that the server has taken so far."""
        times = self.process.cpu_times()
        return float(times.user + times.system)

    def at(self, query: str, time: float) -> list[Series]:
        """Return the answer to *query* at one moment."""
        found = self._ask("query", query=query, time=str(time))
        if found["resultType"] == "scalar":
            return [Series({}, _values([found["result"]]))]
        return [
            Series(one["metric"], _values([one["value"]])) for one in found["result"]
        ]

    def over(self, query: str, *, start: float, end: float, step: int) -> list[Series]:
        """Return the answer to *query* every *step* seconds."""
        found = self._ask(
            "query_range", query=query, start=str(start), end=str(end), step=str(step)
        )
        return [
            Series(one["metric"], _values(one["values"])) for one in found["result"]
        ]

    def label_values(self, selector: str, label: str) -> list[str]:
        """Return the values of *label* in the series of *selector*."""
        path = f"label/{label}/values?" + urllib.parse.urlencode({"match[]": selector})
        values: list[str] = self._get(path)
        return values

    def _ask(self, path: str, **fields: str) -> dict[str, Any]:
        answer: dict[str, Any] = self._get(f"{path}?{urllib.parse.urlencode(fields)}")
        return answer

    def _get(self, path: str) -> Any:  # noqa: ANN401 - JSON
        try:
            with urllib.request.urlopen(  # noqa: S310 - our own server
                f"{self.url}/api/v1/{path}", timeout=_SECONDS
            ) as response:
                return json.load(response)["data"]
        except urllib.error.HTTPError as error:
            said = json.load(error)["error"]
            raise AssertionError(f"{said}, asked for {path}") from None


def store(lines: Iterable[str], folder: Path) -> None:
    """Add OpenMetrics *lines*, each with its time, to the data in *folder*.

    promtool reads a file once for each block of two hours in it: so each block has
    a file of its own.
    """
    blocks: dict[int, list[str]] = {}
    for line in lines:
        time = int(float(line[line.rindex(" ") :]))
        blocks.setdefault(time // _BLOCK, []).append(line)
    for block in blocks.values():
        file = folder / "samples.txt"
        with file.open("w") as stream:
            stream.writelines(block)
            stream.write("# EOF\n")
        _import(file, folder)
        file.unlink()


def _import(file: Path, folder: Path) -> None:
    made = subprocess.run(
        [
            *(program("promtool"), "tsdb", "create-blocks-from", "openmetrics"),
            *(str(file), str(folder / "data")),
        ],
        capture_output=True,
        check=False,
        text=True,
        timeout=_SECONDS,
    )
    assert made.returncode == 0, made.stderr


@contextmanager
def serving(
    folder: Path, *, config: str = "global: {}\n", flags: Sequence[str] = ()
) -> Iterator[Prometheus]:
    """Serve the data in *folder*, by a *config* of YAML and with these *flags* more."""
    file = folder / "prometheus.yml"
    file.write_text(config)
    address = f"127.0.0.1:{free_port()}"
    command = [
        program("prometheus"),
        f"--config.file={file}",
        f"--storage.tsdb.path={folder / 'data'}",
        "--storage.tsdb.retention.time=100y",
        f"--web.listen-address={address}",
        "--log.level=error",
        *flags,
    ]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            _await(process, f"http://{address}")
            yield Prometheus(f"http://{address}", psutil.Process(process.pid))
        finally:
            process.terminate()
            process.wait(_SECONDS)


def _await(process: subprocess.Popen[bytes], url: str) -> None:
    until = time.monotonic() + _SECONDS
    while process.poll() is None and time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"{url}/-/ready", timeout=60):  # noqa: S310
                return
        except OSError:
            time.sleep(0.05)
    raise AssertionError("Prometheus does not get ready")


def _values(pairs: Iterable[tuple[float, str]]) -> dict[float, float]:
    return {moment: float(value) for moment, value in pairs}
