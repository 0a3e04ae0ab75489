"""The two files that the agent may write: where, when, whole, and nothing else."""

import logging
import os
import shutil
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import replace as changed
from pathlib import Path
from types import SimpleNamespace

import pytest

from agent.cli import main
from agent.cli.settings import parse
from agent.cli.usage import UsageError
from agent.daemon import exports
from agent.daemon.exports import FeatureFile, Handover, Textfile, handing_over
from agent.findings import Report, Verdict
from agent.report.prometheus import render
from tests.nodes import MakeNode
from tests.reports import SAMPLE
from tests.running import running
from tests.threadless import no_threads


def _handed_over(report: Report, *files: FeatureFile | Textfile) -> None:
    handover = Handover(lambda: report, files)
    assert handover() is report
    handover.settle()


def test_metrics(tmp_path: Path) -> None:
    """The file is what `check --output prometheus` prints, and all may read it."""
    path = tmp_path / "x.prom"
    umask = os.umask(0o077)
    try:
        _handed_over(SAMPLE, Textfile(str(path)))
    finally:
        os.umask(umask)

    assert path.read_bytes() == render(SAMPLE, openmetrics=False)
    assert path.stat().st_mode & 0o777 == 0o644
    assert [*tmp_path.iterdir()] == [path]


def _samples(handover: Handover) -> dict[tuple[str, str], float]:
    return {
        (sample.name, sample.labels["file"]): sample.value
        for family in handover.families()
        for sample in family.samples
    }


def test_what_is_told_of_files(tmp_path: Path) -> None:
    """Each has its age and its failures: what cannot be written is seen from afar."""
    files = (FeatureFile(str(tmp_path / "no" / "x"), interval=15),)
    handover = Handover(lambda: SAMPLE, [*files, Textfile(str(tmp_path / "x.prom"))])
    before = _samples(handover)
    handover()
    handover.settle()

    success = "sctp_agent_handover_last_success_timestamp_seconds"
    failures = "sctp_agent_handover_failures_total"
    kinds = ("features", "textfile")
    assert before == {(name, kind): 0 for name in (success, failures) for kind in kinds}
    assert _samples(handover) == {
        (success, "features"): 0,
        (success, "textfile"): SAMPLE.time,
        (failures, "features"): 1,
        (failures, "textfile"): 0,
    }


def _at(seconds: float, report: Report = SAMPLE) -> Report:
    return changed(report, time=SAMPLE.time + seconds)


@pytest.mark.parametrize(
    ("second", "rewritten"),
    [
        pytest.param(_at(149), False, id="fresh"),
        pytest.param(_at(150), True, id="half of its time is over"),
        pytest.param(_at(-1), True, id="the clock was set back"),
        pytest.param(
            _at(1, changed(SAMPLE, verdict=Verdict())), True, id="another verdict"
        ),
    ],
)
def test_features_are_written_when_needed(
    tmp_path: Path, second: Report, *, rewritten: bool
) -> None:
    """Each writing makes the detector look, so it is not done without need."""
    path = tmp_path / "sctp"
    file = FeatureFile(str(path), interval=15)
    file.write(SAMPLE)
    before = path.stat().st_ino
    with path.open():  # so that the number is not used again
        file.write(second)
        assert (path.stat().st_ino != before) == rewritten


@pytest.mark.parametrize(
    ("interval", "expiry"),
    [
        pytest.param(15, "2026-09-21T15:00:00Z", id="five minutes"),
        pytest.param(600, "2026-09-21T15:35:00Z", id="four long intervals"),
    ],
)
def test_features_expire(tmp_path: Path, interval: float, expiry: str) -> None:
    """What a dead agent has left behind counts no more."""
    path = tmp_path / "sctp"
    report = changed(SAMPLE, time=1_790_002_500.0)
    FeatureFile(str(path), interval=interval).write(report)

    assert path.read_text().splitlines()[0] == f"# +expiry-time={expiry}"


