"""The size and the seed of the comparison with the real tools, and its result."""

import os
from collections.abc import Iterator
from functools import partial

import pytest

from tests.oracle import tools
from tests.oracle.bench import (
    BootBench,
    Equipment,
    KmodBench,
    Nodes,
    Tally,
    benches_for_boot,
    benches_for_kmod,
    cores,
    equip,
)
from tests.oracle.generate import boot_node, kmod_node
from tests.vm.tools import ToolError, find

NEEDED = ("modprobe", "depmod", "busybox", "unshare", "apt-get", "dpkg", "ldd")
TALLIES: pytest.StashKey[dict[str, Tally]] = pytest.StashKey()
_DEFAULT_TREES = 2000
_BOOT_SHARE, _FEWEST_BOOT_TREES = 10, 500
_NODES_PER_KERNEL = 60
_SECONDS_PER_NODE = 0.2


def size() -> int:
    """Return how many nodes with modprobe.d files are compared (ORACLE_TREES)."""
    return int(os.environ.get("ORACLE_TREES", _DEFAULT_TREES))


@pytest.fixture(scope="session")
def seed() -> int:
    """Return the seed of everything random (ORACLE_SEED)."""
    return int(os.environ.get("ORACLE_SEED", "132"))


@pytest.fixture(scope="session")
def trees() -> int:
    """How many nodes with modprobe.d files are compared."""
    return size()


@pytest.fixture(scope="session")
def equipment(
    tmp_path_factory: pytest.TempPathFactory, seed: int, trees: int
) -> Equipment:
    """Both kmods, and module trees of many kernels."""
    missing = [name for name in NEEDED if not _there(name)]
    if missing:
        pytest.skip(f"missing to ask the real tools: {', '.join(missing)}")
    folder = tmp_path_factory.mktemp("equipment")
    kernels = 16 + trees // _NODES_PER_KERNEL
    try:
        return equip(folder, seed, min(kernels, 256))
    except ToolError as error:
        pytest.skip(f"no second kmod to ask: {error}")


@pytest.fixture(scope="session")
def benches(
    equipment: Equipment, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[KmodBench, ...]]:
    """One bench for each core."""
    folder = tmp_path_factory.mktemp("benches")
    with benches_for_kmod(equipment, folder, cores()) as made:
        yield made


@pytest.fixture(scope="session")
def kmod_nodes(equipment: Equipment, seed: int) -> Nodes:
    """Return what makes nodes with modprobe.d files."""
    return partial(kmod_node, seed, releases=equipment.releases)


@pytest.fixture(scope="session")
def boot_nodes(seed: int) -> Nodes:
    """Return what makes nodes with modules-load.d files."""
    return partial(boot_node, seed)


@pytest.fixture(scope="session")
def boot_trees(trees: int) -> int:
    """How many nodes with modules-load.d files are compared."""
    return max(trees // _BOOT_SHARE, _FEWEST_BOOT_TREES)


@pytest.fixture(scope="session")
def boot_benches(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[BootBench, ...]]:
    """One bench for each core, with this machine's systemd-modules-load."""
    if not tools.MODULES_LOAD.exists():
        pytest.skip(f"{tools.MODULES_LOAD} is missing (Debian package systemd)")
    folder = tmp_path_factory.mktemp("boot")
    with benches_for_boot(tools.modules_load(folder), folder, cores()) as made:
        yield made


@pytest.fixture
def tallies(request: pytest.FixtureRequest) -> dict[str, Tally]:
    """Keep the results that are printed at the end, by what was compared."""
    return request.config.stash.setdefault(TALLIES, {})


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give these tests the time that the number of nodes takes."""
    seconds = 120 + size() * _SECONDS_PER_NODE
    for item in items:
        if item.get_closest_marker("oracle"):
            item.add_marker(pytest.mark.timeout(seconds))


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Print what was compared, with the seed that repeats it."""
    for name, tally in config.stash.get(TALLIES, {}).items():
        outcome = "a DISAGREEMENT" if tally.failure else "no disagreement"
        terminalreporter.write_line(
            f"oracle: {tally.nodes} {name}, {tally.answers} answers, {outcome}, "
            f"{tally.unknown} left open; ORACLE_SEED="
            f"{os.environ.get('ORACLE_SEED', '132')}"
        )


def _there(name: str) -> bool:
    try:
        find(name)
    except ToolError:
        return False
    return True
