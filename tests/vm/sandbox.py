"""An agent in a container of a guest, as a rendering of the manifests asks for it."""

import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.http.certificates import open_desk
from tests.manifests.bundle import Bundle
from tests.vm import oci, steps
from tests.vm.asking import happened
from tests.vm.image import DISTRIBUTIONS, NEWER_PYTHON, Contents
from tests.vm.node import Ended, Node
from tests.vm.oci import Json, Place
from tests.vm.steps import Step

CONTENTS = Contents(
    distributions=(*DISTRIBUTIONS, "jinja2", "pyyaml"),
    programs=("crun", "runc", "strace"),
    newer_python=True,
)
MEMORY = 1024
_PLAN, _TRACE = "/run/plan.json", "/run/trace"
_NETWORK = "/run/netns/pod"
_PID = "/run/bundle/pid"
_POD = (
    steps.command("ip", "netns", "add", "pod"),
    steps.command("ip", "-n", "pod", "link", "set", "lo", "up"),
)
#: The next evaluation is one that is asked for, and paths are tried at once.
_FLAGS = ("--interval=3000", "--path.interval=6", "--path.deadline=2")
USER = 65534
#: Becomes that user's program, with an SCTP socket in the host's network namespace.
_LISTENER = f"""
import os, socket, sys, time
if os.getuid() == 0:
    os.setgid({USER})
    os.setuid({USER})
    os.execv(sys.executable, [sys.executable, "-S", __file__])
listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, 132)
listener.bind(("127.0.0.1", 5000))
listener.listen()
time.sleep(1e6)
"""
_UNTIL_IT_LISTENS = (
    "while ! grep -q 5000 /proc/net/sctp/eps; do sleep 0.1; done 2>/dev/null"
)
_ENVIRONMENT = {
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "PYTHONPATH": "/opt/agent:/opt/site",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONUNBUFFERED": "1",
}
_VOLUMES = {
    "web-config": "/run/web",
    "tls": "/run/tls",
    "textfile": "/run/textfile",
    "nfd-features": "/run/nfd",
}


@dataclass(frozen=True, slots=True)
class Base:
    """What an image is made on: its file system in the guest, and its Python."""

    root: str
    python: str

    @property
    def agent(self) -> tuple[str, ...]:
        """Return the agent's command."""
        return (self.python, "-S", "-m", "agent")


OLDER = Base("/run/rootfs", "/usr/local/bin/python3")
NEWER = Base(f"/{NEWER_PYTHON}", "/usr/bin/python3")
FORBIDDEN_CALL = "import os; os.getpriority(os.PRIO_PROCESS, 0)"
"""What the agent never does: with a profile it fails, and is told of."""

RUNTIMES = {
    "crun": ("crun", "--cgroup-manager=disabled"),
    "runc": ("runc",),
}


