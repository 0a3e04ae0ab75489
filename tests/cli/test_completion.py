"""Completion as the real shells do it."""

import os
import pty
import select
import subprocess
import time
from pathlib import Path

import pytest

from agent.cli import main
from agent.cli.completion import completion
from agent.cli.options import OPTIONS, SHELLS, SUMMARIES

#: Sets what bash sets when somebody presses Tab after the arguments, and shows what
#: would be offered. Bash splits words at the equals sign.
BASH = """
source "$1"; shift
COMP_WORDS=(sctp-node-agent "$@"); COMP_CWORD=$#
_sctp_node_agent
printf '%s\\n' "${COMPREPLY[@]}"
"""
FLAGS = {option.flag for option in OPTIONS if "check" in option.commands} | {"--help"}
TOP = {command.split()[0] for command in SUMMARIES}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the scripts, and a file to name."""
    folder = tmp_path_factory.mktemp("completion")
    for shell in SHELLS:
        (folder / shell).write_text(completion(shell))
    (folder / "a file.yaml").touch()
    return folder


def _run(folder: Path, *command: str) -> set[str]:
    done = subprocess.run(
        command,
        check=False,
        capture_output=True,
        cwd=folder,
        env=os.environ | {"HOME": str(folder), "ZDOTDIR": str(folder)},
        text=True,
        timeout=300,
    )
    assert done.stderr == ""
    return {line for line in done.stdout.splitlines() if line}


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        pytest.param([""], TOP | {"--help", "--version"}, id="commands"),
        pytest.param(["ch"], {"check"}, id="begun"),
        pytest.param(["--version", "ch"], {"check"}, id="after a flag"),
        pytest.param(["check", ""], FLAGS, id="flags"),
        pytest.param(["check", "--exp"], {"--expect"}, id="flag begun"),
        pytest.param(
            ["check", "--expect", ""], {"required", "forbidden", "observe"}, id="values"
        ),
        pytest.param(
            ["check", "--expect", "=", "fo"], {"forbidden"}, id="value after equals"
        ),
        pytest.param(
            ["check", "--output", "="],
            {"text", "json", "prometheus", "npd", "nfd"},
            id="equals only",
        ),
        pytest.param(
            ["check", "--output=j"], {"--output=json"}, id="where words are not split"
        ),
        pytest.param(["check", "--node-name", ""], set(), id="anything"),
        pytest.param(["check", "--root", "a"], {"a file.yaml"}, id="file of a flag"),
        pytest.param(
            ["machineconfig", ""], {"render", "verify", "--help"}, id="nested"
        ),
        pytest.param(
            ["machineconfig", "render", "--ign"], {"--ignition"}, id="flag of nested"
        ),
        pytest.param(
            ["machineconfig", "verify", "--output", "j"], {"json"}, id="value of nested"
        ),
        pytest.param(
            ["machineconfig", "verify", "a"], {"a file.yaml"}, id="file as argument"
        ),
        pytest.param(
            ["explain", "Blackl"],
            {"Blacklisted", "BlacklistedByKernelArgument"},
            id="reason",
        ),
        pytest.param(["completion", ""], {*SHELLS, "--help"}, id="shells"),
        pytest.param(["nonsense", ""], set(), id="no such command"),
    ],
)
def test_bash(folder: Path, words: list[str], offered: set[str]) -> None:
    """Words that are right at this place, and no others."""
    script = ("bash", "--norc", "-c", BASH, "bash", str(folder / "bash"))
    assert _run(folder, *script, *words) == offered


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        pytest.param("sctp-node-agent ch", {"check"}, id="command"),
        pytest.param("sctp-node-agent machineconfig v", {"verify"}, id="nested"),
        pytest.param("sctp-node-agent check --exp", {"--expect"}, id="flag"),
        pytest.param("sctp-node-agent check --expect fo", {"forbidden"}, id="value"),
        pytest.param("sctp-node-agent explain kmod_al", {"kmod_alias"}, id="check"),
        pytest.param(
            "sctp-node-agent check --root a", {"a file.yaml"}, id="file of a flag"
        ),
        pytest.param(
            "sctp-node-agent machineconfig verify a", {"a file.yaml"}, id="file"
        ),
    ],
)
def test_fish(folder: Path, line: str, offered: set[str]) -> None:
    """Fish says itself what it would offer; after a tab stands the description."""
    script = "source $argv[1]; complete -C $argv[2]"
    found = _run(
        folder, "fish", "--no-config", "-c", script, str(folder / "fish"), line
    )

    assert {offer.split("\t")[0].replace("\\", "") for offer in found} == offered


@pytest.mark.parametrize(
    ("typed", "completed"),
    [
        pytest.param("check --expect fo", "--expect forbidden", id="value"),
        pytest.param("check --output=js", "--output=json", id="value after equals"),
        pytest.param("machineconfig ve", "machineconfig verify", id="nested"),
        pytest.param("explain kmod_al", "explain kmod_alias", id="check"),
    ],
)
def test_zsh(folder: Path, typed: str, completed: str) -> None:
    """Zsh completes only for somebody who types: on a terminal of its own."""
    ours, its = pty.openpty()
    environment = {"HOME": str(folder), "ZDOTDIR": str(folder), "TERM": "dumb"}
    shell = subprocess.Popen(
        ["zsh", "-f", "-i", "-V", "+o", "promptsp"],
        cwd=folder,
        env={"PATH": os.environ["PATH"], **environment},
        stdin=its,
        stdout=its,
        stderr=its,
        start_new_session=True,
    )
    os.close(its)
    try:
        os.write(ours, f"source {folder}/zsh; print re''ady\n".encode())
        _read_until(ours, "\nready")
        os.write(ours, f"sctp-node-agent {typed}\t".encode())
        _read_until(ours, completed)
    finally:
        os.close(ours)
        shell.kill()
        shell.wait()


def _read_until(terminal: int, awaited: str) -> None:
    shown, end = "", time.monotonic() + 300
    while awaited not in shown:
        readable, _, _ = select.select([terminal], [], [], 1)
        if readable:
            shown += os.read(terminal, 4096).decode().replace("\r", "")
        assert time.monotonic() < end, shown


@pytest.mark.parametrize("shell", SHELLS)
def test_command(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The command writes the script, which says how it is used."""
    assert main.main(["completion", shell]) == 0
    shown = capsys.readouterr().out

    assert shown == completion(shell)
    assert f"sctp-node-agent completion {shell}" in shown.splitlines()[0]
