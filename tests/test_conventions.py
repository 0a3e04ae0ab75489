"""What holds of the whole package, so that adding a check is one file and no more."""

import ast
import re
from collections.abc import Iterator, Mapping
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from agent.checks import discover
from agent.checks.subject import Check
from agent.exposition import render
from agent.findings import Reason
from tests.reports import SAMPLE

TOP = Path(__file__).parents[1]
PACKAGE, DOCS = TOP / "agent", TOP / "docs"
LONGEST = 250

#: Modules that judge what others have read: no files, no clock, no sockets.
PURE = (
    "agent.agreement",
    "agent.bootloader.",
    "agent.checks.",
    "agent.documentation",
    "agent.facts",
    "agent.findings",
    "agent.fleet.answer",
    "agent.fleet.node",
    "agent.fleet.queries",
    "agent.fleet.summary",
    "agent.forecasts",
    "agent.headline",
    "agent.kernel.",
    "agent.kmod.",
    "agent.npd",
    "agent.obstacles",
    "agent.outlook",
    "agent.paths.admission",
    "agent.paths.classify",
    "agent.paths.hints",
    "agent.paths.message",
    "agent.paths.names",
    "agent.paths.outcome",
    "agent.paths.ring",
    "agent.paths.targets",
    "agent.platforms",
    "agent.predict",
    "agent.printable",
    "agent.reasons",
    "agent.remedies",
    "agent.remedy_texts",
    "agent.switches",
    "agent.systemd.",
    "agent.unseen",
    "agent.verdict",
)
IMPURE = frozenset(
    {
        *("asyncio", "ctypes", "logging", "multiprocessing", "os", "pathlib"),
        *("psutil", "pyroute2", "random", "select", "shutil", "signal", "socket"),
        *("subprocess", "sys", "tempfile", "threading", "time"),
    }
)
#: From the inside to the outside: a layer imports what stands before it.
LAYERS = (
    ("agent", "agent.findings", "agent.printable", "agent.stack_counters"),
    ("agent.descriptor", "agent.given"),
    ("agent.kernel.", "agent.kmod.", "agent.systemd.", "agent.inside", "agent.host"),
    ("agent.bootloader.", "agent.bootloader"),
    (
        "agent.machineconfig",
        *(
            f"agent.machineconfig.{reader}"
            for reader in (
                *("content", "dataurl", "documents", "entries", "fields", "ignition"),
                *("ignition_file", "objects", "problems", "scalars", "yaml_reader"),
            )
        ),
    ),
    ("agent.forecasts",),
    ("agent.declared",),
    ("agent.facts",),
    ("agent.obstacles", "agent.platforms", "agent.reasons", "agent.switches"),
    ("agent.remedy_texts", "agent.unseen"),
    ("agent.agreement", "agent.outlook", "agent.predict", "agent.remedies"),
    ("agent.checks.", "agent.checks", "agent.verdict"),
    ("agent.sources.", "agent.probe.", "agent.supervisor"),
    ("agent.foresee", "agent.gather", "agent.headline", "agent.report"),
    ("agent.console", "agent.documentation", "agent.evaluate"),
    ("agent.explain", "agent.exposition"),
    ("agent.nfd", "agent.npd", "agent.text"),
    ("agent.handover", "agent.progress", "agent.watch"),
    ("agent.board", "agent.http.", "agent.logs", "agent.uevents", "agent.worker"),
    ("agent.companion", "agent.cycle", "agent.option"),
    ("agent.fleet_options",),
    ("agent.completion", "agent.options", "agent.settings"),
    ("agent.fleet.", "agent.fleet", "agent.paths.", "agent.paths"),
    ("agent.daemon", "agent.machineconfig."),
    ("agent.cli",),
    ("agent.__main__",),
)


def _name(path: Path) -> str:
    parts = path.relative_to(TOP).with_suffix("").parts
    return ".".join(parts).removesuffix(".__init__")


FILES = {_name(path): path for path in sorted(PACKAGE.rglob("*.py"))}


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            full = (f"{module}.{alias.name}" for alias in node.names)
            yield from (name if name in FILES else module for name in full)


