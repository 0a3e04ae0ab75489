"""Runs the daemon with its watch of requests, and lets pods ask for SCTP beside it.

Reads the steps of a story from the file given, writes what came of each as JSON.
"""

import ctypes
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.vm.guest.child import Child, command
from tests.vm.guest.namespace import enter

Json = dict[str, Any]

URL = "http://127.0.0.1:10132"
ARGV = ["--interval", "3000", "--web.listen-address", "127.0.0.1:10132"]
INSTANCES = Path("/sys/kernel/tracing/instances")
GROUPS = Path("/sys/fs/cgroup")
FAMILIES = {"inet": socket.AF_INET, "inet6": socket.AF_INET6}
STYLES = {"stream": socket.SOCK_STREAM, "seqpacket": socket.SOCK_SEQPACKET}
SET_NAME = 15  # PR_SET_NAME
SECONDS = 120.0
SWITCHES = 5000
PAUSE = 0.1  # to ask costs the agent, which is to work meanwhile
DROP, CAPABILITIES = 24, 64  # PR_CAPBSET_DROP, and more than there are


class Story:
    """One node's agent, maybe in a *container*, and what happens around it."""

    def __init__(self, container: Json | None) -> None:
        self._agent: subprocess.Popen[bytes] | Child | None = None
        self._container = container
        if container:
            enter(container["network"])

    def start(self, step: Json) -> object:
        """Start the agent, and wait for its first report."""
        argv = ["run", *ARGV, *step["flags"]]
        with Path("/run/agent.log").open("ab") as log:
            if self._container:
                argv = self._container["argv"]
                self._agent = subprocess.Popen(argv, stderr=log)
            elif step["bare"]:
                self._agent = subprocess.Popen(
                    [sys.executable, "-S", "-m", "agent", *argv],
                    stderr=log,
                    preexec_fn=_drop_capabilities,  # noqa: PLW1509  # no threads
                )
            else:
                outputs = (log.fileno(), log.fileno())
                self._agent = Child(lambda: command(argv), outputs)
        _until("/-/ready", lambda _: True)
        if step["watching"] is not None:
            wanted = f"request_watch_running {float(step['watching'])}"
            _until("/metrics", lambda text: wanted in text)
        return None

    def end(self, step: Json) -> object:
        """Send the agent a signal; tell its status and the instances that are left."""
        assert self._agent
        self._send(signal.Signals["SIG" + step["signal"]])
        return {"status": self._agent.wait(30), "left": _instances()}

    def ask(self, step: Json) -> object:
        """Let a process open sockets; tell what it got and when the agent knew."""
        before = _requests()["requests"]
        child, reader = _asking(step)
        with os.fdopen(reader, "rb") as stream:
            answers = json.loads(stream.read())
        answered = time.monotonic()
        os.waitpid(child, 0)
        wanted = before + step["counted"]
        _until(
            "/report", lambda text: json.loads(text)["requests"]["requests"] >= wanted
        )
        return {"answers": answers, "known_after": time.monotonic() - answered}

    def storm(self, step: Json) -> object:
        """Let many short processes ask at once, each under a name of its own."""
        for number in range(step["processes"]):
            if os.fork() == 0:
                _named(f"storm {number}".encode())
                for _ in range(step["sockets"]):
                    _open("inet", "stream")
                os._exit(0)
        for _ in range(step["processes"]):
            os.wait()
        return None

    def look(self, _: Json) -> object:
        """Let the agent evaluate, and return its report."""
        assert self._agent
        seen = _report()["time"]
        time.sleep(1.1)
        self._send(signal.SIGHUP)
        text = _until("/report", lambda text: json.loads(text)["time"] != seen)
        return json.loads(text)

    def metrics(self, _: Json) -> object:
        """Return the metrics."""
        return _get("/metrics")

    def instances(self, _: Json) -> object:
        """Return the names of all tracing instances."""
        return _instances()

    def shell(self, step: Json) -> object:
        """Run a script that must succeed, and return what it prints."""
        done = subprocess.run(
            ["sh", "-ec", step["script"]], check=True, capture_output=True
        )
        return done.stdout.decode()

    def _send(self, number: signal.Signals) -> None:
        """Send the agent a signal, not the runtime that it is a child of."""
        assert self._agent
        pid = self._agent.pid
        if self._container:
            pid = int(Path(self._container["pid"]).read_text(encoding="ascii"))
        os.kill(pid, number)

    def close(self) -> None:
        """Leave no agent behind that somebody would wait for."""
        if self._agent:
            self._agent.kill()

    def footprint(self, _: Json) -> object:
        """Return the agent's memory in KiB, and its CPU time over ten idle seconds."""
        assert self._agent
        status = Path(f"/proc/{self._agent.pid}/status").read_text(encoding="utf-8")
        kib = next(line for line in status.splitlines() if line.startswith("VmRSS"))
        before = _cpu(self._agent.pid)
        time.sleep(10)
        return {"kib": int(kib.split()[1]), "cpu": _cpu(self._agent.pid) - before}

    def switches(self, _: Json) -> object:
        """Return the nanoseconds that a change to another process and back takes."""
        (ours, theirs), (back, forth) = os.pipe(), os.pipe()
        child = os.fork()
        if child == 0:
            for _turn in range(SWITCHES):
                os.write(forth, os.read(ours, 1))
            os._exit(0)
        started = time.monotonic_ns()
        for _turn in range(SWITCHES):
            os.write(theirs, b"x")
            os.read(back, 1)
        taken = time.monotonic_ns() - started
        os.waitpid(child, 0)
        return taken / SWITCHES

    def log(self, _: Json) -> object:
        """Return what the agent has logged."""
        return Path("/run/agent.log").read_text(encoding="utf-8")