def test_failure_is_told_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Evaluations go on, and so does the other file; the log is not flooded."""
    caplog.set_level(logging.INFO)
    folder, good = tmp_path / "missing", tmp_path / "good.prom"
    files = (Textfile(str(folder / "x.prom")), Textfile(str(good)))
    handover = Handover(lambda: SAMPLE, files)
    for turn in range(3):
        if turn == 2:
            folder.mkdir()
        assert handover() is SAMPLE
        handover.settle()

    told = [(record.getMessage(), record.levelname) for record in caplog.records]
    assert told == [("cannot write", "ERROR"), ("writing again", "INFO")]
    assert _samples(handover)["sctp_agent_handover_failures_total", "textfile"] == 2
    assert good.exists()


def test_defect_is_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """What is no error of the system is told once too, with where it happened."""
    good = tmp_path / "good.prom"

    class Broken(FeatureFile):
        def write(self, report: Report) -> None:
            raise KeyError(report.node)

    broken = Broken(str(tmp_path / "x"), interval=15)
    handover = Handover(lambda: SAMPLE, [broken, Textfile(str(good))])
    for _ in range(2):
        assert handover() is SAMPLE
        handover.settle()

    assert [record.getMessage() for record in caplog.records] == ["cannot write"]
    assert caplog.records[0].exc_info is not None
    assert getattr(caplog.records[0], "error", "") == "KeyError('worker-0')"
    assert good.exists()


def test_without_a_thread(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The report is there, the missing file is told once, and it is written later."""
    caplog.set_level(logging.INFO)
    path = tmp_path / "x.prom"
    handover = Handover(lambda: SAMPLE, [Textfile(str(path))])
    with no_threads():
        for _ in range(2):
            assert handover() is SAMPLE
            handover.settle()
    assert not path.exists()
    assert handover() is SAMPLE
    handover.settle()

    assert path.exists()
    told = [record.getMessage() for record in caplog.records]
    assert told == ["cannot write", "writing again"]
    assert "no thread" in getattr(caplog.records[0], "error", "")


def test_hanging_file_system_holds_nothing_up(tmp_path: Path) -> None:
    """While a writing hangs, evaluations go on and no second one is started."""
    let_go, begun = threading.Event(), []

    class Hanging(FeatureFile):
        def write(self, report: Report) -> None:
            begun.append(report)
            let_go.wait(30)

    handover = Handover(lambda: SAMPLE, [Hanging(str(tmp_path / "x"), interval=15)])
    handover.settle()  # there is nothing to wait for yet
    for _ in range(3):
        assert handover() is SAMPLE
    let_go.set()
    handover.settle()
    assert begun == [SAMPLE]


