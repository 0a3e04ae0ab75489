"""The command as one meets it: exit codes, outputs, and what they never contain."""

import io
import json
import os
import platform
import pty
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from agent import __version__
from agent.cli import main
from agent.cli.build_info import describe
from agent.daemon.process import Serving
from agent.evaluation.evaluator import Evaluator
from agent.findings import Reason
from tests.kept import GOLDEN, Keep
from tests.nodes import BOOT, ETC, MODULES, Files, MakeNode, Node, module_tree

FIXED = "6.1.0-test"
DENIED: Files = {f"{ETC}/CIS.conf": "install sctp /bin/true\n"}
OPAQUE: Files = {f"{ETC}/x.conf": "install sctp /usr/local/bin/load\n"}
HOSTILE: Files = {
    f"{ETC}/\x1b[31mevil\x07.conf": "blacklist sctp \x1b]0;owned\x07\u202e\x9b31m\n"
    "install sctp /bin/false # \x1b[2J\n",
    "/usr/lib/os-release": "ID=debian\nPRETTY_NAME='\x1b[1mDebian\x1b[0m'\n",
}
CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]")
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
LINK = re.compile(r"\x1b\]8;;(https://[!-~]*)?\x1b\\")
ARGUMENTS = ("--offline", "--node-name=worker-0")


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.startswith(("SCTP_AGENT_", "NO_COLOR", "FORCE_COLOR", "NODE_NAME")):
            monkeypatch.delenv(name)


def _check(node: Node, *arguments: str) -> int:
    return main.main(["check", f"--root={node.root}", *ARGUMENTS, *arguments])


def _fixed(make_node: MakeNode, *layers: Files) -> Node:
    """Return a node whose kernel has the same name on every machine."""
    node = make_node(module_tree(FIXED), *layers)
    node.path(MODULES).rename(node.path("/modules-of-this-machine"))
    return node


@pytest.mark.parametrize(
    ("files", "expectation", "code"),
    [
        pytest.param({}, "required", 0, id="as required"),
        pytest.param(DENIED, "forbidden", 0, id="as forbidden"),
        pytest.param(DENIED, "observe", 0, id="observed"),
        pytest.param(DENIED, "required", 1, id="not as required"),
        pytest.param({}, "forbidden", 1, id="not as forbidden"),
        pytest.param(OPAQUE, "required", 2, id="could not tell"),
    ],
)
@pytest.mark.parametrize("output", ["text", "json", "prometheus", "npd", "nfd"])
def test_exit_code_of_check(
    make_node: MakeNode,
    capsys: pytest.CaptureFixture[str],
    *,
    files: Files,
    expectation: str,
    code: int,
    output: str,
) -> None:
    """The verdict decides, whatever the form; nothing goes to standard error."""
    options = (f"--output={output}", f"--expect={expectation}")

    assert _check(make_node(files), *options) == code
    shown = capsys.readouterr()
    assert shown.out
    assert shown.err == ""


