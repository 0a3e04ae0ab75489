"""The unit for nodes outside of a cluster, under the real systemd on real kernels."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.vm import steps
from tests.vm.fleet import Fleet
from tests.vm.kernel import PACKAGES
from tests.vm.service import CONTENTS, INSIDE, Service

pytestmark = [
    pytest.mark.vm,
    pytest.mark.timeout(3600),
    pytest.mark.parametrize("kernel", PACKAGES),
]

_DOCUMENT = Path(__file__).parents[2] / "docs" / "requests.md"
_WORKLOADS = "[Service]\nEnvironment=SCTP_AGENT_WORKLOADS=true\n"
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
#: DAC_READ_SEARCH, NET_ADMIN, SYS_PTRACE, SYS_ADMIN by their numbers.
_CAPABILITIES = 1 << 2 | 1 << 12 | 1 << 19 | 1 << 21


@pytest.fixture(name="machines", scope="module")
def _machines(fleet: Fleet) -> Iterator[Fleet]:
    """Machines with systemd; *fleet* says whether there can be any."""
    del fleet
    machines = Fleet(CONTENTS, memory=512)
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

    service.until(f"{INSIDE} kill -STOP {started['MainPID']}", Result="watchdog")
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
    confined = service.shell(f"{INSIDE} cat /proc/{pid}/status")

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
    written = service.shell(f"{INSIDE} {_INSIDE_OF % pid} sh -c '{_SWITCH}'")
    service.shell(f"{INSIDE} systemctl start amf")
    service.until_it_says("sctp_node_denied_requests_total 1")
    service.shell(f"rm /etc/modprobe.d/late.conf; {INSIDE} systemctl start amf")
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
