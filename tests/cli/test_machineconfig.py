"""`machineconfig render` and `verify` as one meets them on the command line."""

import io
import json
import os
import sys

import pytest

from agent.cli import main
from tests.kept import GOLDEN, Keep
from tests.machineconfig.builders import (
    LOAD,
    MASK,
    USUAL,
    changed,
    config,
    dump,
    file,
    pool,
)
from tests.nodes import MakeNode

DENY = config(
    file("/etc/modprobe.d/CIS.conf", "data:,install%20sctp%20%2Fbin%2Ffalse"),
    name="75-hardening",
)
BROKEN = changed(config(*USUAL), ("spec", "config", "ignition", "version"), "3.2")


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.startswith("SCTP_AGENT_"):
            monkeypatch.delenv(name)


def _run(monkeypatch: pytest.MonkeyPatch, *arguments: str, data: bytes = b"") -> int:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    return main.main(["machineconfig", *arguments])


@pytest.mark.parametrize(
    ("data", "arguments", "code"),
    [
        pytest.param(dump(config(*USUAL)), (), 0, id="as required"),
        pytest.param(dump(config(*USUAL)), ("--expect=forbidden",), 1, id="forbidden"),
        pytest.param(dump(config(*USUAL), DENY), (), 1, id="denied"),
        pytest.param(dump(BROKEN), (), 1, id="refused"),
        pytest.param(b"a: [", (), 2, id="unreadable"),
        pytest.param(dump(pool("worker")), (), 2, id="nothing to judge"),
        pytest.param(dump(config(*USUAL)), ("--role=cnf",), 2, id="no such role"),
        pytest.param(dump(config(*USUAL)), ("--root=/none",), 2, id="no such root"),
        pytest.param(dump(config()), ("--kernel-release=6",), 2, id="release alone"),
    ],
)
def test_exit_codes(
    monkeypatch: pytest.MonkeyPatch, data: bytes, arguments: tuple[str, ...], code: int
) -> None:
    """They are those of check: 0 as expected, 1 not, 2 could not tell."""
    assert _run(monkeypatch, "verify", *arguments, "-", data=data) == code


def test_text(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], keep: Keep
) -> None:
    """People are told what is so, why, whose line it is and what to do."""
    data = dump(config(*USUAL), DENY, config(name="50-x", role="master"))
    _run(monkeypatch, "verify", "-", data=data)

    keep(capsys.readouterr().out, GOLDEN / "machineconfig-verify.txt")


def test_hostile_text(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing in the input reaches the terminal as anything but text."""
    evil = config(file(f"{MASK}\x1b[31m"), file(LOAD, "data:\x07"), name="\x1b]0;x")
    _run(monkeypatch, "verify", "-", data=json.dumps(evil).encode())
    out = capsys.readouterr().out

    assert "\\x1b" in out
    assert not [char for char in out if not char.isprintable() and char != "\n"]


def test_json(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Machines get the verdict, the problems and whose every line is."""
    _run(monkeypatch, "verify", "-", "--output=json", data=dump(config(*USUAL), DENY))
    shown = json.loads(capsys.readouterr().out)
    (role,) = shown["roles"]
    install = next(c for c in role["checks"] if c["name"] == "kmod_install")
    (declared,) = install["evidence"][0]["declared_by"]

    assert shown["schema_version"] == 1
    assert shown["compliant"] == "false" == role["compliant"]
    assert role["verdict"]["boot_state"] == "unavailable"
    assert "state" not in role["verdict"]
    assert [m["name"] for m in role["machineconfigs"]] == [
        "75-hardening",
        "99-worker-load-sctp-module",
    ]
    assert declared["name"] == "75-hardening"
    assert declared["path"] == "spec.config.storage.files[0].contents.source"
    assert [p["severity"] for p in role["problems"]] == ["warning"]


def test_json_of_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is refused has errors and no verdict."""
    _run(monkeypatch, "verify", "-", "--output=json", data=dump(BROKEN))
    (role,) = json.loads(capsys.readouterr().out)["roles"]

    assert (role["accepted"], role["verdict"], role["checks"]) == (False, None, [])
    assert [p["path"] for p in role["problems"]] == ["spec.config.ignition.version"]


def test_root(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    make_node: MakeNode,
) -> None:
    """With --root the answer is about that node, and says so."""
    root = make_node({}).root
    code = _run(
        monkeypatch, "verify", f"--root={root}", "-", data=dump(config(USUAL[1]))
    )

    assert code == 0
    assert f"on top of the files in {root}" in capsys.readouterr().out


@pytest.mark.parametrize("expectation", ["required", "forbidden"])
def test_render(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    expectation: str,
) -> None:
    """What render writes, verify takes."""
    flags = (f"--expect={expectation}", "--role=cnf")
    assert _run(monkeypatch, "render", *flags, "--ignition=2.2.0", "--name=x-1") == 0
    written = capsys.readouterr().out.encode()

    assert b"name: x-1\n" in written
    assert _run(monkeypatch, "verify", *flags, "-", data=written) == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param(("--expect=observe",), "nothing to write", id="observe"),
        pytest.param(("--role=A b",), "--role A b: is no name", id="bad role"),
        pytest.param(("--name=-x",), "--name -x: is no name", id="bad name"),
        pytest.param(("--role=",), "--role is empty", id="no role"),
        pytest.param(("--ignition=1.0.0",), "invalid choice", id="unknown version"),
        pytest.param(("--output=json",), "unrecognized", id="another command's flag"),
    ],
)
def test_render_refuses(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    message: str,
) -> None:
    """What makes no MachineConfig is refused."""
    assert _run(monkeypatch, "render", *arguments) == 2
    assert message in capsys.readouterr().err


def test_usage(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The group needs one of its commands."""
    assert _run(monkeypatch) == 2
    assert "machineconfig --help" in capsys.readouterr().err
