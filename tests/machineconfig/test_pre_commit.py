"""The hook for pre-commit: its form, and that what it runs is a command of ours."""

import re
import shlex
import tomllib
from pathlib import Path

import yaml

from agent.cli.arguments import read

TOP = Path(__file__).parents[2]


def test_hook() -> None:
    """It is installed from this repository, and starts the command it ships."""
    (hook,) = yaml.safe_load((TOP / ".pre-commit-hooks.yaml").read_text())
    program, *arguments = shlex.split(hook["entry"])
    scripts = tomllib.loads((TOP / "pyproject.toml").read_text())["project"]["scripts"]

    assert {"id", "name", "entry", "language", "files"} <= hook.keys()
    assert hook["language"] == "python"
    assert program in scripts
    command, values = read([*arguments, "x.yaml"], {})
    assert (command, values["source"]) == ("machineconfig verify", ["x.yaml"])
    assert hook["id"] in (TOP / "docs" / "machineconfig.md").read_text()


def test_files_that_it_looks_at() -> None:
    """Those whose path says that they are MachineConfigs."""
    (hook,) = yaml.safe_load((TOP / ".pre-commit-hooks.yaml").read_text())
    pattern = re.compile(hook["files"])

    assert pattern.search("clusters/a/machineconfigs/99-sctp.yaml")
    assert pattern.search("99-worker-MachineConfig.yml")
    assert not pattern.search("deploy/service.yaml")
