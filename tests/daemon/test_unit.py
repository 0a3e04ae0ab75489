"""The unit file, as systemd's own programs judge it; tests/vm has it run."""

import configparser
import shutil
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest
from hatchling.build import build_wheel

from agent.cli.arguments import read
from agent.daemon import process

UNIT = Path(process.__file__).with_name("sctp-node-agent.service")
_PROGRAM = "/opt/sctp-node-agent/bin/sctp-node-agent"
#: Tenths. The host's root, network and users are what it is there to see.
_EXPOSED = 35


@pytest.fixture(name="unit")
def _unit(tmp_path: Path) -> Path:
    """Return the unit with a program that this machine has."""
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd is missing")
    path = tmp_path / UNIT.name
    path.write_text(UNIT.read_text().replace(_PROGRAM, sys.executable))
    return path


def _analyzed(*words: str) -> tuple[int, str]:
    done = subprocess.run(
        ["systemd-analyze", *words], capture_output=True, text=True, check=False
    )
    return done.returncode, done.stderr


def test_nothing_to_complain_of(unit: Path) -> None:
    """Every key and value is one of systemd's."""
    assert _analyzed("verify", "--man=no", str(unit)) == (0, "")


def test_exposure(unit: Path) -> None:
    """It is confined to what it needs, by systemd's own measure."""
    words = ("security", "--offline=true", f"--threshold={_EXPOSED}", str(unit))
    code, said = _analyzed(*words)

    assert code == 0, said


def test_modules_stay_readable() -> None:
    """What hides them would make every answer unknown; what loads them is denied."""
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read(UNIT)
    service = dict(parser["Service"])

    assert "ProtectKernelModules" not in service
    assert "~@module" in UNIT.read_text()
    assert "CAP_SYS_MODULE" not in service["CapabilityBoundingSet"]


def test_package_has_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever installs the agent has the unit of that version."""
    monkeypatch.chdir(UNIT.parents[2])
    wheel = ZipFile(tmp_path / build_wheel(str(tmp_path)))

    assert wheel.read(f"agent/daemon/{UNIT.name}") == UNIT.read_bytes()


def test_command() -> None:
    """What it starts is a command of ours."""
    (line,) = (
        text for text in UNIT.read_text().splitlines() if text.startswith("ExecStart=")
    )
    program, *words = line.removeprefix("ExecStart=").split()

    assert program == _PROGRAM
    assert read(words, {})[0] == "run"
