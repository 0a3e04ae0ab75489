"""Flags and their environment twins."""

import argparse
import errno
import os

import pytest

from agent.cli import arguments
from agent.cli.option import PREFIX, Option
from agent.cli.options import OPTIONS
from agent.cli.settings import CheckSettings, parse
from agent.cli.usage import UsageError

CHECK, RUN = ["check"], ["run"]


@pytest.mark.parametrize(
    ("argv", "environment", "key", "value"),
    [
        pytest.param(CHECK, {}, "expect", "required", id="default"),
        pytest.param(
            [*CHECK, "--expect", "observe"], {}, "expect", "observe", id="flag"
        ),
        pytest.param(
            CHECK, {"EXPECT": "forbidden"}, "expect", "forbidden", id="environment"
        ),
        pytest.param(
            [*CHECK, "--expect=observe"],
            {"EXPECT": "forbidden"},
            "expect",
            "observe",
            id="flag wins",
        ),
        pytest.param(CHECK, {"EXPECT": ""}, "expect", "required", id="empty is unset"),
        pytest.param(CHECK, {"OUTPUT": "npd"}, "output", "npd", id="choice"),
        pytest.param(CHECK, {"OFFLINE": "TRUE"}, "offline", True, id="yes"),
        pytest.param(CHECK, {"OFFLINE": "no"}, "offline", False, id="no"),
        pytest.param(
            [*CHECK, "--no-offline"],
            {"OFFLINE": "yes"},
            "offline",
            False,
            id="flag undoes the environment",
        ),
        pytest.param(RUN, {"INTERVAL": "2.5"}, "interval", 2.5, id="number"),
        pytest.param(
            [*RUN, "--interval", "60"], {}, "interval", 60.0, id="number as a flag"
        ),
        pytest.param(
            RUN, {}, "web_listen_address", (":10132",), id="default of a list"
        ),
        pytest.param(
            RUN,
            {"WEB_LISTEN_ADDRESS": ":1, [::1]:2"},
            "web_listen_address",
            (":1", "[::1]:2"),
            id="list",
        ),
        pytest.param(
            [*RUN, "--web.listen-address", ":1", "--web.listen-address=:2"],
            {"WEB_LISTEN_ADDRESS": ":3"},
            "web_listen_address",
            (":1", ":2"),
            id="list as flags",
        ),
        pytest.param(
            RUN, {"OUTPUT": "npd"}, "log_level", "info", id="twin of another command"
        ),
        pytest.param(
            ["machineconfig", "render"],
            {"EXPECT": "forbidden"},
            "expect",
            "required",
            id="a pod's expectation is not that of the pool rendered for",
        ),
        pytest.param(
            ["machineconfig", "verify", "-"],
            {"ROOT": "/"},
            "root",
            "",
            id="a pod's node is not the one judged on",
        ),
        pytest.param(
            ["machineconfig", "verify", "-"],
            {"MACHINECONFIG_ROOT": "/"},
            "root",
            "/",
            id="a node to judge on",
        ),
        pytest.param(
            ["explain", "kmod_alias"], {}, "name", "kmod_alias", id="name to explain"
        ),
    ],
)
def test_value(
    argv: list[str], environment: dict[str, str], key: str, value: object
) -> None:
    """A flag, else its environment twin, else the default."""
    twins = {f"{PREFIX}{name}": text for name, text in environment.items()}

    assert getattr(parse(argv, twins), key) == value


def _id(option: Option) -> str:
    return f"{option.flag} of {' and '.join(option.commands)}"


