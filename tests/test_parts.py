"""Parts of libraries, and what the running agent does without."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.parts import only_parts_of

#: As the daemon does with every feature on, but for sockets that are not on loopback.
_EVERYTHING = """
import sys
from contextlib import suppress

import agent.daemon.exports, agent.http.web_config, agent.paths.component
from agent.cli.run import run_daemon
from agent.cli.settings import parse
from agent.hostport import Listen
from agent.http.addresses import bind
from agent.http.message import Request
from agent.paths.exposition import families
from agent.paths.record import Record
from agent.probe.loopback import raise_loopback
from agent.report.as_json import as_dict
from agent.report.latest import LatestReport
from agent.web.endpoints import pages
from agent.web.metrics import Metrics
from tests.reports import SAMPLE

parse(["run", "--web.listen-address=127.0.0.1:0"], {})
for listener in bind(Listen("127.0.0.1", 0)):
    listener.close()
board = LatestReport(SAMPLE)
handlers = pages(
    board,
    interval=15,
    report_as_dict=as_dict,
    metrics=Metrics(board, beside=lambda: families(Record(), peers=1, visitors=1)),
)
for path in ("/", "/metrics", "/report", "/npd", "/runbooks/"):
    for accepted in ("", "application/openmetrics-text"):
        headers = {"accept": accepted, "accept-encoding": "gzip"}
        assert handlers[path](Request("GET", path, headers)).status == 200
with suppress(PermissionError):
    raise_loopback()
print(*sys.modules)
"""

#: Each with what it brings costs a part of a megabyte, or several.
_NEEDLESS = {
    *("email", "http.client", "http.server", "urllib.request", "wsgiref"),
    *("importlib.metadata", "importlib.resources", "tempfile", "zipfile"),
    *("jinja2.bccache", "prometheus_client.exposition", "pyroute2.iproute"),
    *("multiprocessing", "pathlib", "platform", "sqlite3", "tomllib", "unittest"),
    *("rich", "zstandard"),
    *("_strptime", "bz2", "lzma", "shutil", "stringprep"),
}


def test_daemon_imports_no_more_than_it_needs() -> None:
    """Whatever of the agent is used, the dear half of the libraries is not there."""
    done = subprocess.run(
        [sys.executable, "-c", _EVERYTHING],
        check=True,
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[1],
    )

    assert set(done.stdout.split()) & _NEEDLESS == set()


@pytest.fixture(name="package")
def _package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Make a package that cannot be imported as a whole, with a part that can."""
    name = "part_of_a_test"
    (tmp_path / name).mkdir()
    (tmp_path / name / "__init__.py").write_text("raise RuntimeError('all of it')")
    (tmp_path / name / "part.py").write_text("here = True")
    monkeypatch.syspath_prepend(tmp_path)
    yield name
    for module in [name, f"{name}.part"]:
        sys.modules.pop(module, None)


def _part(package: str) -> object:
    return __import__(f"{package}.part", fromlist=["here"]).here


def test_part_is_imported_without_its_package(package: str) -> None:
    """The package has not run, and whoever imports it makes it run."""
    with only_parts_of(package):
        assert _part(package) is True

    assert package not in sys.modules
    assert f"{package}.part" in sys.modules
    with pytest.raises(RuntimeError, match="all of it"):
        __import__(package)


def test_package_that_is_there_is_left_alone(package: str) -> None:
    """What somebody has imported stays."""
    with only_parts_of(package):
        there = sys.modules[package]
        with only_parts_of(package):
            assert _part(package) is True

        assert sys.modules[package] is there


def test_package_that_is_not_installed_is_missed() -> None:
    """The import says so, as ever."""
    with pytest.raises(ModuleNotFoundError, match="no_such"), only_parts_of("no_such"):
        _part("no_such")


def test_import_that_fails_leaves_no_empty_package(package: str) -> None:
    """Nobody takes what has not run for the package."""
    with pytest.raises(ModuleNotFoundError), only_parts_of(package):
        __import__(f"{package}.none")

    assert package not in sys.modules
