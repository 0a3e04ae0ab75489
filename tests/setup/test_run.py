"""What is seen of a run: how far it is, and in the end all that failed."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.setup import run
from tests.setup.crew import TOP
from tests.setup.lanes import Lane

GOOD = "def test_good():\n    pass\n"
BAD = "def test_bad():\n    assert 1 + 1 == 3, 'no sum'\n"
GONE = "import os\n\ndef test_gone():\n    os._exit(7)\n"
UNREADABLE = "import none_such\n"


@pytest.fixture
def told(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    request: pytest.FixtureRequest,
) -> tuple[int, list[str]]:
    """Return the exit code, and the lines on the screen, of a run of such lanes."""
    found = []
    for number, text in enumerate(request.param):
        folder = tmp_path / f"lane{number}"
        folder.mkdir()
        (folder / "test_it.py").write_text(text)
        options = ("-c", "/dev/null", f"--rootdir={folder}")
        found.append(Lane(f"lane {number}", (str(folder), *options), judged=False))
    monkeypatch.setattr(run, "lanes", lambda *, real: found if real else [])
    monkeypatch.setattr(run, "KEPT", tmp_path / "kept")
    monkeypatch.setattr(run, "_judge_coverage", lambda: True)
    code = run.main([])
    return code, capfd.readouterr().out.splitlines()


@pytest.mark.parametrize("told", [(GOOD, GOOD)], indirect=True, ids=["both good"])
def test_success(told: tuple[int, list[str]]) -> None:
    """Each lane says that it begins and how it ended, in the words of pytest."""
    code, lines = told

    assert code == 0
    assert lines[-1] == "Nothing failed: 2 tests in all."
    closing = [line for line in lines if re.search(r"1 passed in [\d.]+s", line)]
    assert len(closing) == 2
    assert sum(": begins, output into " in line for line in lines) == 2
    ended = re.compile(r"\[ \d:\d\d\] lane \d: done, \d+ s of a processor")
    assert len(list(filter(ended.fullmatch, lines))) == 2


@pytest.mark.parametrize(
    "told", [(BAD, GONE, UNREADABLE, GOOD)], indirect=True, ids=["three kinds"]
)
def test_failures_come_last(told: tuple[int, list[str]]) -> None:
    """A failed test, a lost process, a file that cannot be read: all are named."""
    code, lines = told

    assert code == 1
    start = next(n for n, line in enumerate(lines) if line.startswith("What failed (3"))
    last = [re.sub(r"\S+/", "", line) for line in lines[start + 1 :]]
    assert sorted(last) == [
        "FAILED lane 1 - ended with 7, see lane-1.log",
        "FAILED test_it.py - ModuleNotFoundError: No module named 'none_such'",
        "FAILED test_it.py::test_bad - AssertionError: no sum",
    ]
    # What pytest shows of it stands above, and it was told when it happened.
    assert any("assert 1 + 1 == 3" in line for line in lines[:start])
    assert sum("::test_bad - " in line for line in lines[:start]) >= 1


@pytest.mark.parametrize("goal", ["test", "test-fast"])
def test_make_hands_on_what_narrows_it(goal: str) -> None:
    """PYTEST_ARGS reaches the program that starts pytest, word by word."""
    made = subprocess.run(
        [
            "make",
            "-n",
            "--no-print-directory",
            goal,
            "PYTEST_ARGS=-k 'one or two' tests/x",
        ],
        capture_output=True,
        check=True,
        cwd=TOP,
        text=True,
    )
    fast = "--fast " if goal == "test-fast" else ""
    last = made.stdout.splitlines()[-1]
    assert last.endswith(f"-m tests.setup.run {fast}-k 'one or two' tests/x")


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        pytest.param(["-k", "a b"], ("pytest", "-k", "a b"), id="with real kernels"),
        pytest.param(
            ["--fast", "-k", "a b"],
            ("pytest", "-m", "not vm", "-k", "a b"),
            id="without",
        ),
    ],
)
def test_narrowed_run_is_one_of_pytest(
    monkeypatch: pytest.MonkeyPatch, arguments: list[str], expected: tuple[str, ...]
) -> None:
    """It is run as it is asked for, and neither divided nor judged."""
    started: list[tuple[str, ...]] = []

    def start(*module: str) -> int:
        started.append(module)
        return 5

    monkeypatch.setattr(run, "_python", start)

    assert run.main(arguments) == 5
    assert started == [expected]
