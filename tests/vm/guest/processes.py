"""What the guest runs and looks up for a test, each in a process of its own."""

import errno
import json
import os
import socket
import subprocess
from pathlib import Path
from typing import Any

from tests.vm.guest.child import Child, command, run

Json = dict[str, Any]

NOBODY = 65534
IPPROTO_SCTP = 132
FAMILIES = {"inet": socket.AF_INET, "inet6": socket.AF_INET6}
STYLES = {"stream": socket.SOCK_STREAM, "seqpacket": socket.SOCK_SEQPACKET}


def execute(request: Json) -> Json:
    """Run a program, as another user if asked, and tell how it ended."""
    user = request.get("user")
    try:
        done = subprocess.run(
            request["argv"],
            capture_output=True,
            check=False,
            env={**os.environ, **request.get("environment", {})},
            stdin=subprocess.DEVNULL,
            timeout=request["seconds"],
            user=user,
            group=user,
            extra_groups=None if user is None else [],
        )
    except subprocess.TimeoutExpired as error:
        return _ended(None, error.stdout or b"", error.stderr or b"")
    return _ended(done.returncode, done.stdout, done.stderr)


def agent(request: Json) -> Json:
    """Run the agent's command line in a child that has imported it already."""
    paths = Path("/run/agent-stdout"), Path("/run/agent-stderr")
    return _ended(*run(lambda: _agent_child(request), paths, request["seconds"]))


def _agent_child(request: Json) -> int:
    _enter(request.get("context"))
    user = request.get("user")
    if user is not None:
        _become(user)
    os.environ.update(request.get("environment", {}))
    return command(request["argv"], request["module"])


def sockets(request: Json) -> Json:
    """Let an unprivileged process open SCTP sockets; errno's name, or ok, of each."""
    reader, writer = os.pipe()
    child = Child(lambda: _sockets_child(request, writer))
    os.close(writer)
    status = child.wait(request["seconds"])
    with os.fdopen(reader, "rb") as stream:
        text = stream.read()
    if status != 0:
        raise RuntimeError(f"the process that opens sockets ended with {status}")
    return {"results": json.loads(text)}


def _sockets_child(request: Json, writer: int) -> int:
    _enter(request.get("context"))
    _become(NOBODY)
    results = [
        _open_socket(FAMILIES[family], STYLES[style])
        for family, style in request["sockets"]
    ]
    os.write(writer, json.dumps(results).encode())
    return 0


def _open_socket(family: int, style: int) -> str:
    try:
        socket.socket(family, style, IPPROTO_SCTP).close()
    except OSError as error:
        return errno.errorcode.get(error.errno or 0, str(error.errno))
    return "ok"


def modules(_: Json) -> Json:
    """Tell which modules the kernel holds, and how far sctp is."""
    lines = Path("/proc/modules").read_text(encoding="ascii").splitlines()
    state = Path("/sys/module/sctp/initstate")
    return {
        "names": sorted(line.split()[0] for line in lines),
        "sctp": state.read_text(encoding="ascii").strip() if state.exists() else None,
    }


def _ended(status: int | None, stdout: bytes, stderr: bytes) -> Json:
    texts = (text.decode("utf-8", "backslashreplace") for text in (stdout, stderr))
    return {"status": status, **dict(zip(("stdout", "stderr"), texts, strict=True))}


def _enter(context: str | None) -> None:
    """Take a context of SELinux, as a container runtime does for its container."""
    if context is not None:
        with Path("/proc/self/attr/current").open("wb", buffering=0) as stream:
            stream.write(context.encode())


def _become(user: int) -> None:
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)
