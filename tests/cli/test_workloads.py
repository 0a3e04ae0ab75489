"""The command `workloads`, and the flag of the others."""

import json
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from agent.cli import main
from agent.cli.settings import RunSettings, parse
from agent.daemon import process
from tests.nodes import MakeNode
from tests.users import HOST, Process, Tables, Users, association, endpoint

USERS = Users(
    {1: Process(), 5: Process(HOST, "/system.slice/a.service", "amf", (51, 52))},
    {HOST: Tables([endpoint(3868, 51)], [association(9, 52)])},
)


def test_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """All that is seen is told, with the code of success."""
    USERS.write(tmp_path)

    assert main.main(["workloads", f"--root={tmp_path}"]) == 0
    said = capsys.readouterr().out
    assert "amf of a.service on the host" in said
    assert "established one-to-one, port 3868 of 10.0.0.1 to port 38412" in said


def test_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The document is the part of the report, with the node's name."""
    USERS.write(tmp_path)
    argv = ["workloads", f"--root={tmp_path}", "--output=json", "--node-name=n-1"]

    assert main.main(argv) == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["schema_version"], document["node"]) == (1, "n-1")
    assert document["workloads"]["complete"]
    assert [len(u["associations"]) for u in document["workloads"]["users"]] == [1]


def test_not_all_was_seen(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without the node's processes it could not be told."""
    assert main.main(["workloads", f"--root={tmp_path}"]) == 2
    assert "it is not known who uses SCTP" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("users", "code"),
    [
        pytest.param(USERS, 0, id="all seen"),
        pytest.param(None, 2, id="nothing seen"),
    ],
)
def test_watch(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    users: Users | None,
    code: int,
) -> None:
    """It goes on until interrupted, and the last look decides the code."""
    if users:
        users.write(tmp_path)

    def interrupted(_: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(time, "sleep", interrupted)

    assert main.main(["workloads", f"--root={tmp_path}", "--watch"]) == code
    assert "looking every 2 s" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        pytest.param(
            ["check", "--workloads", "--offline"], "not --offline", id="offline"
        ),
        pytest.param(
            ["workloads", "--watch", "--output=json"], "--output text", id="no people"
        ),
        pytest.param(["workloads", "--root=/none"], "not a directory", id="no root"),
    ],
)
def test_usage(argv: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    """What cannot be is refused."""
    assert main.main(argv) == 2
    assert said in capsys.readouterr().err


def test_check(make_node: MakeNode, capsys: pytest.CaptureFixture[str]) -> None:
    """With the flag the report has them, in whichever form, and else it has not."""
    root = Path(make_node().root)
    USERS.write(root)
    argv = ["check", f"--root={root}", "--workloads"]

    main.main(argv)
    assert "amf of a.service on the host" in capsys.readouterr().out
    main.main([*argv, "--output=json"])
    assert json.loads(capsys.readouterr().out)["workloads"]["users"]
    main.main([*argv, "--output=prometheus"])
    metric = 'sctp_node_workload_endpoints{pod_name="(host)",pod_namespace=""} 1.0'
    assert metric in capsys.readouterr().out
    main.main([*argv, "--output=json", "--no-workloads"])
    assert "workloads" not in json.loads(capsys.readouterr().out)


def test_run(make_node: MakeNode, monkeypatch: pytest.MonkeyPatch) -> None:
    """The daemon's evaluations have them, too."""
    root = Path(make_node().root)
    USERS.write(root)
    seen = []

    def run(evaluate, **_) -> int:  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN003
        seen.append(evaluate().workloads)
        return 0

    log = SimpleNamespace(families=tuple)
    monkeypatch.setattr("agent.daemon.logs.configure", lambda **_: log)
    monkeypatch.setattr(process, "run", run)
    for flags in (["--workloads"], []):
        assert main.main(["run", f"--root={root}", *flags]) == 0

    assert [len(found.users) if found else None for found in seen] == [1, None]


def test_variable() -> None:
    """The environment turns it on."""
    settings = parse(["run"], {"SCTP_AGENT_WORKLOADS": "true"})

    assert isinstance(settings, RunSettings)
    assert settings.workloads
