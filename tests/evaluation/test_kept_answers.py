"""What is kept between evaluations: never an answer that the node no longer gives."""

import itertools
from dataclasses import replace

import pytest

from agent.findings import Report, State
from agent.sources import cache
from tests.failing_calls import ERRORS, FailingCalls
from tests.indexes import encode
from tests.nodes import BOOT, CMDLINE, ETC, MODULES, SCTP_KO, VENDOR, Files, MakeNode

_STRIDE = 23
DENIED = {f"{ETC}/x.conf": "blacklist sctp\n"}

#: What happens to one node, one after the other.
CHANGES: dict[str, Files] = {
    "a line denies it": DENIED,
    "nothing": {},
    "the line is another": {f"{ETC}/x.conf": "install sctp /bin/false\n"},
    "the file is gone": {f"{ETC}/x.conf": None},
    "a vendor denies it": {f"{VENDOR}/y.conf": "blacklist sctp\n"},
    "that is hidden": {f"{ETC}/y.conf": ""},
    "it is declared": {BOOT: "sctp\n"},
    "the command line denies it": {CMDLINE: "module_blacklist=sctp\n"},
    "it does so no more": {CMDLINE: "quiet\n"},
    "no alias leads to it": {f"{MODULES}/modules.alias.bin": encode({})},
    "it is not indexed": {f"{MODULES}/modules.dep.bin": encode({})},
    "it is built in": {f"{MODULES}/modules.builtin.bin": encode({"sctp": [""]})},
    "there is no such index": {f"{MODULES}/modules.builtin.bin": None},
    "its file is gone": {SCTP_KO: None},
}


@pytest.fixture(autouse=True)
def _settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the files, which are new, for old: then most is kept."""
    monkeypatch.setattr(cache, "_SETTLING", 0)


def _without_times(report: Report) -> Report:
    checks = tuple(replace(check, seconds=0) for check in report.checks)
    return replace(report, time=0, seconds=0, checks=checks)


def test_each_change_counts_at_once(make_node: MakeNode) -> None:
    """After each, an evaluator that knew the node says what a new one says."""
    node = make_node()
    evaluate = node.evaluator()
    reports = [evaluate()]
    for what, files in CHANGES.items():
        node.change(files)
        reports.append(evaluate())
        fresh = node.report()
        assert _without_times(reports[-1]) == _without_times(fresh), what

    assert len({report.verdict.state for report in reports}) > 1


@pytest.mark.parametrize("files", [{}, DENIED, {BOOT: "sctp\n"}])
def test_an_error_is_no_answer(make_node: MakeNode, files: Files) -> None:
    """What fails once something is known makes it unknown, until it is asked again."""
    node = make_node(files)
    evaluate = node.evaluator()
    truth = _states(evaluate())
    counted = FailingCalls(None)
    with counted.running():
        evaluate()
    made = sum(map(len, counted.questions.values()))
    unknown = 0
    for number, error in zip(range(0, made, _STRIDE), itertools.cycle(ERRORS)):
        calls = FailingCalls(number, error)
        with calls.running():
            found = _states(evaluate())
        assert calls.failed
        unknown += State.UNKNOWN in found
        pairs = zip(found, truth, strict=True)
        assert all(a in {t, State.UNKNOWN} for a, t in pairs), calls.failed
        assert _states(evaluate()) == truth

    assert unknown


def _states(report: Report) -> tuple[State, State]:
    return report.verdict.state, report.verdict.boot_state