@pytest.mark.parametrize("option", OPTIONS, ids=_id)
def test_every_flag_is_in_the_help_with_its_twin(
    option: Option, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nobody has to guess the name of the variable."""
    for command in option.commands:
        with pytest.raises(SystemExit) as ended:
            parse([*command.split(), "--help"], {})
        assert ended.value.code == 0
        shown = capsys.readouterr().out
        assert option.flag in shown
        assert option.variable in " ".join(shown.split())


@pytest.mark.parametrize(
    ("columns", "terminal"),
    [
        pytest.param("60", 100, id="as COLUMNS says"),
        pytest.param("wide", 120, id="of the terminal"),
        pytest.param("0", 0, id="a terminal that does not know"),
        pytest.param("", None, id="no terminal"),
    ],
)
def test_width_of_the_help(
    columns: str,
    terminal: int | None,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """It is as wide as argparse would make it, which takes shutil."""

    def size(*_: int) -> os.terminal_size:
        if terminal is None:
            raise OSError(errno.ENOTTY, "not a terminal")
        return os.terminal_size((terminal, 24))

    def shown() -> str:
        with pytest.raises(SystemExit):
            parse(["fleet", "--help"], {})
        return capsys.readouterr().out

    monkeypatch.setenv("COLUMNS", columns)
    monkeypatch.setattr(os, "get_terminal_size", size)
    ours = shown()
    monkeypatch.setattr(arguments, "_Formatter", argparse.HelpFormatter)

    assert ours == shown()


@pytest.mark.parametrize(
    ("environment", "name"),
    [
        pytest.param({"NODE_NAME": "from-the-pod"}, "from-the-pod", id="downward API"),
        pytest.param(
            {"NODE_NAME": "a", "SCTP_AGENT_NODE_NAME": "b"}, "b", id="own variable"
        ),
        pytest.param({}, os.uname().nodename, id="host name"),
    ],
)
def test_name_of_the_node(environment: dict[str, str], name: str) -> None:
    """What the administrator says, then what Kubernetes says, then the host's."""
    settings = parse(CHECK, environment)

    assert isinstance(settings, CheckSettings)
    assert settings.node_name == name


@pytest.mark.parametrize(
    ("argv", "environment", "message"),
    [
        pytest.param([], {}, "COMMAND", id="no command"),
        pytest.param(["examine"], {}, "examine", id="unknown command"),
        pytest.param([*CHECK, "--exspect=observe"], {}, "--exspect", id="misspelt"),
        pytest.param([*CHECK, "--exp=observe"], {}, "--exp", id="abbreviated"),
        pytest.param([*CHECK, "--expect=maybe"], {}, "maybe", id="unknown choice"),
        pytest.param([*CHECK, "--interval=5"], {}, "--interval", id="not of check"),
        pytest.param([*RUN, "--offline"], {}, "--offline", id="not of run"),
        pytest.param(
            [*CHECK, "--watch", "--output=json"],
            {},
            "--output text",
            id="watch as JSON",
        ),
        pytest.param(
            [*CHECK, "--watch.interval=0"], {}, "not within", id="watch without rest"
        ),
        pytest.param([*RUN, "--interval=x"], {}, "--interval", id="no number"),
        pytest.param([*RUN, "--interval=0"], {}, "not within", id="too often"),
        pytest.param([*RUN, "--interval=nan"], {}, "not within", id="not a number"),
        pytest.param([*RUN, "--interval=1e9"], {}, "not within", id="too seldom"),
        pytest.param(
            [*RUN, "--web.telemetry-path=metrics"], {}, "is no path", id="no path"
        ),
        pytest.param(
            [*RUN, "--web.telemetry-path=/m?x"], {}, "is no path", id="with a query"
        ),
        pytest.param(
            [*RUN, "--web.telemetry-path=/%6d"], {}, "is no path", id="encoded"
        ),
        pytest.param(
            [*RUN, "--web.telemetry-path=/"], {}, "something else", id="the page"
        ),
        pytest.param(
            RUN,
            {"SCTP_AGENT_WEB_TELEMETRY_PATH": "/-/metrics"},
            "--web.telemetry-path /-/metrics: something else is there",
            id="where a health may be",
        ),
        pytest.param(
            [*RUN, "--web.max-requests=-1"], {}, "not within", id="fewer than none"
        ),
        pytest.param(
            CHECK, {"SCTP_AGENT_EXSPECT": "x"}, "no such setting", id="unknown variable"
        ),
        pytest.param(
            CHECK,
            {"SCTP_AGENT_SERVICE_HOST": "10.0.0.1"},
            "set enableServiceLinks: false",
            id="variable of a Service",
        ),
        pytest.param(
            CHECK,
            {"SCTP_AGENT_SERVICE_HOST": "10.0.0.1"},
            "enableServiceLinks",
            id="variable that Kubernetes made",
        ),
        pytest.param(CHECK, {"SCTP_AGENT_EXPECT": "x"}, "choose from", id="bad choice"),
        pytest.param(
            CHECK, {"SCTP_AGENT_OFFLINE": "2"}, "neither true", id="bad truth value"
        ),
        pytest.param(
            RUN, {"SCTP_AGENT_INTERVAL": "soon"}, "is no number", id="bad number"
        ),
        pytest.param(
            RUN, {"SCTP_AGENT_WEB_LISTEN_ADDRESS": ":1,"}, "is empty", id="bad list"
        ),
        pytest.param(
            [*CHECK, "--root=/etc/passwd"], {}, "not a directory", id="root is a file"
        ),
        pytest.param([*CHECK, "--root=/none"], {}, "not a directory", id="no root"),
        pytest.param(
            [*CHECK, "--offline", "--allow-autoload"],
            {},
            "cannot apply",
            id="offline with a socket",
        ),
        pytest.param(
            [*CHECK, "--kernel-release=6.1"],
            {},
            "goes with --offline",
            id="another kernel than the running one",
        ),
        pytest.param(
            [*CHECK, "--root-partial"], {}, "is itself a mount", id="part of all"
        ),
        pytest.param(
            [*CHECK, "--root-partial", "--offline"],
            {},
            "about a live node",
            id="part of a disk",
        ),
        pytest.param(["explain"], {}, "name", id="nothing to explain"),
    ],
)
def test_refused(argv: list[str], environment: dict[str, str], message: str) -> None:
    """Whatever is wrong is named, and nothing is silently ignored."""
    with pytest.raises(UsageError, match=message):
        parse(argv, environment)