def _asking(step: Json) -> tuple[int, int]:
    reader, writer = os.pipe()
    child = os.fork()
    if child:
        os.close(writer)
        return child, reader
    if step["group"]:
        group = GROUPS / step["group"]
        group.mkdir(parents=True, exist_ok=True)
        (group / "cgroup.procs").write_text(str(os.getpid()), encoding="ascii")
    if step["context"]:
        attribute = Path("/proc/self/attr/current")
        attribute.write_text(step["context"], encoding="ascii")
    _named(step["command"].encode())
    answers = [_open(family, style) for family, style in step["sockets"]]
    os.write(writer, json.dumps(answers).encode())
    os._exit(0)


def _drop_capabilities() -> None:
    """Let root have none after the next exec."""
    for number in range(CAPABILITIES):
        ctypes.CDLL(None).prctl(DROP, number, 0, 0, 0)


def _named(command: bytes) -> None:
    ctypes.CDLL(None).prctl(SET_NAME, command, 0, 0, 0)


def _open(family: str, style: str) -> str:
    try:
        socket.socket(FAMILIES[family], STYLES[style], 132).close()
    except OSError as error:
        return str(error.strerror)
    return "ok"


def _instances() -> list[str]:
    return sorted(os.listdir(INSTANCES)) if INSTANCES.exists() else []


def _requests() -> Json:
    found: Json = _report()["requests"]
    return found


def _report() -> Json:
    found: Json = json.loads(_get("/report"))
    return found


def _get(path: str) -> str:
    with urllib.request.urlopen(URL + path, timeout=20) as answer:  # noqa: S310  # ours
        text: str = answer.read().decode()
    return text


def _until(path: str, wanted: Callable[[str], bool]) -> str:
    end = time.monotonic() + SECONDS
    text = ""
    while time.monotonic() < end:
        try:
            text = _get(path)
        except OSError as error:
            text = str(error)
        else:
            if wanted(text):
                return text
        time.sleep(PAUSE)
    log = Path("/run/agent.log").read_text(encoding="utf-8")
    raise SystemExit(f"{path} is not as wanted: {text}\n{log}")


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2]
    user, system = fields.split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def main(argv: Sequence[str]) -> None:
    """Tell the story whose plan is in the file."""
    plan = json.loads(Path(argv[0]).read_text(encoding="utf-8"))
    story = Story(plan["container"])
    steps: Mapping[str, Callable[[Json], object]] = {
        step.__name__: step
        for step in (
            *(story.start, story.end, story.ask, story.storm, story.look),
            *(story.metrics, story.instances, story.shell, story.log),
            *(story.footprint, story.switches),
        )
    }
    try:
        results = [steps[step["do"]](step) for step in plan["steps"]]
    finally:
        story.close()
    sys.stdout.write(json.dumps(results))