IMPORTS: Mapping[str, frozenset[str]] = {
    name: frozenset(_imports(path)) for name, path in FILES.items()
}


def _layer(module: str) -> int:
    for level, members in enumerate(LAYERS):
        for member in members:
            if module == member or (member[-1] == "." and module.startswith(member)):
                return level
    pytest.fail(f"{module} belongs to no layer: add it to LAYERS")


@pytest.mark.parametrize("module", FILES)
def test_imports_point_inwards(module: str) -> None:
    """Nothing inside knows what is built around it."""
    inside = {name for name in IMPORTS[module] if name in FILES}

    assert {name for name in inside if _layer(name) > _layer(module)} == set()


def test_no_import_goes_round() -> None:
    """Modules of one layer may know each other, but not in a circle."""
    inside = {name: IMPORTS[name] & FILES.keys() for name in FILES}

    assert len([*TopologicalSorter(inside).static_order()]) == len(FILES)


@pytest.mark.parametrize("module", [name for name in FILES if name.startswith(PURE)])
def test_judgement_is_pure(module: str) -> None:
    """What decides can be tested with values alone."""
    outside = {name.partition(".")[0] for name in IMPORTS[module]}
    if "os" in outside and _used_of_os(FILES[module]) <= {"fsdecode", "fsencode"}:
        outside.remove("os")  # they only turn names into bytes and back

    assert outside & IMPURE == set()


def _used_of_os(path: Path) -> set[str]:
    return {
        node.attr
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "os"
    }


@pytest.mark.parametrize("module", [n for n in FILES if n.startswith("agent.checks.")])
def test_checks_read_nothing(module: str) -> None:
    """A check sees facts; where they come from it cannot even name."""
    allowed = (
        *("agent.checks.subject", "agent.facts", "agent.findings", "agent.kernel."),
        *("agent.forecasts", "agent.kmod.", "agent.obstacles", "agent.outlook"),
        "agent.remedies",
    )
    inside = {name for name in IMPORTS[module] if name in FILES}

    assert {name for name in inside if not name.startswith(allowed)} == set()


@pytest.mark.parametrize("path", FILES.values(), ids=FILES)
def test_file_is_short_and_says_what_it_is(path: Path) -> None:
    """A file is read in one go, and its first sentence says where it ends."""
    text = path.read_text()

    assert len(text.splitlines()) <= LONGEST
    assert ast.get_docstring(ast.parse(text))


@pytest.mark.parametrize("check", discover(), ids=lambda check: check.name)
def test_check_is_one_file_one_test_one_entry(check: Check) -> None:
    """Its name is that of its file, its test and its entry in the documentation."""
    headings = re.findall(r"^## (\S+)$", (DOCS / "checks.md").read_text(), re.MULTILINE)

    assert check.evaluate.__module__ == f"agent.checks.{check.name}"
    assert (TOP / f"tests/checks/test_{check.name}.py").is_file()
    assert headings.count(check.name) == 1


def test_no_test_or_entry_of_a_check_that_is_gone() -> None:
    """Nothing is left behind when a check is removed or renamed."""
    names = {check.name for check in discover()}
    tests = {path.stem for path in (TOP / "tests/checks").glob("test_*.py")}
    headings = re.findall(
        r"^## ([a-z0-9_]+)$", (DOCS / "checks.md").read_text(), re.MULTILINE
    )

    assert {test.removeprefix("test_") for test in tests} == names
    assert set(headings) == names


@pytest.mark.parametrize("reason", Reason)
def test_reason_is_documented(reason: Reason) -> None:
    """Whoever meets a reason in a metric or a report can look it up."""
    lines = (DOCS / "checks.md").read_text().splitlines()

    assert lines.count(f"### {reason.value}") == 1


def test_metrics_are_documented() -> None:
    """Every series that the agent exports is in the list of metrics."""
    shown = render(SAMPLE, openmetrics=False).decode()
    exported = set(re.findall(r"^# TYPE (\S+) ", shown, re.MULTILINE))
    documented = set(
        re.findall(r"\b(sctp_[a-z0-9_]+)\b", (DOCS / "metrics.md").read_text())
    )

    assert exported
    assert exported - documented == set()
