"""Files that were meant for systemd-modules-load, which does not read them."""

import pytest

from agent.facts import Init
from agent.hostfs.host import Host
from agent.sources import strays
from tests.nodes import MakeNode


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        pytest.param("sctp\n", [1], id="sctp"),
        pytest.param("\x1c\nsctp # why\n", [2], id="white space that systemd keeps"),
        pytest.param("dummy sctp\n", [], id="another name first"),
    ],
)
def test_lines_that_name_sctp(make_node: MakeNode, text: str, lines: list[int]) -> None:
    """The first word of a line counts."""
    node = make_node({"/etc/modules-load.d/sctp": text})
    found = strays.gather(Host(str(node.root), live=False), Init.SYSTEMD)
    assert [origin.line for origin in found] == lines
