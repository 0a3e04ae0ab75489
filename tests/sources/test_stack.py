"""The stack's counters: the node's or none."""

import os
from pathlib import Path
from typing import Any

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


def test_process_1_of_a_container_is_not_the_nodes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the node's own /proc nothing is told, though there are counters."""
    root, own = tmp_path / "node", tmp_path / "snmp"
    root.mkdir()
    own.write_text("SctpCurrEstab\t5\n")
    opened = os.open

    def open_own(path: Any, *rest: Any, **options: Any) -> int:  # noqa: ANN401  # os.open
        return opened(own if path == _NODE else path, *rest, **options)

    monkeypatch.setattr(os, "open", open_own)
    host = Host(str(root), live=True)

    assert host.read(_NODE).text == "SctpCurrEstab\t5\n"
    assert stack.gather(host) == {}
