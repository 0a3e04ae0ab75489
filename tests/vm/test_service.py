"""The unit for nodes outside of a cluster, under the real systemd on real kernels.

It is process 1 of a namespace of its own, as in a container that boots: the guest's
own is the program that answers the tests.
"""

import json
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.vm import steps
from tests.vm.fleet import Fleet
from tests.vm.image import Contents
from tests.vm.kernel import PACKAGES
from tests.vm.node import Node

pytestmark = [
    pytest.mark.vm,
    pytest.mark.timeout(3600),
    pytest.mark.parametrize("kernel", PACKAGES),
]

_UNIT = Path(__file__).parents[2] / "agent" / "daemon" / "sctp-node-agent.service"
_DOCUMENT = Path(__file__).parents[2] / "docs" / "requests.md"
_WORKLOADS = "[Service]\nEnvironment=SCTP_AGENT_WORKLOADS=true\n"
_UNITS = "/usr/lib/systemd/system"
_TARGETS = (
    *("basic", "local-fs", "multi-user", "network", "paths", "shutdown", "slices"),
    *("sockets", "swap", "sysinit", "timers"),
)
_CONTENTS = Contents(
    programs=(
        *("/usr/lib/systemd/systemd", "/usr/bin/systemctl"),
        *("nsenter", "unshare"),
    ),
    copied=tuple(f"{_UNITS}/{name}.target" for name in _TARGETS),
)
_PROGRAM = "/opt/sctp-node-agent/bin/sctp-node-agent"
_COMMAND = """\
#!/bin/sh
export PYTHONPATH=/opt/agent:/opt/site
exec /usr/local/bin/python3 -S -m agent "$@"
"""
_OPTION = "options sctp no_checksums=0\n"
_SETTINGS = """\
SCTP_AGENT_WEB_LISTEN_ADDRESS=127.0.0.1:10132
SCTP_AGENT_INTERVAL=3000
SCTP_AGENT_TEXTFILE=/var/lib/metrics/sctp.prom
"""
_DROP_IN = """\
[Service]
StandardError=append:/run/agent.log
WatchdogSec=20s
ReadWritePaths=/var/lib/metrics
"""
_BOOT = """
mount -t tracefs tracefs /sys/kernel/tracing
mount -t cgroup2 cgroup2 /sys/fs/cgroup
mkdir -p /sys/fs/cgroup/machine
echo $$ > /sys/fs/cgroup/machine/cgroup.procs
export container=test
setsid /usr/sbin/unshare --pid --mount --cgroup --fork sh -c '
  mount -t proc proc /proc
  umount /sys/fs/cgroup
  mount -t cgroup2 cgroup2 /sys/fs/cgroup
  exec /usr/lib/systemd/systemd --log-target=console
' >/run/systemd.log 2>&1 </dev/null &
for turn in $(seq 100); do [ -S /run/systemd/private ] || sleep 0.1; done
for process in /proc/[0-9]*; do
  read name < $process/comm || continue
  [ "$name" != systemd ] || echo ${process#/proc/} > /run/systemd.pid
done
"""
_PAUSE = 3
"""Guest's seconds between questions: of RestartSec= none may pass unseen."""
_INSIDE = "/usr/sbin/nsenter -t $(cat /run/systemd.pid) -p -m -r"
#: A unit that asks for an SCTP socket, and then keeps what it got.
_USER = """\
[Service]
User=nobody
ExecStart=/usr/local/bin/python3 -S -c "%s"
"""
_ASKING = (
    "import socket, time; s = socket.socket(type=socket.SOCK_STREAM, proto=132); "
    "s.bind(('127.0.0.1', 5000)); s.listen(); time.sleep(1e6)"
)
_INSIDE_OF = "/usr/sbin/nsenter -t %s -m"
_SWITCH = "echo 1 2>/dev/null >/sys/kernel/tracing/tracing_on || echo refused"
_INSTANCES = "ls /sys/kernel/tracing/instances"
_ASK = """
import json, sys, urllib.request
path = sys.argv[1]
with urllib.request.urlopen("http://127.0.0.1:10132" + path, timeout=30) as answer:
    print(answer.read().decode())
"""


