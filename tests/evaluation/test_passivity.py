"""The first promise: measuring changes nothing on the node."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.nodes import (
    BOOT,
    BUILTIN,
    ETC,
    RELEASE,
    Files,
    Link,
    MakeNode,
    Node,
    Pipe,
    loaded,
)
from tests.users import HOST, Process, Tables, Users, endpoint
from tests.watched import WATCHED, snapshot

#: Runs the command once as it is, so that everything is imported, then again as
#: somebody without any privilege.
UNPRIVILEGED = """
import contextlib, io, os, sys
from agent.cli.main import main
with contextlib.redirect_stdout(io.StringIO()):
    main(sys.argv[1:])
if os.getuid() == 0:
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
sys.exit(main(sys.argv[1:]))
"""

OUTPUTS = ("text", "json", "prometheus", "npd", "nfd")
DISORDER: Files = {
    f"{ETC}/pipe.conf": Pipe(),
    f"{ETC}/loop.conf": Link("loop.conf"),
    f"{ETC}/null.conf": Link("/dev/null"),
    f"{ETC}/folder.conf/": None,
    BOOT: "sctp\n",
}


def _run(script: str, node: Node, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", script, "check", f"--root={node.root}", *arguments],
        capture_output=True,
        check=False,
        env={"PYTHONPATH": ":".join(filter(None, sys.path))},
        text=True,
        timeout=300,
    )


def _watched(node: Node, *arguments: str) -> dict[str, Any]:
    ended = _run(WATCHED, node, *arguments)
    assert ended.stdout, ended.stderr
    watched: dict[str, Any] = json.loads(ended.stderr)
    return watched


@pytest.mark.parametrize("output", OUTPUTS)
@pytest.mark.parametrize("offline", [True, False], ids=["offline", "live"])
def test_check_leaves_no_trace(
    make_node: MakeNode, output: str, *, offline: bool
) -> None:
    """No file is written or changed anywhere, no process started, no SCTP socket."""
    node = make_node(DISORDER)
    before = snapshot(node.root)

    watched = _watched(node, f"--output={output}", *["--offline"] * offline)

    assert watched["acts"] == []
    assert snapshot(node.root) == before


def test_look_at_workloads_leaves_no_trace(make_node: MakeNode) -> None:
    """Nor does looking who uses SCTP, on a node where somebody does."""
    node = make_node()
    Users(
        {1: Process(), 5: Process(HOST, "/system.slice/a.service", "a", (51,))},
        {HOST: Tables([endpoint(3868, 51)])},
    ).write(Path(node.root))
    before = snapshot(node.root)

    assert _watched(node, "--workloads")["acts"] == []
    assert snapshot(node.root) == before


#: Runs the command and tells what was opened and imported of the look at workloads.
NOTED = """
import json, sys
opened = []
def note(event, args):
    if event in {"open", "os.listdir", "os.scandir"}:
        opened.append(str(args[0]))
sys.addaudithook(note)
from agent.cli.main import main
main(sys.argv[1:])
words = ("workloads", "holders", "owners", "hostfs.processes", "sources.namespaces")
code = [name for name in sys.modules if name.startswith("agent.")]
sys.stderr.write(json.dumps({
    "code": [name for name in code if any(word in name for word in words)],
    "opened": [
        path for path in opened
        if path.endswith(("cgroup", "/eps", "assocs", "remaddr")) or "pods" in path
    ],
}))
"""


def test_off_costs_nothing(make_node: MakeNode) -> None:
    """Without the flag no file of the look is read, and no code of it either."""
    node = make_node()
    Users({1: Process()}, {HOST: Tables([endpoint(3868, 51)])}).write(Path(node.root))
    nothing: dict[str, list[str]] = {"code": [], "opened": []}

    off = json.loads(_run(NOTED, node, "--output=json").stderr)
    on = json.loads(_run(NOTED, node, "--output=json", "--workloads").stderr)

    assert off == nothing
    assert "1/net/sctp/assocs" in on["opened"]
    assert "agent.sources.workloads" in on["code"]


@pytest.mark.parametrize(
    ("files", "arguments", "opens"),
    [
        pytest.param({}, (), False, id="loadable"),
        pytest.param({BOOT: "sctp\n"}, (), False, id="declared"),
        pytest.param({}, ("--expect=forbidden",), False, id="forbidden"),
        pytest.param(loaded("Loading"), (), False, id="being loaded"),
        pytest.param(loaded("Unloading"), (), False, id="being unloaded"),
        pytest.param({"/proc/modules": Pipe()}, (), False, id="not known"),
        pytest.param(
            {"/proc/modules": "sctp_diag 1 0 - Live 0x0\nxt_sctp 1 0 - Live 0x0\n"},
            (),
            False,
            id="modules of similar names",
        ),
        pytest.param({**loaded()}, ("--offline",), False, id="loaded, offline"),
        pytest.param(loaded(), (), True, id="loaded"),
        pytest.param(BUILTIN, (), True, id="built in"),
        pytest.param({}, ("--allow-autoload",), True, id="loadable, with leave"),
    ],
)
def test_sctp_socket_only_where_it_loads_nothing(
    make_node: MakeNode, files: Files, arguments: tuple[str, ...], *, opens: bool
) -> None:
    """Only when the kernel has SCTP already, or with leave to load it."""
    watched = _watched(make_node(files), *arguments)

    assert set(watched["acts"]) == ({"SCTP socket"} if opens else set())


def test_module_state_of_this_machine_is_untouched(make_node: MakeNode) -> None:
    """The list of loaded modules is the same before and after."""
    modules = Path("/proc/modules")
    before = _names(modules)
    _run("import sys; from agent.cli.main import main; main(sys.argv[1:])", make_node())

    assert _names(modules) == before


def _names(modules: Path) -> set[str]:
    lines = modules.read_text().splitlines() if modules.exists() else []
    return {line.split()[0] for line in lines if "sctp" in line}


def test_plain_user_gets_an_answer_and_what_it_lacks(make_node: MakeNode) -> None:
    """Without privilege the agent works, cannot write, and names what is closed."""
    closed = f"{ETC}/closed.conf"
    node = make_node({closed: "blacklist sctp\n", BOOT: "sctp\n"})
    node.path(closed).chmod(0)
    for folder in node.root.parents:
        if folder.name.startswith(("pytest-", "test_")):
            folder.chmod(0o755)
    before = snapshot(node.root)

    ended = _run(UNPRIVILEGED, node, "--output=json")

    assert ended.stderr == ""
    report = json.loads(ended.stdout)
    found = {check["name"]: check for check in report["checks"]}
    assert report["kernel_release"] == RELEASE
    assert report["verdict"]["reason"] == "FactUnreadable"
    assert found["node_readable"]["evidence"] == [
        {"path": closed, "line": None, "text": "permission denied"}
    ]
    assert found["module_present"]["status"] == "pass"
    assert (ended.returncode, report["verdict"]["compliant"]) == (2, "unknown")
    assert snapshot(node.root) == before
