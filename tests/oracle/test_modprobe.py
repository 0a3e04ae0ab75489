"""Our modprobe.d reader and our simulation agree with the real modprobe."""

from pathlib import Path

import pytest

from tests.oracle import ours
from tests.oracle.bench import KmodBench, Nodes, Tally, run
from tests.oracle.tree import Entry, Kind, Node

pytestmark = pytest.mark.oracle


def test_every_node_is_read_and_planned_as_by_modprobe(
    benches: tuple[KmodBench, ...],
    kmod_nodes: Nodes,
    trees: int,
    tallies: dict[str, Tally],
) -> None:
    """The configuration, the bad lines and all plans are the same, always."""
    tally = run(benches, kmod_nodes, trees)

    versions = " and ".join(str(version) for _, version in benches[0].kmods)
    tallies[f"modprobe.d nodes with kmod {versions}"] = tally
    assert not tally.failure, tally.failure
    assert tally.nodes == trees
    assert tally.unknown < tally.answers / 10


@pytest.mark.parametrize(
    ("version", "problems"),
    [
        pytest.param(30, 1, id="kmod that reads uninitialised memory"),
        pytest.param(34, 0, id="kmod that looks at the result of stat"),
    ],
)
def test_dangling_link_over_a_file_is_left_open(
    version: int, problems: int, tmp_path: Path
) -> None:
    """Whether it masks is chance before kmod 34, so we do not pretend to know."""
    dangling = Entry("/etc/modprobe.d/x.conf", b"nowhere", Kind.LINK)
    below = Entry("/lib/modprobe.d/x.conf", b"blacklist sctp\n")
    node = Node(entries=(dangling, below))
    node.write(tmp_path)

    judged = ours.answer(tmp_path, node, version)

    assert len(judged.gaps) == problems
