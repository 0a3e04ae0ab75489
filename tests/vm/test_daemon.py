"""`run` on a real kernel: it hears the module come, and ends when it is told to."""

import json
from typing import Any

import pytest

from tests.vm import steps
from tests.vm.fleet import Fleet
from tests.vm.kernel import PACKAGES
from tests.vm.node import NOBODY, Node

pytestmark = [
    pytest.mark.vm,
    pytest.mark.timeout(3600),
    pytest.mark.parametrize("kernel", PACKAGES),
]

# Runs in the guest: starts the daemon with an interval too long to matter, loads
# sctp once it serves, and reads the metrics until they say so.
_WATCH = """
import json, os, signal, subprocess, sys, time, urllib.request

URL = "http://127.0.0.1:10132"
agent = subprocess.Popen(
    [sys.executable, "-S", "-m", "agent", "run", "--interval", "3000",
     "--web.listen-address", "127.0.0.1:10132"], stderr=subprocess.PIPE)

def get(path):
    try:
        with urllib.request.urlopen(URL + path, timeout=5) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, ""
    except OSError:
        return 0, ""

def until(path, wanted, seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        status, text = get(path)
        if status == 200 and wanted in text:
            return text
        time.sleep(0.2)
    last = get(path)
    agent.kill()
    raise SystemExit(f"{path} never said {wanted}: {last}; {agent.stderr.read()}")

until("/-/ready", "", 120)
before = until("/metrics", 'sctp_node_state{state="on_demand"} 1', 5)
module_before = os.path.exists("/sys/module/sctp")
loaded = time.monotonic()
subprocess.run(["modprobe", "sctp"], check=True)
loaded = time.monotonic()
after = until("/metrics", 'sctp_node_state{state="ready"} 1', 60)
heard = time.monotonic() - loaded
agent.send_signal(signal.SIGTERM)
told = time.monotonic()
status = agent.wait(20)
print(json.dumps({
    "module_before": module_before, "heard": heard, "status": status,
    "ended": time.monotonic() - told, "log": agent.stderr.read().decode(),
    "before": before, "after": after}))
"""


def test_daemon_hears_the_module_come(fleet: Fleet, kernel: str) -> None:
    """The metrics change at once, not at the next interval of 50 minutes."""
    node = fleet.fresh(kernel)
    seen = _watch(node)

    assert not seen["module_before"]
    assert 'sctp_node_module_state{state="loadable"} 1' in seen["before"]
    assert 'sctp_node_module_state{state="loaded"} 1' in seen["after"]
    assert 'netns="pod",style="one-to-one"} 1' in seen["after"]
    assert seen["status"] == 0
    assert "on_demand" in seen["log"]


def test_unprivileged_agent_says_what_it_lacks(fleet: Fleet, kernel: str) -> None:
    """Without root the verdict is right or unknown, and the gaps are named."""
    node = fleet.fresh(kernel)
    node.prepare(steps.write("/etc/modprobe.d/a.conf", "blacklist sctp\n", mode=0o600))
    before = node.modules()
    ended = node.agent("check", "--output", "json", user=NOBODY)
    report = json.loads(ended.stdout)

    assert node.modules() == before
    assert report["verdict"]["state"] == "unknown"
    assert report["verdict"]["reason"] == "FactUnreadable"
    assert "/etc/modprobe.d/a.conf" in report["verdict"]["message"]
    assert ended.status == 2


def test_autoload_happens_only_when_it_is_allowed(fleet: Fleet, kernel: str) -> None:
    """The flag opens the socket, which loads the module and proves it."""
    node = fleet.fresh(kernel)
    assert node.report()["verdict"]["state"] == "on_demand"
    assert node.modules().sctp is None

    assert node.report("--allow-autoload")["verdict"]["state"] == "ready"
    assert node.modules().sctp == "live"


def test_every_socket_works_where_the_module_is(fleet: Fleet, kernel: str) -> None:
    """Both families and styles, in the agent's, the host's and a new namespace."""
    node = fleet.fresh(kernel)
    node.prepare(steps.command("modprobe", "sctp"))
    sockets = node.report()["facts"]["socket"]

    assert len(sockets) == 12
    assert [s for s in sockets if not s["success"] or s["stage"] != "done"] == []


def test_devices_and_pipes_do_not_hang_it(fleet: Fleet, kernel: str) -> None:
    """A pipe, a device, a loop and a huge file among the files are gaps, no traps."""
    node = fleet.fresh(kernel)
    node.prepare(
        steps.fifo("/etc/modprobe.d/pipe.conf"),
        steps.link("/etc/modprobe.d/zero.conf", "/dev/zero"),
        steps.link("/etc/modules-load.d/loop.conf", "loop.conf"),
        steps.write("/etc/sysctl.d/huge.conf"),
        steps.truncate("/etc/sysctl.d/huge.conf", 1 << 30),
        steps.directory("/etc/modprobe.d/folder.conf"),
    )
    report = node.report()

    assert report["verdict"]["reason"] == "FactUnreadable"
    assert report["verdict"]["state"] == "unknown"
    unread = next(c for c in report["checks"] if c["name"] == "node_readable")
    paths = {origin["path"] for origin in unread["evidence"]}
    assert {
        "/etc/modprobe.d/pipe.conf",
        "/etc/modprobe.d/zero.conf",
        "/etc/sysctl.d/huge.conf",
    } <= paths


def _watch(node: Node) -> dict[str, Any]:
    ended = node.execute(
        ["python3", "-S", "-c", _WATCH],
        seconds=300,
    )
    assert ended.status == 0, ended
    seen: dict[str, Any] = json.loads(ended.stdout)
    return seen
