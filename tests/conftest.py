"""Rules that hold for every test, whatever it tests."""

import os
import sys
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.guards import Guard
from tests.kept import Keep
from tests.nodes import Files, MakeNode, Node, build

_IN_CI = os.environ.get("CI") == "true"
_REAL_KERNEL_SECONDS = 3600

_guard = Guard()
sys.addaudithook(_guard.audit)

# Texts are as wide as they are, wherever the tests are started.
os.environ.pop("COLUMNS", None)
# A deadline per example would be a timing test of a busy machine.
settings.register_profile("untimed", settings(), deadline=None)
settings.load_profile("untimed")


@pytest.fixture(autouse=True)
def guarded(request: pytest.FixtureRequest) -> Iterator[Guard]:
    """Fail the test in which the agent's code did what it must never do."""
    marker = request.node.get_closest_marker("sctp_socket")
    _guard.allow_sctp_sockets = marker is not None
    _guard.drain()
    yield _guard
    _guard.allow_sctp_sockets = False
    if acts := _guard.drain():
        pytest.fail("; ".join(acts))


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the switches that write anew what is kept of former runs."""
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="write anew what is kept of reports, metrics, flags and their pictures",
    )
    parser.addoption(
        "--update-screenshots",
        action="store_true",
        help="write docs/images/page-*.png from how the page looks now",
    )
    parser.addoption(
        "--update-alerts",
        action="store_true",
        help="write the table of docs/alerts.md from the matrix of tests/alerts",
    )


@pytest.fixture
def keep(pytestconfig: pytest.Config) -> Keep:
    """Return what holds a text to a file, or writes it anew if that is asked for."""

    def keep(text: str, path: Path) -> None:
        if pytestconfig.getoption("update_golden"):
            path.write_text(text)
        assert text == path.read_text()

    return keep


@pytest.fixture
def update_screenshots(pytestconfig: pytest.Config) -> bool:
    """Tell whether the documentation's screenshots are to be written anew."""
    return bool(pytestconfig.getoption("update_screenshots"))


@pytest.fixture
def update_alerts(pytestconfig: pytest.Config) -> bool:
    """Tell whether the documentation's table of alerts is to be written anew."""
    return bool(pytestconfig.getoption("update_alerts"))


@pytest.fixture
def make_node(tmp_path: Path) -> MakeNode:
    """Return a function that makes a node, healthy but for what it is told."""

    def make(*layers: Files) -> Node:
        return build(tmp_path / "node", *layers)

    return make


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Look for tests in test_*.py only: helpers here may be scripts for a guest."""
    is_helper = collection_path.suffix == ".py" and not (
        collection_path.name.startswith("test_")
    )
    return True if is_helper else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give the tests that boot a kernel the time that takes under emulation."""
    for item in items:
        if item.get_closest_marker("vm") and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(_REAL_KERNEL_SECONDS))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[
    None, pytest.TestReport, pytest.TestReport
]:
    """With CI=true, count a skipped test as failed: there, everything must run."""
    report = yield
    if _IN_CI and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = (
            f"skipped, but with CI=true every test runs: {report.longrepr}"
        )
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[
    None, pytest.CollectReport, pytest.CollectReport
]:
    """Likewise for a skipped module."""
    report = yield
    if _IN_CI and report.skipped:
        report.outcome = "failed"
        report.longrepr = (
            f"skipped, but with CI=true every test runs: {report.longrepr}"
        )
    return report