@dataclass(frozen=True, slots=True)
class Sandbox:
    """A freshly booted node, a base, and the runtime that starts containers on it."""

    node: Node
    base: Base
    runtime: str

    def lived(self, config: Json, *, traced: bool = False) -> Json:
        """Let an agent live through everything; return what came of it."""
        self.node.prepare(*_laid_out(self.base, config))
        plan = self._plan(traced=traced)
        self.node.prepare(steps.write(_PLAN, json.dumps(plan)))
        argv = ["python3", "-S", "-m", "tests.vm.guest.everything", _PLAN]
        ended = self.node.execute(argv, seconds=900)
        assert ended.status == 0, ended
        seen: Json = json.loads(ended.stdout)
        return seen

    def checked(self, configs: Mapping[str, Json]) -> Mapping[str, Ended]:
        """Run a container to its end for each configuration, where sctp is loaded."""
        first = next(iter(configs.values()))
        self.node.prepare(
            steps.command("modprobe", "sctp"),
            steps.write("/run/listener.py", _LISTENER),
            steps.command("sh", "-c", "python3 -S /run/listener.py >/dev/null 2>&1 &"),
            steps.command("sh", "-c", _UNTIL_IT_LISTENS),
            *_POD,
            *_laid_out(self.base, first),
        )
        return {name: self._ran(config) for name, config in configs.items()}

    def told(self, config: Json, story: Mapping[str, Json]) -> Mapping[str, Any]:
        """Let an agent in a container live through that story of requests."""
        self.node.prepare(*_POD, *_laid_out(self.base, config))
        argv = self._run("--pid-file", _PID)
        started = {"argv": argv, "pid": _PID, "network": _NETWORK}
        return happened(self.node, story, started)

    def _ran(self, config: Json) -> Ended:
        self.node.prepare(_configured(config))
        return self.node.execute(self._run(), seconds=300)

    def _run(self, *options: str) -> Sequence[str]:
        bundle = ("--no-pivot", "--bundle", "/run/bundle")
        return (*RUNTIMES[self.runtime], "run", *bundle, *options, "agent")

    def _plan(self, *, traced: bool) -> Json:
        beside = [
            (*RUNTIMES[self.runtime], "exec", "agent", *self.base.agent, *command)
            for command in (["check", "--root=/host"], ["probe", "10.0.0.1"])
        ]
        if not traced:
            python = (*RUNTIMES[self.runtime], "exec", "agent", self.base.python, "-S")
            beside.append((*python, "-c", FORBIDDEN_CALL))
        commands = [self._run("--pid-file", _PID), *beside]
        traces = [f"{_TRACE}-{at}" for at in range(len(commands))] if traced else []
        for at, trace in enumerate(traces):
            commands[at] = ["strace", "-qq", "-f", "-o", trace, *commands[at]]
        return {
            "argv": commands[0],
            "beside": commands[1:],
            "peers": "sctp-node-agent-peers",
            "service": "sctp-node-agent-paths",
            "traces": traces,
            "program": self.base.python,
        }


def configured(
    bundle: Bundle,
    base: Base,
    *command: str,
    seccomp: Json | None = None,
    without: frozenset[str] = frozenset(),
    labelled: bool = False,
) -> Json:
    """Return the container's configuration; without a *command* it is to `run`."""
    place = Place(
        root=base.root, volumes=_VOLUMES, environment=_ENVIRONMENT, network=_NETWORK
    )
    return oci.configuration(
        bundle,
        [*base.agent, *(command or ("run", *_FLAGS))],
        place=place,
        seccomp=seccomp,
        without=without,
        labelled=labelled,
    )


def _configured(config: Json) -> Step:
    return steps.write("/run/bundle/config.json", json.dumps(config))


def _laid_out(base: Base, config: Json) -> list[Step]:
    here = "" if base is OLDER else base.root
    servers = "nameserver 10.0.0.1\nsearch agents.test\n"
    made: list[Any] = [
        *(
            steps.directory(path)
            for path in ("/run/rootfs", "/run/bundle", "/run/textfile", "/run/nfd")
        ),
        steps.command("mount", "-t", "cgroup2", "cgroup2", "/sys/fs/cgroup"),
        steps.command("mount", "-t", "tracefs", "tracefs", "/sys/kernel/tracing"),
        *_certificates(),
        steps.write(f"{here}/etc/nsswitch.conf", "hosts: files dns\n"),
        steps.write(f"{here}/etc/resolv.conf", servers),
        _configured(config),
    ]
    if base is OLDER:
        made.append(steps.command("mount", "--bind", "/", base.root))
    return made


def _certificates() -> list[Step]:
    with tempfile.TemporaryDirectory() as name:
        desk = open_desk(Path(name))
        desk.serve_as("10.0.0.2")
        served = "/etc/sctp-node-agent/tls"
        keys = {"cert_file": f"{served}/tls.crt", "key_file": f"{served}/tls.key"}
        web = {"tls_server_config": {**keys, "min_version": "TLS12"}}
        files = {
            "/run/tls/tls.crt": desk.folder / "tls.crt",
            "/run/tls/tls.key": desk.folder / "tls.key",
            "/run/ca.crt": desk.folder / "ca.crt",
        }
        made = [
            steps.write(path, source.read_bytes()) for path, source in files.items()
        ]
        return [*made, steps.write("/run/web/web.yaml", json.dumps(web))]