def test_live_check_of_a_node_without_sctp(
    make_node: MakeNode, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without --offline as well, and no socket is opened for it."""
    node = make_node(DENIED)

    assert main.main(["check", "--root", str(node.root), "--output=npd"]) == 1
    assert capsys.readouterr().out.startswith("InstallOverride at /etc/")


@pytest.mark.parametrize(
    ("argv", "environment", "message"),
    [
        pytest.param(["check", "--nonsense"], {}, "--nonsense", id="flag"),
        pytest.param(["check"], {"SCTP_AGENT_X": "1"}, "SCTP_AGENT_X", id="variable"),
        pytest.param(["explain", "Nonsense"], {}, "try `all`", id="name"),
    ],
)
def test_usage_errors(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    argv: list[str],
    environment: dict[str, str],
    message: str,
) -> None:
    """One line on standard error, and the code for: could not tell."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    assert main.main(argv) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith("sctp-node-agent: ")
    assert message in shown.err
    assert shown.err.count("\n") == 1


def test_defect_is_not_taken_for_a_verdict(
    make_node: MakeNode,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A crash could not tell; Python's own code would say: not as expected."""

    def crash(_: Evaluator) -> None:
        raise RuntimeError("a defect")

    monkeypatch.setattr(Evaluator, "__call__", crash)

    assert _check(make_node()) == 2
    assert "RuntimeError: a defect" in capsys.readouterr().err


def test_explain(capsys: pytest.CaptureFixture[str]) -> None:
    """A name that exists is explained on standard output."""
    assert main.main(["explain", "blacklisted"]) == 0
    assert capsys.readouterr().out.startswith("Blacklisted: ")


def _schema(value: object) -> object:
    """Return the shape of *value*: keys and types."""
    if isinstance(value, dict):
        return {key: _schema(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_schema(value[0])] if value else []
    return type(value).__name__


def test_json(make_node: MakeNode, capsys: pytest.CaptureFixture[str]) -> None:
    """The keys and types that are promised, and the answers of the text output."""
    node = _fixed(make_node, DENIED, {BOOT: "sctp\n"})

    assert _check(node, "--output=json") == 1
    report: dict[str, Any] = json.loads(capsys.readouterr().out)

    origin = {"path": "str", "line": "int", "text": "str"}
    facts = report.pop("facts")
    assert _schema(report) == {
        "schema_version": "int",
        "agent_version": "str",
        "node": "str",
        "pool": "NoneType",
        "cluster": "NoneType",
        "time": "str",
        "kernel_release": "str",
        "os": "str",
        "expectation": "str",
        "verdict": dict.fromkeys(
            (*("state", "boot_state", "compliant", "reason", "message", "remedy"),),
            "str",
        ),
        "checks": [
            {
                "name": "str",
                "status": "str",
                "reason": "str",
                "message": "str",
                "evidence": [],
                "remedy": "str",
            }
        ],
    }
    assert report["schema_version"] == 1
    assert report["agent_version"] == __version__
    assert report["node"] == "worker-0"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", report["time"])
    assert report["kernel_release"] == FIXED
    assert report["verdict"]["compliant"] == "false"
    found = {check["name"]: check for check in report["checks"]}
    assert found["kmod_install"]["evidence"] == [
        {"path": f"{ETC}/CIS.conf", "line": 1, "text": "install sctp /bin/true"}
    ]
    assert {check["status"] for check in report["checks"]} <= {
        *("pass", "warn", "fail", "unknown", "skip"),
    }
    assert {check["reason"] for check in report["checks"]} <= set(Reason)

    assert _schema(facts["modules_load"]) == {
        "requests_sctp": "bool",
        "entries": [origin],
        "files": [{"path": "str", "presence": "str"}],
    }
    assert facts["module"]["state"] == "loadable"
    assert facts["module"]["references"] is None
    assert facts["modprobe"]["blacklisted"] is False
    assert facts["modprobe"]["install"]["line"] == 1
    assert facts["modprobe"]["autoload_aliases"] == {
        "net-pf-2-proto-132": True,
        "net-pf-10-proto-132": True,
    }
    arguments = facts["kernel_arguments"]
    assert arguments == {
        "known": True,
        "module_blacklist": False,
        "modprobe_blacklist": False,
        "modules_load": False,
    }
    assert facts["socket"] == []
    assert facts["socket_skipped"] == "only files are judged"


@pytest.mark.parametrize("output", ["text", "json", "prometheus", "npd", "nfd"])
def test_nothing_of_the_node_reaches_the_terminal_raw(
    make_node: MakeNode, capsys: pytest.CaptureFixture[str], output: str
) -> None:
    """File names, lines and os-release may hold escape sequences; outputs do not."""
    node = make_node(HOSTILE)

    assert _check(node, f"--output={output}", "--node-name=\x1b[5mnode") == 1
    assert not CONTROL.search(capsys.readouterr().out)


def test_line_for_node_problem_detector(
    make_node: MakeNode, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line of at most 80 bytes, reason and place first, however long it gets."""
    name = "\u00e4" * 60
    node = make_node({f"{ETC}/{name}.conf": "blacklist sctp\n"})

    assert _check(node, "--output=npd") == 1
    shown = capsys.readouterr().out
    assert shown.startswith("Blacklisted at /etc/modprobe.d/\u00e4")
    assert shown.endswith("\u00e4...\n")
    assert shown.count("\n") == 1
    assert len(shown.encode()) <= 80 + len("\n")

    assert _check(make_node(), "--output=npd", "--expect=observe") == 0
    assert len(capsys.readouterr().out.encode()) <= 80 + len("\n")


@pytest.mark.parametrize(
    ("name", "files", "arguments"),
    [
        pytest.param("declared", {BOOT: "sctp\n"}, (), id="declared"),
        pytest.param("hostile", HOSTILE, (), id="hostile"),
        pytest.param("forbidden", DENIED, ("--expect=forbidden",), id="forbidden"),
    ],
)
def test_text(
    make_node: MakeNode,
    capsys: pytest.CaptureFixture[str],
    name: str,
    files: Files,
    arguments: tuple[str, ...],
    keep: Keep,
) -> None:
    """The report as it was read and approved."""
    _check(_fixed(make_node, files), *arguments)

    keep(capsys.readouterr().out, GOLDEN / f"check-{name}.txt")


def _on_a_terminal(node: Node, environment: Mapping[str, str]) -> str:
    """Return what the command writes to a terminal of its own."""
    ours, its = pty.openpty()
    command = (sys.executable, "-m", "agent", "check", f"--root={node.root}")
    process = subprocess.Popen(
        [*command, *ARGUMENTS],
        env={"PYTHONPATH": ":".join(filter(None, sys.path)), **environment},
        stdin=subprocess.DEVNULL,
        stdout=its,
    )
    os.close(its)
    shown = b""
    with os.fdopen(ours, "rb", buffering=0) as terminal:
        while chunk := _read(terminal):
            shown += chunk
    process.wait(300)
    return shown.decode()


def _read(terminal: io.FileIO) -> bytes:
    try:
        return terminal.read(4096) or b""
    except OSError:  # how a terminal says that nobody writes to it any more
        return b""


@pytest.mark.parametrize(
    ("environment", "colourful"),
    [
        pytest.param({"TERM": "xterm"}, True, id="terminal"),
        pytest.param({"TERM": "xterm", "NO_COLOR": "1"}, False, id="NO_COLOR"),
        pytest.param({"TERM": "xterm", "NO_COLOR": ""}, True, id="empty NO_COLOR"),
        pytest.param({"TERM": "dumb"}, False, id="dumb terminal"),
    ],
)
def test_colour_is_for_terminals_that_want_it(
    make_node: MakeNode, environment: dict[str, str], *, colourful: bool
) -> None:
    """On a terminal, unless NO_COLOR says no; and colour is all that is added."""
    shown = _on_a_terminal(make_node(HOSTILE), environment)

    assert bool(re.search(r"\x1b\[[0-9;]*3[0-9]", shown)) == colourful
    rest = LINK.sub("", COLOUR.sub("", shown)).replace("\r\n", "\n")
    assert "as expected" in rest
    assert not CONTROL.search(rest)


def test_reader_that_goes_away(make_node: MakeNode) -> None:
    """`check | head -1` ends without a traceback."""
    reading, writing = os.pipe()
    os.close(reading)
    ended = subprocess.run(
        [sys.executable, "-m", "agent", "check", f"--root={make_node().root}"],
        check=False,
        env={"PYTHONPATH": ":".join(filter(None, sys.path))},
        stderr=subprocess.PIPE,
        stdout=writing,
    )
    os.close(writing)

    assert (ended.returncode, ended.stderr) == (2, b"")


def test_output_that_breaks_off(
    make_node: MakeNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same inside one process: nothing is written afterwards either."""
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as stream:
        monkeypatch.setattr(sys, "stdout", stream)

        assert _check(make_node()) == 2
        stream.write("into nothing")


def test_run_hands_its_settings_on(
    make_node: MakeNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The daemon gets what was asked for, and a first report that knows nothing."""
    given: dict[str, Any] = {}

    def run(_: Evaluator, **settings: object) -> int:
        given.update(settings)
        return 0

    told = SimpleNamespace(families=lambda: ["of the log"])
    monkeypatch.setattr("agent.daemon.logs.configure", lambda **_: told)
    monkeypatch.setattr("agent.daemon.process.run", run)
    flags = (
        *("--interval=60", "--web.listen-address=127.0.0.1:0", "--log.format=json"),
        *("--web.telemetry-path=/m", "--web.max-requests=3"),
        "--web.disable-exporter-metrics",
    )

    assert main.main(["run", f"--root={make_node().root}", *flags]) == 0
    assert given["interval"] == 60
    assert given["serving"] == Serving(
        listen=("127.0.0.1:0",), metrics="/m", most_scrapes=3, tells_of_itself=False
    )
    assert [*given["beside"]()] == ["of the log"]
    assert given["initial"].verdict.reason == Reason.STARTING
    assert given["initial"].verdict.compliant == "unknown"


def test_exit_code_of_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """The process ends with the code of the command."""
    monkeypatch.setattr(sys, "argv", ["sctp-node-agent", "explain", "Nonsense"])

    with pytest.raises(SystemExit) as ended:
        main.entrypoint()
    assert ended.value.code == 2


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    """Lines as they are, and nothing is run."""
    with pytest.raises(SystemExit) as ended:
        main.main(["--version"])

    assert ended.value.code == 0
    assert capsys.readouterr().out == describe()


def test_installed_command() -> None:
    """The script beside the interpreter is this program."""
    command = Path(sys.executable).with_name("sctp-node-agent")
    shown = subprocess.run(
        [command, "--version"], capture_output=True, check=True, text=True
    ).stdout

    first, *rest = shown.splitlines()

    assert first.split(" (")[0] == f"sctp-node-agent, version {__version__}"
    assert rest == [
        f"  python version:   {platform.python_version()}",
        f"  platform:         linux/{platform.machine()}",
    ]


def test_json_is_for_strict_parsers(
    make_node: MakeNode, capsys: pytest.CaptureFixture[str]
) -> None:
    """Bytes in a file's name that are no UTF-8 do not spoil the whole report."""
    name = b"/etc/modprobe.d/\xff-\xe2\x82\xac.conf".decode(errors="surrogateescape")
    node = make_node({name: "blacklist sctp\n", **module_tree(FIXED)})

    _check(node, "--kernel-release", FIXED, "--output=json")

    report = json.loads(capsys.readouterr().out)
    found = json.dumps(report, ensure_ascii=False).encode()
    assert b"/etc/modprobe.d/\\\\xff-\xe2\x82\xac.conf" in found
