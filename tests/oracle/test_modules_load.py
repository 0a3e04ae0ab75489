"""Our modules-load.d reader agrees with the real systemd-modules-load."""

import pytest

from tests.oracle.bench import BootBench, Nodes, Tally, run

pytestmark = pytest.mark.oracle


def test_every_node_loads_the_same_names_at_boot(
    boot_benches: tuple[BootBench, ...],
    boot_nodes: Nodes,
    boot_trees: int,
    tallies: dict[str, Tally],
) -> None:
    """The files that count, their order and the names in them are the same."""
    tally = run(boot_benches, boot_nodes, boot_trees)

    tallies["modules-load.d nodes with systemd"] = tally
    assert not tally.failure, tally.failure
    assert tally.nodes == boot_trees
    assert tally.unknown < tally.answers / 10
