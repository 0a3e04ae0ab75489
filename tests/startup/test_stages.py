"""Stages of images: what they load at a boot."""

import pytest

from agent.startup.stages import loads


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        pytest.param("modules:\n- sctp\n", [2], id="a list"),
        pytest.param("modules: [kvm, sctp]\n", [1], id="a list in one line"),
        pytest.param("  - modules:\n    - kvm\n    - 'sctp' # why\n", [3], id="deep"),
        pytest.param("commands:\n- modprobe sctp\n", [2], id="a command"),
        pytest.param("modules:\n- kvm\nnames:\n- sctp\n", [], id="another list"),
        pytest.param("modules:\n- kvm\n", [], id="another module"),
    ],
)
def test_loads(text: str, lines: list[int]) -> None:
    """Lists of modules, and commands."""
    assert [call.line for call in loads(text) if "sctp" in call.names] == lines
