"""What happens on a node whose agent watches requests for SCTP, step by step."""

import json
from collections.abc import Mapping
from typing import Any

from tests.vm import steps
from tests.vm.confinement import context
from tests.vm.node import Node

Json = dict[str, Any]

PLAN = "/run/story.json"
OURS = "sctp-node-agent"
WATCH = "--watch-requests"
ALL = (
    ("inet", "stream"),
    ("inet", "seqpacket"),
    ("inet6", "stream"),
    ("inet6", "seqpacket"),
)
ALL_SOCKETS = [
    f"{f} {s}" for f in ("ipv4", "ipv6") for s in ("one-to-many", "one-to-one")
]
TRACING = "/sys/kernel/tracing"
MOUNTS = f"""
mount -t tracefs tracefs {TRACING}
mkdir -p /sys/fs/cgroup && mount -t cgroup2 cgroup2 /sys/fs/cgroup
"""
RULES = "/etc/modprobe.d/node.conf"
MODULE = "/lib/modules/$(uname -r)/kernel/net/sctp"
FORGED = "a] 1\nb-1 [000]"


def uid_of(number: int) -> str:
    """Return the UID of a pod."""
    return f"0f9a2c4e-1b2d-4c3e-8f00-{number:012d}"


def group_of(number: int) -> str:
    """Return a pod's cgroup as systemd's driver and containerd lay it out."""
    uid = uid_of(number).replace("-", "_")
    pods = "kubepods.slice/kubepods-besteffort.slice"
    return (
        f"{pods}/kubepods-besteffort-pod{uid}.slice/cri-containerd-{number:064x}.scope"
    )


def happened(
    node: Node, story: Mapping[str, Json], container: Json | None = None
) -> dict[str, Any]:
    """Return what came of each step; the agent may be in a *container*."""
    plan = {"container": container, "steps": [*story.values()]}
    node.prepare(steps.write(PLAN, json.dumps(plan)))
    ended = node.agent(PLAN, module="tests.vm.guest.asking", seconds=900)
    assert ended.status == 0, ended
    return dict(zip(story, json.loads(ended.stdout), strict=True))


def row_of(report: Json, number: int) -> Json:
    """Return what the report has of that pod."""
    rows: list[Json] = report["requests"]["workloads"]
    return next(each for each in rows if each["pod_name"] == f"amf-{number}")


def ask(
    number: int,
    *sockets: tuple[str, str],
    command: str = "amf",
    group: str | None = None,
    label: str = "",
    counted: int | None = None,
) -> Json:
    """Let a process of that pod open sockets, of which so many are counted."""
    return {
        "do": "ask",
        "group": group_of(number) if group is None else group,
        "context": label,
        "command": command,
        "sockets": sockets or ALL,
        "counted": len(sockets or ALL) if counted is None else counted,
    }


def shell(script: str) -> Json:
    """Run a script that must succeed."""
    return {"do": "shell", "script": script}


def start(*flags: str, watching: bool | None = True, bare: bool = False) -> Json:
    """Start the agent, if *bare* as root without capabilities."""
    return {"do": "start", "flags": flags, "watching": watching, "bare": bare}


def end(signal: str) -> Json:
    """Send the agent a signal that ends it."""
    return {"do": "end", "signal": signal}


LOOK, INSTANCES, METRICS = {"do": "look"}, {"do": "instances"}, {"do": "metrics"}
PODS = "".join(
    f"mkdir -p /var/log/pods/core_amf-{n}_{uid_of(n)}/amf\n" for n in range(1, 9)
)

STORY: dict[str, Json] = {
    "set up": shell(MOUNTS + PODS + f"echo blacklist sctp >{RULES}"),
    "start without": start(watching=None),
    "instances without": INSTANCES,
    "metrics without": METRICS,
    "end without": end("TERM"),
    "start": start(WATCH),
    "instances": INSTANCES,
    "blacklisted": ask(1),
    "by a host process": ask(0, ("inet", "stream"), group="", command=FORGED),
    "blacklisted, seen": LOOK,
    "install true": shell(f"echo install sctp /bin/true >{RULES}"),
    "install true, evaluated": LOOK,
    "asked by another": ask(2, ("inet6", "seqpacket")),
    "install true, seen": LOOK,
    "missing": shell(f"rm {RULES}; mv {MODULE} /tmp/; depmod"),
    "missing, evaluated": LOOK,
    "asked by a third": ask(3, ("inet", "seqpacket")),
    "missing, seen": LOOK,
    "instances in use": INSTANCES,
    "kill": end("KILL"),
    "left by a killed agent": INSTANCES,
    "start again, without capabilities": start(WATCH, bare=True),
    "taken over": INSTANCES,
    "storm": {"do": "storm", "processes": 80, "sockets": 2},
    "after the storm": ask(4, ("inet", "stream")),
    "storm, seen": LOOK,
    "metrics": METRICS,
    "back": shell(f"mv /tmp/sctp {MODULE}; depmod"),
    "loadable": ask(5, ("inet", "stream")),
    "loaded": LOOK,
    "quiet": ask(6, *ALL, counted=0),
    "loaded, seen": LOOK,
    "end": end("TERM"),
    "log": {"do": "log"},
    "nothing is set": shell(
        "cat /sys/kernel/tracing/set_event /sys/kernel/tracing/events/enable"
    ),
}


CONFINED: dict[str, Json] = {
    "set up": shell(MOUNTS + PODS),
    "start": start(WATCH),
    "refused": ask(
        1, ("inet", "stream"), ("inet6", "seqpacket"), label=context("container_t")
    ),
    "refused, seen": LOOK,
    "fields": shell(f"grep field: {TRACING}/events/avc/selinux_audited/format"),
    "audited": shell("dmesg | grep module_request"),
    "end": end("TERM"),
}


#: Where containers run tracefs and cgroups are mounted already.
CONTAINED: dict[str, Json] = {
    "set up": shell(PODS),
    "start": start(WATCH),
    "instances": INSTANCES,
    "refused": ask(1, ("inet", "stream"), command="smf", label=context("container_t")),
    "blacklist": shell(f"echo blacklist sctp >{RULES}"),
    "blacklisted": ask(
        2, ("inet6", "seqpacket"), command="upf", label=context("engine_t")
    ),
    "seen": LOOK,
    "end": end("TERM"),
}
NOT_ALLOWED: dict[str, Json] = {
    "start": start(WATCH, watching=False),
    "instances": INSTANCES,
    "seen": LOOK,
    "end": end("TERM"),
}