#: DAC_READ_SEARCH, NET_ADMIN, SYS_PTRACE, SYS_ADMIN by their numbers.
_CAPABILITIES = 1 << 2 | 1 << 12 | 1 << 19 | 1 << 21


class Service:
    """The agent as a service of a node that has booted."""

    def __init__(self, node: Node, *drop_ins: str) -> None:
        self.node = node
        names = (f"/etc/systemd/system/{_UNIT.name}.d/{n}.conf" for n in range(9))
        node.prepare(
            steps.write(
                "/opt/sctp-node-agent/bin/sctp-node-agent", _COMMAND, mode=0o755
            ),
            steps.write("/etc/default/sctp-node-agent", _SETTINGS),
            steps.write(f"/etc/systemd/system/{_UNIT.name}", _UNIT.read_text()),
            steps.write(f"/etc/systemd/system/{_UNIT.name}.d/test.conf", _DROP_IN),
            *(steps.write(*each) for each in zip(names, drop_ins, strict=False)),
            steps.directory("/var/lib/metrics"),
            steps.link("/etc/systemd/system/default.target", f"{_UNITS}/basic.target"),
        )
        self.shell(_BOOT)

    def shell(self, script: str, *, seconds: float = 300) -> str:
        """Run a script in the guest; it must succeed."""
        argv = ["sh", "-euc", textwrap.dedent(script)]
        ended = self.node.execute(argv, seconds=seconds)
        assert ended.status == 0, (ended, self.log())
        return ended.stdout

    def systemctl(self, *words: str) -> str:
        """Ask systemd about the agent; what it does not do is an error."""
        return self.shell(f"{_INSIDE} systemctl {' '.join(words)} {_UNIT.name}")

    def shown(self) -> dict[str, str]:
        """Return all properties of the unit."""
        lines = self.systemctl("show").splitlines()
        return dict(line.split("=", 1) for line in lines)

    def get(self, path: str) -> str:
        """Return what the agent answers."""
        ended = self.node.execute(["python3", "-S", "-c", _ASK, path], seconds=60)
        assert ended.status == 0, (ended, self.log())
        return ended.stdout

    def until(self, *before: str, **wanted: str) -> dict[str, str]:
        """Wait until the unit has these properties, right after what comes *before*.

        All is one request: when one has ended, the guest's time may leap.
        """
        had = " && ".join(f"grep -qx {k}={v} /run/shown" for k, v in wanted.items())
        script = (
            *before,
            "for turn in $(seq 50); do",
            f"  {_INSIDE} systemctl show {_UNIT.name} >/run/shown",
            f"  if {had}; then cat /run/shown; exit 0; fi",
            f"  sleep {_PAUSE}",
            "done",
            "exit 1",
        )
        lines = self.shell("\n".join(script)).splitlines()
        return dict(line.split("=", 1) for line in lines)

    def until_it_says(self, text: str) -> None:
        """Wait until the metrics have it."""
        for _ in range(100):
            if text in self.get("/metrics"):
                return
            self.shell("sleep 0.2")
        raise AssertionError((text, self.log()))

    def log(self) -> str:
        """Return what systemd and the agent have written."""
        script = "cat /run/systemd.log /run/agent.log 2>/dev/null; true"
        return self.node.execute(["sh", "-c", script]).stdout


@pytest.fixture(name="machines", scope="module")
def _machines(fleet: Fleet) -> Iterator[Fleet]:
    """Machines with systemd; *fleet* says whether there can be any."""
    del fleet
    machines = Fleet(_CONTENTS, memory=512)
    yield machines
    machines.close()


def _documented() -> str:
    """Return the drop-in that the documentation has for the watch of requests."""
    text = _DOCUMENT.read_text(encoding="utf-8")
    (block,) = [b for b in text.split("```")[1::2] if b.startswith("ini\n[Service]")]
    return block.removeprefix("ini\n")


def _statuses(report: Any) -> dict[str, tuple[str, str]]:  # noqa: ANN401  # JSON
    return {c["name"]: (c["status"], c["reason"]) for c in report["checks"]}


