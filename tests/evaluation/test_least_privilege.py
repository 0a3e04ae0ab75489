"""The command in a mount namespace with a few folders of a node and no capability."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from agent.hostfs.mounts import NOT_GIVEN
from tests.confined import LEADING_OUT, MOUNTS, confined
from tests.nodes import BOOT, ETC, Files, MakeNode, Node

pytestmark = [
    pytest.mark.netns,
    pytest.mark.skipif(os.geteuid() != 0, reason="mounting needs root"),
]
COMMAND = "import sys; from agent.cli.main import main; sys.exit(main(sys.argv[1:]))"
TOP = Path(__file__).parents[2]


def _confined(
    node: Node, view: Path, *arguments: str, mounts: tuple[str, ...] = MOUNTS
) -> "subprocess.CompletedProcess[str]":
    """Run `check` with *mounts* of *node*, and nothing else of it, below *view*."""
    command = (sys.executable, "-c", COMMAND, "check", f"--root={view}", *arguments)
    return subprocess.run(
        confined(node, view, *command, mounts=mounts),
        cwd=TOP,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(TOP)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def _whole(node: Node) -> dict[str, Any]:
    ended = subprocess.run(
        [
            *(sys.executable, "-c", COMMAND, "check", f"--root={node.root}"),
            "--output=json",
        ],
        cwd=TOP,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    report: dict[str, Any] = json.loads(ended.stdout)
    return report


def _found(report: dict[str, Any]) -> dict[str, str]:
    return {check["name"]: check["status"] for check in report["checks"]}


@pytest.mark.parametrize(
    ("files", "states", "partial", "differing"),
    [
        pytest.param(
            {f"{ETC}/x.conf": "blacklist sctp\n", BOOT: "sctp\n"},
            ("unavailable", "unavailable"),
            ("unavailable", "unavailable"),
            {
                **dict.fromkeys(("kmod_alias", "kmod_install"), ("pass", "unknown")),
                **dict.fromkeys(
                    ("kmod_options", "modprobe_lines"), ("pass", "unknown")
                ),
            },
            id="blacklisted",
        ),
        pytest.param(
            {BOOT: "sctp\n"},
            ("on_demand", "ready"),
            ("unknown", "ready"),
            {
                **dict.fromkeys(("kmod_alias", "kmod_install"), ("pass", "unknown")),
                **dict.fromkeys(
                    ("kmod_options", "modprobe_lines"), ("pass", "unknown")
                ),
                "kmod_blacklist": ("pass", "unknown"),
            },
            id="declared, not loaded yet",
        ),
    ],
)
def test_report_beside_that_of_the_whole_node(
    make_node: MakeNode,
    tmp_path: Path,
    *,
    files: Files,
    states: tuple[str, str],
    partial: tuple[str, str],
    differing: dict[str, tuple[str, str]],
) -> None:
    """It differs in nothing but what an unseen folder could decide."""
    node = make_node(LEADING_OUT, files)

    whole = _whole(node)
    ended = _confined(node, tmp_path / "host", "--root-partial", "--output=json")

    assert ended.stderr == ""
    report = json.loads(ended.stdout)
    before, after = _found(whole), _found(report)
    verdicts = [
        (found["verdict"]["state"], found["verdict"]["boot_state"])
        for found in (whole, report)
    ]
    assert verdicts == [states, partial]
    assert {
        name: (before[name], after[name])
        for name in before
        if before[name] != after[name]
    } == differing
    readable = next(c for c in report["checks"] if c["name"] == "node_readable")
    assert {origin["text"] for origin in readable["evidence"]} == {NOT_GIVEN}


@pytest.mark.parametrize(
    ("mounts", "message"),
    [
        pytest.param((), "nothing is mounted below", id="nothing mounted"),
        pytest.param(("/",), "is itself a mount", id="the whole node mounted"),
    ],
)
def test_view_that_is_none(
    make_node: MakeNode, tmp_path: Path, mounts: tuple[str, ...], message: str
) -> None:
    """The flag without such mounts is a mistake, which is named."""
    ended = _confined(make_node(), tmp_path / "host", "--root-partial", mounts=mounts)

    assert ended.returncode == 2
    assert message in ended.stderr
