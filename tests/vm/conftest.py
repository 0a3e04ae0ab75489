"""Machines for the tests, and what is said when this machine cannot run them."""

import os
from collections.abc import Generator, Iterator

import pytest

from tests.vm import kernel, tools
from tests.vm.fleet import Fleet
from tests.vm.image import Contents

MEMORY = 1024
"""Of one machine, in MiB: a hundred pods at a time, of which most tests need none."""
PRELOADED = ("agent", "tests.vm.guest")
"""Packages, which stories of daemons and pods need whole."""


@pytest.fixture(scope="session")
def fleet() -> Iterator[Fleet]:
    """All machines of this session; they end with it."""
    reason = _obstacle()
    if reason is not None and os.environ.get("CI") == "true":
        pytest.fail(reason, pytrace=False)
    if reason is not None:
        pytest.skip(reason)
    machines = Fleet(Contents(programs=("ss",)), memory=MEMORY, preload=PRELOADED)
    try:
        yield machines
    finally:
        machines.close()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put tests of one machine side by side, so that each boots once."""
    items.sort(key=_machine)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show what the guest's kernel said when a test has failed."""
    report = yield
    machines = getattr(item, "funcargs", {}).get("fleet")
    if report.when == "call" and report.failed and isinstance(machines, Fleet):
        report.sections.append(("the guest's console", machines.console()))
    return report


def _machine(item: pytest.Item) -> tuple[str, str]:
    """Name the machine by columns of a test's table: `kernel`, `scenario`, `append`."""
    call = getattr(item, "callspec", None)
    if call is None or item.get_closest_marker("vm") is None:
        return "", ""
    columns = call.params
    append = getattr(columns.get("scenario"), "append", columns.get("append", ""))
    return columns.get("kernel", ""), append


def _obstacle() -> str | None:
    missing = tools.missing()
    if missing:
        return "missing for real kernels: " + ", ".join(missing)
    try:
        for name in kernel.PACKAGES:
            kernel.get(name)
    except tools.ToolError as error:
        return f"no kernel to boot: {error}"
    return None
