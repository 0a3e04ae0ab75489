"""What a page's commands do, tried: kubectl and oc are stand-ins, the rest is real."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.manifests.kubectl import program
from tests.rebuilt import rebuild
from tests.runbooks.cluster import write

_HERE = Path(__file__).parent
_TREES = _HERE.parent / "trees"
#: What oc alone has, or has in a form of its own.
_OF_OC = {"debug", "set", "whoami"}
_STANDS_IN = _HERE / "stand_in.py"


@dataclass(frozen=True, slots=True)
class Acted:
    """What came of it: the calls of kubectl and oc, and what was printed."""

    calls: list[dict[str, Any]]
    out: str
    error: str
    folder: Path

    @property
    def agent(self) -> list[list[str]]:
        """The arguments of each call of the agent in its pod."""
        return [call["agent"] for call in self.calls if "agent" in call]

    @property
    def typed(self) -> set[tuple[str, ...]]:
        """The calls that kubectl itself would understand, less those of a folder."""
        return {
            tuple(call["typed"])
            for call in self.calls
            if "typed" in call
            and "-k" not in call["argv"]
            and (call["program"] == "kubectl" or call["verb"] not in _OF_OC)
        }

    @property
    def manifests(self) -> list[str]:
        """What was applied from files."""
        return [call["manifest"] for call in self.calls if "manifest" in call]

    @property
    def changes(self) -> list[str]:
        """The calls that change something, as they were typed."""
        looks = {*("describe", "diff", "exec", "get", "logs", "port-forward"), "wait"}
        return [
            " ".join(call["argv"]) for call in self.calls if call["verb"] not in looks
        ]


def act(
    blocks: Sequence[str], folder: Path, *, denied: bool = False, config: str = ""
) -> Acted:
    """Run *blocks* one after another in one shell, on a cluster of stand-ins.

    *denied* says whether a MachineConfig there denies sctp already, *config* is what
    its monitoring is configured with.

    The pod's node already has a file that denies sctp: what is judged in the pod must
    not depend on the node that it happens to run on.
    """
    bin_, cluster, work = folder / "bin", folder / "cluster", folder / "work"
    for place in (bin_, cluster, work):
        place.mkdir()
    for name in ("kubectl", "oc", "podman"):
        _program(
            bin_ / name, f'exec "{sys.executable}" -E -S "{_STANDS_IN}" {name} "$@"'
        )
    for name in ("make", "sleep", "talosctl"):
        _program(bin_ / name, ":")
    write(cluster, denied=denied)
    (cluster / "config").write_text(config)
    shutil.copytree(_HERE.parents[1] / "daemonset", work / "daemonset")
    node = rebuild(_TREES / "rhcos-4.16-compliance", folder / "node")
    journal = folder / "journal"
    journal.touch()
    process = subprocess.run(
        ["bash", "-u", "-o", "pipefail", "-c", "\n".join(blocks)],
        cwd=work,
        env={
            "PATH": f"{bin_}{os.pathsep}/usr/bin{os.pathsep}/bin",
            "CLUSTER": str(cluster),
            "JOURNAL": str(journal),
            "NODE_ROOT": str(node.root),
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    calls = [json.loads(line) for line in journal.read_text().splitlines()]
    return Acted(calls, process.stdout, process.stderr, work)


def refused(typed: tuple[str, ...], folder: Path) -> str:
    """Return what the real kubectl says of a call before it asks a server, or ""."""
    process = subprocess.run(
        [program(), "--server=http://127.0.0.1:1", *typed],
        cwd=folder,
        env={"HOME": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    return "" if "refused" in process.stderr else f"{' '.join(typed)}: {process.stderr}"


def _program(path: Path, text: str) -> None:
    path.write_text(f"#!/bin/bash\n{text}\n")
    path.chmod(0o755)
