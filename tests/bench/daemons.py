"""The two programs that are measured side by side, started and ended here."""

import os
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]

# The same program, but a uevent that root can cause counts as news of the module.
_AGENT = """
import sys
from agent.daemon import uevents
uevents._NEWS = (b"add@/devices/virtual/net/lo",)
from agent.cli.main import main
sys.exit(main(sys.argv[1:]))
"""


def agent(root: Path, port: int) -> Sequence[str]:
    """Return the agent's command line."""
    flags = [f"--root={root}", f"--web.listen-address=127.0.0.1:{port}"]
    return [sys.executable, "-c", _AGENT, "run", *flags]


def node_exporter(port: int) -> Sequence[str]:
    """Return the peer's command line, all collectors as Debian ships them."""
    local = REPOSITORY / ".cache/debian/usr/bin/prometheus-node-exporter"
    program = str(local) if local.exists() else shutil.which(local.name)
    if not program:
        sys.exit("prometheus-node-exporter is missing: run `make system`")
    return [program, f"--web.listen-address=127.0.0.1:{port}"]


@contextmanager
def running(argv: Sequence[str], port: int) -> Iterator[int]:
    """Run the program until the block ends; yield its pid once it serves."""
    environment = {"GOMAXPROCS": "1", **os.environ}
    with subprocess.Popen(
        argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment
    ) as process:
        try:
            _await(port)
            yield process.pid
        finally:
            process.terminate()


def _await(port: int) -> None:
    end = time.monotonic() + 30
    while time.monotonic() < end:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5)
        except OSError:
            time.sleep(0.1)
        else:
            return
    sys.exit(f"nothing serves on port {port}")
