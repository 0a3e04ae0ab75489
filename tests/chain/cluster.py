"""The nodes in their machines with all that watches them, as one thing to hold."""

import contextlib
import json
import os
import socket
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

from tests.chain import disks, initramfs
from tests.chain.computer import Computer, Hardware
from tests.chain.monitoring import Target
from tests.chain.webhook import Inbox, listening
from tests.chain.workload import Workload, image_of, workloads
from tests.image import build
from tests.vm import kernel
from tests.vm.tools import ToolError, find, missing

KERNEL = "bookworm"
START_SECONDS = 600.0
ANSWER_SECONDS = 120.0
PAUSE = 0.5
PROGRAMS = ("buildah", "debootstrap", "dpkg-deb", "mke2fs", "tar")


@dataclass(frozen=True, slots=True)
class Cluster:
    """A machine, a node of its own for each pod; its monitoring; and the pager."""

    computer: Computer
    workloads: tuple[Workload, ...]
    inbox: Inbox

    def await_pods(self) -> None:
        """Wait until the kubelet would call every pod ready."""
        for workload in self.workloads:
            end = time.monotonic() + START_SECONDS
            while not self._is_ready(workload):
                if time.monotonic() > end:
                    raise AssertionError(self._evidence(workload))
                time.sleep(PAUSE)

    def report(self, workload: Workload) -> dict[str, Any]:
        """Return what that pod's agent says about its node."""
        report: dict[str, Any] = json.loads(self._get(workload, "/report")[1])
        return report

    def change_by(self, workload: Workload) -> str:
        """Return how node and modules differ from before the pod was started."""
        before = f"/run/before-{workload.name}"
        script = f"/opt/node/fingerprint | sort - {before} | uniq --unique"
        return self.computer.output("bash", "-o", "pipefail", "-c", script)

    def targets(self) -> tuple[Target, ...]:
        """Return what is to be scraped, each as a cluster's discovery finds it."""
        return tuple(
            Target(f"127.0.0.1:{self.computer.port(pod.endpoint)}", pod.discovered())
            for pod in self.workloads
        )

    def _get(self, workload: Workload, path: str) -> tuple[int, bytes]:
        port = self.computer.port(workload.endpoint)
        connection = HTTPConnection("127.0.0.1", port, timeout=ANSWER_SECONDS)
        with contextlib.closing(connection):
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read()

    def _is_ready(self, workload: Workload) -> bool:
        path = workload.probe_path("readinessProbe")
        try:
            return self._get(workload, path)[0] == HTTPStatus.OK
        except (OSError, HTTPException):
            return False

    def _evidence(self, workload: Workload) -> str:
        name = workload.name
        script = f"podman logs {name}; systemctl status 'pod@{name}' --no-pager --full"
        ended = self.computer.execute(["sh", "-c", f"{script}; podman ps --all"])
        return f"{name} does not become ready\n{ended.stdout}\n{ended.stderr}"


@dataclass(frozen=True, slots=True)
class Fleet:
    """All three nodes; *barred* is the machine of the last one."""

    cluster: Cluster
    barred: Computer


@dataclass(frozen=True, slots=True)
class Plan:
    """What a cluster is made from: a machine with some pods, and one with the last."""

    hardware: Hardware
    barred: Hardware
    workloads: tuple[Workload, ...]


def obstacle() -> str | None:
    """Return what keeps this machine from building and running a node."""
    if os.geteuid() != 0:
        return "building the image and the node's disks needs root"
    try:
        for program in PROGRAMS:
            find(program)
    except ToolError as error:
        return str(error)
    return f"missing: {', '.join(missing())}" if missing() else None


def plan(folder: Path) -> Plan:
    """Build the image, and lay out the disks in *folder* (network, at first)."""
    chosen = kernel.get(KERNEL)
    pods = workloads(folder)
    boot, carried = folder / "initramfs", folder / "pods.ext4"
    names = tuple(pod.name for pod in pods)
    # Both are downloads and unpacking for a minute, where nothing is in the cache.
    with ThreadPoolExecutor() as pool:
        system = pool.submit(disks.system_disk, chosen, names)
        initramfs.write(chosen, boot)
        disks.pods_disk(carried, pods, image_of(build.config()), build.rootfs())
    used = (system.result(), carried)
    hardware = Hardware(kernel=chosen, initramfs=boot, disks=used)
    first, second = _told(pods[:-1]), (*_told(pods[-1:]), initramfs.BROUGHT)
    return Plan(
        replace(hardware, words=first), replace(hardware, words=second, card=2), pods
    )


def _told(pods: Iterable[Workload]) -> tuple[str, ...]:
    return tuple(f"pod={pod.name}" for pod in pods)


@contextlib.contextmanager
def running(planned: Plan) -> Iterator[tuple[Cluster, Fleet]]:
    """Boot both machines; the second one runs until the block or the fleet ends."""
    pods = planned.workloads
    endpoints = [pod.endpoint for pod in pods]
    with contextlib.ExitStack() as stack:
        inboxes = stack.enter_context(listening()), stack.enter_context(listening())
        cable, other = socket.socketpair()
        with cable, other:
            computer = Computer(planned.hardware, endpoints, cable)
            barred = Computer(planned.barred, (), other)
            stack.enter_context(computer)
            stack.enter_context(barred)
        computer.await_up()
        barred.await_up()
        yield (
            Cluster(computer, pods[:-1], inboxes[0]),
            Fleet(Cluster(computer, pods, inboxes[1]), barred),
        )