def test_end_waits_for_no_file_system(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that hangs keeps its files; what it lets go is removed."""
    monkeypatch.setattr(exports, "_LONGEST_END", 0.01)
    let_go, path = threading.Event(), tmp_path / "x.prom"

    class Hanging(Textfile):
        def write(self, report: Report) -> None:
            let_go.wait(30)
            super().write(report)

    handover = Handover(lambda: SAMPLE, [Hanging(str(path))])
    handover()
    handover.withdraw()
    let_go.set()
    handover.settle()
    monkeypatch.setattr(exports, "_LONGEST_END", 30)
    handover.withdraw()
    assert not path.exists()


def test_end_waits_for_what_is_being_written(tmp_path: Path) -> None:
    """Else it would be there after all."""
    let_go, begun, path = threading.Event(), threading.Event(), tmp_path / "x.prom"

    class Slow(Textfile):
        def write(self, report: Report) -> None:
            begun.set()
            let_go.wait(30)
            super().write(report)

    handover = Handover(lambda: SAMPLE, [Slow(str(path))])
    handover()
    begun.wait(30)
    ending = threading.Thread(target=handover.withdraw)
    ending.start()
    let_go.set()
    ending.join()
    assert not path.exists()


def test_nothing_is_written_after_the_end(tmp_path: Path) -> None:
    """An evaluation may be under way then, were it the first."""
    path = tmp_path / "x.prom"
    Handover(lambda: SAMPLE, [Textfile(str(path))]).withdraw()
    handover = Handover(lambda: SAMPLE, [Textfile(str(path))])
    handover()
    handover.withdraw()
    assert handover() is SAMPLE
    handover.settle()

    assert [*tmp_path.iterdir()] == []


def test_folder_that_is_gone_at_the_end(tmp_path: Path) -> None:
    """It keeps the other file from nothing."""
    folder, other = tmp_path / "folder", tmp_path / "x"
    folder.mkdir()
    files = (Textfile(str(folder / "x.prom")), FeatureFile(str(other), interval=15))
    handover = Handover(lambda: SAMPLE, files)
    handover()
    handover.settle()
    shutil.rmtree(folder)
    handover.withdraw()

    assert not other.exists()


@pytest.mark.parametrize(
    ("number", "left"),
    [
        pytest.param(signal.SIGTERM, set(), id="asked to end"),
        pytest.param(signal.SIGKILL, {"sctp", "sctp.prom"}, id="killed"),
    ],
)
def test_uninstalled_agent_says_nothing_more(
    make_node: MakeNode, tmp_path: Path, number: signal.Signals, left: set[str]
) -> None:
    """What it said would stand for ever; after a kill, readers have the age."""
    outputs = tmp_path / "outputs"
    outputs.mkdir()
    flags = (f"--nfd.features-file={outputs}/sctp", f"--textfile={outputs}/sctp.prom")
    with running(f"--root={make_node().root}", *flags) as (process, _):
        assert process.stderr
        while not (outputs / "sctp.prom").exists():
            time.sleep(0.01)
        process.send_signal(number)
        process.wait(timeout=300)

    assert {path.name for path in outputs.iterdir()} == left


def test_run_writes_what_its_flags_name_and_nothing_else(
    make_node: MakeNode, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first promise has two exceptions, and both are asked for."""
    outputs = tmp_path / "outputs"
    outputs.mkdir()
    node = make_node()
    before = {path: path.lstat().st_ctime_ns for path in node.root.rglob("*")}
    written: list[set[str]] = []

    def run(evaluate: Callable[[], Report], **_: object) -> int:
        evaluate()
        if isinstance(evaluate, Handover):
            evaluate.settle()
        written.append({path.name for path in outputs.iterdir()})
        return 0

    told = SimpleNamespace(families=tuple)
    monkeypatch.setattr("agent.daemon.logs.configure", lambda **_: told)
    monkeypatch.setattr("agent.daemon.process.run", run)
    command = ["run", f"--root={node.root}"]
    flags = (f"--nfd.features-file={outputs}/sctp", f"--textfile={outputs}/sctp.prom")

    assert main.main(command) == 0
    assert main.main([*command, *flags]) == 0
    assert written == [set(), {"sctp", "sctp.prom"}]
    after = {path: path.lstat().st_ctime_ns for path in node.root.rglob("*")}
    assert after == before


@pytest.mark.parametrize(
    ("features", "metrics"),
    [
        pytest.param("/x", "", id="features"),
        pytest.param("", "/x.prom", id="metrics"),
    ],
)
def test_only_what_is_asked_for(features: str, metrics: str) -> None:
    """One flag, one file."""
    handover = handing_over(
        lambda: SAMPLE, features_file=features, textfile=metrics, interval=15
    )

    assert [file.file.path for file in handover.files] == [features or metrics]


@pytest.mark.parametrize(
    ("flag", "complaint"),
    [
        pytest.param("--nfd.features-file=/x/.sctp", "not read", id="hidden"),
        pytest.param("--nfd.features-file=/x/", "not read", id="folder"),
        pytest.param("--nfd.features-file=sctp", "absolute", id="relative"),
        pytest.param("--textfile=/x/sctp.txt", "NAME.prom", id="no prom"),
        pytest.param("--textfile=/x/.prom", "NAME.prom", id="no name"),
        pytest.param("--textfile=x.prom", "absolute", id="relative textfile"),
    ],
)
def test_names_that_nobody_reads(flag: str, complaint: str) -> None:
    """They are refused at the start, not written for nothing."""
    with pytest.raises(UsageError, match=complaint):
        parse(["run", flag], {})