def test_service(machines: Fleet, kernel: str) -> None:
    """It starts, reloads, is ended when it hangs, starts anew, and stops."""
    service = Service(machines.fresh(kernel))
    service.systemctl("start")
    started = service.shown()

    assert (started["ActiveState"], started["SubState"]) == ("active", "running")
    assert service.get("/-/ready") == "ready\n\n"

    service.systemctl("reload")
    reloaded = service.until(SubState="running")
    assert reloaded["MainPID"] == started["MainPID"]
    assert "asked to look again" in service.log()

    service.until(f"{_INSIDE} kill -STOP {started['MainPID']}", Result="watchdog")
    again = service.until(NRestarts="1", SubState="running")
    assert again["MainPID"] != started["MainPID"]
    assert service.get("/-/ready") == "ready\n\n"

    service.systemctl("stop")
    stopped = service.shown()
    assert (stopped["ActiveState"], stopped["Result"]) == ("inactive", "success")
    assert stopped["ExecMainStatus"] == "0"
    assert service.shell("ls /var/lib/metrics") == ""


@pytest.mark.parametrize("loaded", [False, True], ids=["on demand", "loaded"])
def test_sandbox(machines: Fleet, kernel: str, *, loaded: bool) -> None:
    """It sees what root sees without one, and makes the kernel load nothing."""
    node = machines.fresh(kernel)
    service = Service(node)
    node.prepare(
        steps.write(
            "/etc/modprobe.d/secret.conf", "options sctp no_checksums=0\n", mode=0o600
        )
    )
    if loaded:
        node.prepare(steps.command("modprobe", "sctp"))
    before, free = node.modules(), node.report()
    service.systemctl("start")
    report = json.loads(service.get("/report"))
    pid = service.shown()["MainPID"]
    confined = service.shell(f"{_INSIDE} cat /proc/{pid}/status")

    assert node.modules() == before
    assert report["verdict"]["state"] == ("ready" if loaded else "on_demand")
    assert _statuses(report) == _statuses(free)
    assert len(report["facts"]["socket"]) == (12 if loaded else 0)
    assert 'state="' in service.shell("cat /var/lib/metrics/sctp.prom")
    assert "NoNewPrivs:\t1" in confined
    assert "Seccomp:\t2" in confined
    assert f"CapBnd:\t{_CAPABILITIES:016x}" in confined


def test_watching_requests_and_workloads(machines: Fleet, kernel: str) -> None:
    """By the documented drop-in: it watches, writes nowhere else, and leaves nothing.

    The guest's systemd has process IDs of its own, of which the trace knows nothing: so
    who asked is told by the command alone, and nobody else is taken for him.
    """
    node = machines.fresh(kernel)
    service = Service(node, _documented(), _WORKLOADS)
    node.prepare(
        steps.write("/etc/modprobe.d/late.conf", "blacklist sctp\n"),
        steps.write("/etc/systemd/system/amf.service", _USER % _ASKING),
    )
    service.systemctl("start")
    service.until_it_says("sctp_agent_request_watch_running 1")
    instances = service.shell(_INSTANCES)
    pid = service.shown()["MainPID"]
    written = service.shell(f"{_INSIDE} {_INSIDE_OF % pid} sh -c '{_SWITCH}'")
    service.shell(f"{_INSIDE} systemctl start amf")
    service.until_it_says("sctp_node_denied_requests_total 1")
    service.shell(f"rm /etc/modprobe.d/late.conf; {_INSIDE} systemctl start amf")
    service.shell("while ! grep -q 5000 /proc/net/sctp/eps; do sleep 0.1; done")
    service.systemctl("reload")
    service.until(SubState="running")
    report = json.loads(service.get("/report"))
    (row,), (user,) = report["requests"]["workloads"], report["workloads"]["users"]
    service.systemctl("stop")

    assert (instances.split(), written.split()) == (["sctp-node-agent"], ["refused"])
    assert (row["command"], row["reason"]) == ("python3", "Blacklisted")
    assert "numbers its processes otherwise" in row["owner_problem"]
    assert (user["owner"]["unit"], user["endpoints"][0]["port"]) == (
        "amf.service",
        5000,
    )
    assert service.shown()["Result"] == "success"
    assert service.shell(_INSTANCES) == ""
