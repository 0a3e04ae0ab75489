"""The programs that are measured beside each other, as somebody would run them."""

import compileall
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import trustme

from tests.bench.client import Address, Client
from tests.ports import free_port

REPOSITORY = Path(__file__).parents[2]
CACHE = REPOSITORY / ".cache" / "bench"
SITE = CACHE / "site"
#: What the kernel's tracefs is played by.
_PLAYED = ("tests/tracefs_kernel.py", "tests/mounted.py")
#: How many evaluations there were, where the start counts them.
COUNT = CACHE / "count"
AGENT, EVERYTHING = "sctp-node-agent", "the same, everything on"
NODE_EXPORTER, BLACKBOX = "node_exporter", "blackbox_exporter"
LIBRARY = "prometheus_client"
#: As the image and the unit of systemd tell the C library.
_ALLOCATOR = {"MALLOC_ARENA_MAX": "1", "MALLOC_TRIM_THRESHOLD_": "65536"}


@dataclass(frozen=True, slots=True)
class Program:
    """A command, where it answers once it serves, and what it is asked for."""

    name: str
    argv: Sequence[str]
    address: Address
    metrics: str = "/metrics"
    page: str = "/"
    ready: str = "/metrics"
    environment: Mapping[str, str] = field(default_factory=dict)


def install() -> None:
    """Lay the agent out as the image has it: a copy, compiled, templates included."""
    shutil.rmtree(SITE, ignore_errors=True)
    shutil.copytree(REPOSITORY / "agent", SITE / "agent")
    started = "tests/bench/started"
    shutil.copytree(REPOSITORY / started, SITE / started)
    for name in _PLAYED:
        shutil.copy(REPOSITORY / name, SITE / name)
    compiling = "from agent.web import compiling; compiling.compile_templates()"
    environment = os.environ | {"PYTHONPATH": str(SITE)}
    subprocess.run(
        [sys.executable, "-B", "-c", compiling], check=True, cwd=SITE, env=environment
    )
    compileall.compile_dir(SITE, quiet=1, force=True)


def agent(
    root: Path,
    *flags: str,
    name: str = AGENT,
    tls: str = "",
    start: str = "plain",
) -> Program:
    """Return the agent; *start* is one of the modules in `started`.

    With "plain" a uevent that root can cause counts as news of the module.
    """
    return _agent(start, root, *flags, name=name, tls=tls)


def everything(root: Path, tls: str, *more: str, start: str = "everything") -> Program:
    """Return it with TLS, path probes, the page, and sockets in a new namespace.

    The conversations in these are over TCP: the kernel need not have SCTP, and is not
    made to load it. *more* are flags, *start* is one of the modules in `started`.
    """
    peers = CACHE / "peers"
    peers.write_text("127.0.0.1\n")
    flags = ("--path.port=7777", f"--path.peers=file:{peers}")
    return _agent(start, root, *flags, *more, name=EVERYTHING, tls=tls)


def _agent(start: str, root: Path, *flags: str, name: str, tls: str) -> Program:
    address = Address(free_port(), tls=bool(tls))
    argv = [
        sys.executable,
        "-B",
        "-m",
        f"tests.bench.started.{start}",
        "run",
        f"--root={root}",
    ]
    argv += [f"--web.listen-address=127.0.0.1:{address.port}", *flags]
    if tls:
        argv.append(f"--web.config.file={tls}")
    environment = {"PYTHONPATH": str(SITE), "SOAK_COUNT": str(COUNT)} | _ALLOCATOR
    return Program(name, argv, address, ready="/-/ready", environment=environment)


def node_exporter(tls: str = "") -> Program:
    """Return it with all collectors as Debian ships it."""
    address = Address(free_port(), tls=bool(tls))
    argv = [_debian("prometheus-node-exporter")]
    argv.append(f"--web.listen-address=127.0.0.1:{address.port}")
    if tls:
        argv.append(f"--web.config.file={tls}")
    return Program(NODE_EXPORTER, argv, address)


def blackbox_exporter() -> Program:
    """Return it with a probe of TCP, which it makes of itself at each scrape."""
    address = Address(free_port())
    configuration = CACHE / "blackbox.yml"
    configuration.write_text("modules: {tcp: {prober: tcp, timeout: 2s}}\n")
    argv = [_debian("prometheus-blackbox-exporter")]
    argv.append(f"--config.file={configuration}")
    argv.append(f"--web.listen-address=127.0.0.1:{address.port}")
    probe = f"/probe?module=tcp&target=127.0.0.1:{address.port}"
    return Program(BLACKBOX, argv, address, metrics=probe)


def library() -> Program:
    """Return prometheus_client's own server with the metrics of a sample report."""
    address = Address(free_port())
    start = REPOSITORY / "tests/bench/library_server.py"
    argv = [sys.executable, "-B", str(start), str(address.port)]
    return Program(LIBRARY, argv, address, environment={"PYTHONPATH": str(REPOSITORY)})


def certificate() -> str:
    """Make a certificate and a web configuration with it; return its path."""
    folder = CACHE / "tls"
    folder.mkdir(parents=True, exist_ok=True)
    issued = trustme.CA().issue_cert("localhost", "127.0.0.1")
    issued.private_key_pem.write_to_path(folder / "key.pem")
    chain = b"".join(pem.bytes() for pem in issued.cert_chain_pems)
    (folder / "cert.pem").write_bytes(chain)
    configuration = folder / "web.yml"
    configuration.write_text(
        f"tls_server_config: {{cert_file: {folder}/cert.pem, "
        f"key_file: {folder}/key.pem}}\n"
    )
    return str(configuration)


def _debian(program: str) -> str:
    local = REPOSITORY / ".cache/debian/usr/bin" / program
    found = str(local) if local.exists() else shutil.which(program)
    if not found:
        sys.exit(f"{program} is missing: run `make system`")
    return found


@contextmanager
def running(program: Program) -> Iterator[tuple[int, float]]:
    """Run it until the block ends; yield its pid and after how long it served."""
    environment = {**os.environ, "GOMAXPROCS": "1", **program.environment}
    started = time.perf_counter()
    with subprocess.Popen(
        program.argv,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=environment,
        cwd=CACHE,
    ) as process:
        try:
            _await(program, process)
            yield process.pid, time.perf_counter() - started
        finally:
            process.terminate()


def _await(program: Program, process: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end and process.poll() is None:
        try:
            with Client(program.address) as client:
                if client.get(program.ready)[0] == 200:
                    return
        except OSError:
            pass
        time.sleep(0.005)
    sys.exit(f"{program.name} does not serve: {' '.join(program.argv)}")
