"""One agent with every feature on, beside a peer, from start to end; what came of it.

The plan says how the agent is started, in the namespace `pod`, and by which names
agents are found. Prints what the tests look at, as JSON.
"""

import contextlib
import http.client
import json
import os
import re
import signal
import ssl
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from tests.vm.guest import news, resolver
from tests.vm.guest.echo import AGENT, probe, shell
from tests.vm.guest.namespace import inside
from tests.vm.guest.trace import calls

Json = dict[str, Any]
POD, PEER = ("10.0.0.2", "fd00::2"), ("10.0.0.1", "fd00::1")
LINKS = """
ip netns add pod
ip netns add peer
ip link add eth0 netns pod type veth peer name eth0 netns peer
ip -n pod addr add 10.0.0.2/24 dev eth0
ip -n pod addr add fd00::2/64 dev eth0 nodad
ip -n peer addr add 10.0.0.1/24 dev eth0
ip -n peer addr add fd00::1/64 dev eth0 nodad
ip -n pod link set lo up
ip -n pod link set eth0 up
ip -n peer link set lo up
ip -n peer link set eth0 up
"""
PID = "/run/bundle/pid"
LOG, PEER_LOG = Path("/run/agent.log"), Path("/run/peer.log")
PATIENCE, PAUSE = 60.0, 1.0
SOCKET = re.compile(r"sctp_node_socket_probe_success(\{.*\} .*)")
PATH = re.compile(r"sctp_node_path_probe_(?:success|failing)(\{.*\} .*)")


class AgentEndedError(RuntimeError):
    """The agent ended before it was told to, or did not get there in time."""


class Started:
    """The agent, as its neighbours see it."""

    def __init__(self, argv: list[str]) -> None:
        self._log = LOG.open("wb")
        self.process = subprocess.Popen(argv, stdout=self._log, stderr=self._log)
        self._trust = ssl.create_default_context(cafile="/run/ca.crt")

    def get(self, path: str, method: str = "GET") -> tuple[int, str]:
        """Return status and body, over TLS."""
        connection = http.client.HTTPSConnection(
            POD[0], 10132, timeout=30, context=self._trust
        )
        with contextlib.closing(connection):
            connection.request(method, path, headers={"Accept-Encoding": "identity"})
            answer = connection.getresponse()
            return answer.status, answer.read().decode()

    def until(self, path: str, *wanted: str) -> str:
        """Ask until the body has all that is wanted."""
        end, text = time.monotonic() + PATIENCE, ""
        while time.monotonic() < end and self.process.poll() is None:
            with contextlib.suppress(OSError):
                status, text = self.get(path)
                if status == http.HTTPStatus.OK and all(one in text for one in wanted):
                    return text
            time.sleep(PAUSE)
        log = LOG.read_text(encoding="utf-8", errors="replace")[-6000:]
        code = self.process.poll()
        self.process.kill()
        raise AgentEndedError(f"{path}: no {wanted} in {text} ({code}): {log}")


def lived(plan: Json) -> Json:
    """Start the agent, load sctp, let both probe each other, ask for all, end it."""
    agent = Started(plan["argv"])
    agent.until("/-/ready")
    before = agent.until("/metrics", 'sctp_node_state{state="on_demand"} 1')
    told = news.seen(lambda: agent.get("/metrics")[1])
    subprocess.run(["modprobe", "sctp"], check=True)
    agent.until("/metrics", 'sctp_node_state{state="ready"} 1')
    text = agent.until(
        "/metrics",
        *(
            f'{{family="{family}",form="same",path="pod",target="peer"}} 1.0'
            for family in ("ipv4", "ipv6")
        ),
    )
    answered = [probe(host)["failure"] for host in POD]
    pages = {path: agent.get(path) for path in ("/report", "/", "/npd", "/nothing")}
    reloaded, _ = agent.get("/-/reload", "POST")
    handed = _handed_over()
    beside = [_beside(argv) for argv in plan["beside"]]
    pid = int(Path(PID).read_text(encoding="ascii"))
    _stopped_and_continued(pid)
    os.kill(pid, signal.SIGHUP)
    looked = _logged("asked to look again")
    os.kill(pid, signal.SIGTERM)
    return {
        "news": told,
        "before": "sctp_node_socket_probe_success{" in before,
        "sockets": sorted(SOCKET.findall(text)),
        "answered": answered,
        "paths": sorted(set(PATH.findall(text))),
        "status": {path: status for path, (status, _) in pages.items()},
        "report": json.loads(pages["/report"][1]),
        "page": "</html>" in pages["/"][1],
        "handed over": handed,
        "beside": beside,
        "reloaded": reloaded,
        "looked again": looked,
        "exit": agent.process.wait(60),
        "left": _handed_over(),
        "log": LOG.read_text(encoding="utf-8", errors="replace"),
    }


def _beside(argv: list[str]) -> list[object]:
    """Run a command in the agent's container, as `kubectl exec` does."""
    done = subprocess.run(argv, capture_output=True, check=False)
    return [done.returncode, done.stdout.decode(), done.stderr.decode()]


def _stopped_and_continued(pid: int) -> None:
    """Let what waits go on afterwards, which takes a system call of its own."""
    os.kill(pid, signal.SIGSTOP)
    time.sleep(PAUSE)
    os.kill(pid, signal.SIGCONT)


def _handed_over() -> list[str]:
    folders = ("/run/textfile", "/run/nfd")
    found = (path for folder in folders for path in Path(folder).iterdir())
    return sorted(str(path) for path in found if path.stat().st_size)


def _logged(text: str) -> bool:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if text in LOG.read_text(encoding="utf-8", errors="replace"):
            return True
        time.sleep(0.1)
    return False


def main() -> None:
    """Follow the plan."""
    plan = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    shell(LINKS)
    names = {plan["peers"]: (*POD, *PEER), plan["service"]: PEER}

    def serve() -> bool:
        resolver.serve(PEER[0], lambda name: names.get(name.partition(".")[0], ()))
        return True

    inside("peer", serve)
    there = ["ip", "netns", "exec", "peer"]
    flags = ["respond", "--node-name", "peer"]
    with PEER_LOG.open("wb") as log:
        peer = subprocess.Popen([*there, *AGENT, *flags], stdout=log, stderr=log)
    try:
        seen = inside("peer", lambda: lived(plan))
    finally:
        peer.kill()
    seen["calls"] = [calls(Path(path), plan["program"]) for path in plan["traces"]]
    sys.stdout.write(json.dumps(seen))


if __name__ == "__main__":
    main()
