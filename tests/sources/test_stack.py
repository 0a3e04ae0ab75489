"""The stack's counters: the node's or none."""

import pytest

from agent.hostfs.host import Host
from agent.sources import stack
from tests.nodes import Files, Link, MakeNode

_NODE, _POD = "/proc/1/net/sctp/snmp", "/proc/self/net/sctp/snmp"
_OF_THE_POD: Files = {_POD: "SctpCurrEstab\t5\n", "/proc/net": Link("self/net")}


@pytest.mark.parametrize(
    ("files", "counters"),
    [
        pytest.param(
            {_NODE: "SctpCurrEstab\t2\n"}, {"SctpCurrEstab": 2}, id="the node's"
        ),
        pytest.param({_NODE: ""}, {}, id="the node's cannot be read at the moment"),
        pytest.param({_NODE: None}, {}, id="the node has no stack, or hides it"),
    ],
)
def test_counters(make_node: MakeNode, files: Files, counters: dict[str, int]) -> None:
    """Those of the agent's own namespace never stand in."""
    node = make_node(_OF_THE_POD, files)

    assert stack.gather(Host(str(node.root), live=True)) == counters
