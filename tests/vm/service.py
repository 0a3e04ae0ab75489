"""The agent as a service of the real systemd in a guest: its unit, and its neighbours.

systemd is process 1 of a namespace of its own, as in a container that boots: the
guest's own is the program that answers the tests.
"""

import textwrap
from pathlib import Path

from tests.vm import steps
from tests.vm.image import Contents
from tests.vm.node import Node

_UNIT = Path(__file__).parents[2] / "agent/daemon/sctp-node-agent.service"
_UNITS = "/usr/lib/systemd/system"
_TARGETS = (
    *("basic", "local-fs", "multi-user", "network", "paths", "shutdown", "slices"),
    *("sockets", "swap", "sysinit", "timers"),
)
CONTENTS = Contents(
    programs=(
        *("/usr/lib/systemd/systemd", "/usr/bin/systemctl"),
        *("nsenter", "unshare"),
    ),
    copied=tuple(f"{_UNITS}/{name}.target" for name in _TARGETS),
)
_COMMAND = """\
#!/bin/sh
export PYTHONPATH=/opt/agent:/opt/site
exec /usr/local/bin/python3 -S -m agent "$@"
"""
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
INSIDE = "/usr/sbin/nsenter -t $(cat /run/systemd.pid) -p -m -r"
_ASK = """
import json, sys, urllib.request
path = sys.argv[1]
with urllib.request.urlopen("http://127.0.0.1:10132" + path, timeout=30) as answer:
    print(answer.read().decode())
"""


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
        return self.shell(f"{INSIDE} systemctl {' '.join(words)} {_UNIT.name}")

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
            f"  {INSIDE} systemctl show {_UNIT.name} >/run/shown",
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
