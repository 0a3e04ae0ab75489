"""Rows of commands in install lines, followed by us and run by the real sh."""

import os
import random
import subprocess
from pathlib import Path

import pytest

from agent.kmod.install import Effect, classify

pytestmark = pytest.mark.oracle

COMMANDS = (
    *("true", "false", ":", "exit 0", "exit 1", "exit", "echo 'a b'", "none x"),
    *("modprobe -i sctp", "modprobe --ignore-install sctp", "modprobe -i dccp"),
    *("logger x", "exit 7", "'true'", '"false"', "true 2>/dev/null", "hook"),
    *("sh -c 'true; exit 3'", "sh -c 'modprobe -i sctp'", "true # modprobe -i sctp"),
)
SIGNS = ("; ", " && ", " || ", "\n", ";", "&&")
ROWS = 1500
STUBS = {
    "modprobe": "#!/bin/sh\nfor last; do :; done\n"
    'echo "$last" >> "$LOG"\nexit "$ENDS"\n',
    "logger": '#!/bin/sh\nexit "$ENDS"\n',
    "hook": '#!/bin/sh\nexit "$ENDS"\n',
}
PROGRAMS = {"none": False, "hook": True}


def _row(chance: random.Random) -> str:
    text = chance.choice(COMMANDS)
    for _ in range(chance.randrange(4)):
        text += chance.choice(SIGNS) + chance.choice(COMMANDS)
    return text


def test_agree(tmp_path: Path) -> None:
    """What we are certain of is what happens, however programs end."""
    for name, text in STUBS.items():
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o755)
    chance = random.Random(132)  # noqa: S311  # the same rows each time
    certain = 0
    for number in range(ROWS):
        row = _row(chance)
        command = classify(row, "sctp", PROGRAMS)
        if command.effect == Effect.OPAQUE:
            continue
        certain += 1
        status, loaded = _run(row, tmp_path, ends=number % 2)
        if command.effect == Effect.LOADS:
            assert loaded[:1] == [command.module], row
        else:
            assert loaded == [], row
            assert command.effect != Effect.FAILS or status != 0, row
    assert certain > ROWS / 2


def _run(row: str, stubs: Path, *, ends: int) -> tuple[int, list[str]]:
    log = stubs / "log"
    log.write_text("")
    environment = {"PATH": str(stubs), "LOG": str(log), "ENDS": str(ends)}
    done = subprocess.run(
        ["/bin/sh", "-c", row],
        env=environment | {"PATH": f"{stubs}{os.pathsep}/bin"},
        capture_output=True,
        check=False,
        timeout=60,
    )
    return done.returncode, log.read_text().split()
