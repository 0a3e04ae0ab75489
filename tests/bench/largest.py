"""A node whose files are as large as they get: what an evaluation takes of memory."""

import json
import time
from collections.abc import Callable
from pathlib import Path

from tests.bench import process
from tests.bench.programs import Program, running

_SETTLED = 3.0  # seconds, with a second evaluation
_CONTENT = "data:," + "x" * 2000
_FILES, _ENTRIES, _LINES = 1400, 10_000, 40_000


def peak(agent: Callable[[Path], Program], root: Path) -> int:
    """Return the most memory that the agent takes on the node at *root*, enlarged."""
    _enlarge(root)
    with running(agent(root)) as (pid, _):
        time.sleep(_SETTLED)
        return process.peak(pid)


def _enlarge(root: Path) -> None:
    files = [
        {"path": f"/etc/file{number}", "mode": 420, "contents": {"source": _CONTENT}}
        for number in range(_FILES)
    ]
    config = {
        "apiVersion": "machineconfiguration.openshift.io/v1",
        "kind": "MachineConfig",
        "metadata": {"name": "rendered-worker"},
        "spec": {
            "config": {"ignition": {"version": "3.4.0"}, "storage": {"files": files}}
        },
    }
    _write(root / "etc/machine-config-daemon/currentconfig", json.dumps(config))
    entry = "menuentry 'x' {\n linux /vmlinuz a=b\n}\n"
    _write(root / "boot/grub2/grub.cfg", entry * _ENTRIES)
    for number in range(20):
        lines = "options x y=1\n" * (_LINES // 20)
        _write(root / f"etc/modprobe.d/large{number}.conf", lines)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
