"""What holds of the whole package, so that adding a check is one file and no more."""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from agent.checks import discover
from agent.checks.context import Check
from agent.findings import Reason
from agent.report.prometheus import render
from tests.reports import SAMPLE

TOP = Path(__file__).parents[1]
PACKAGE, DOCS = TOP / "agent", TOP / "docs"
LONGEST = 250

IMPURE = frozenset(
    {
        *("asyncio", "ctypes", "logging", "multiprocessing", "os", "pathlib"),
        *("psutil", "pyroute2", "random", "select", "shutil", "signal", "socket"),
        *("subprocess", "sys", "tempfile", "threading", "time"),
    }
)
ROW = re.compile(r"^\| (`[^|]+) \| ([^|]+) \| ([^|]*) ?\|$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Room:
    """One room of the table in CONTRIBUTING.md: its floor, and whether it is pure.

    *closed* are rooms above it that it must not know either.
    """

    floor: int
    is_pure: bool
    closed: frozenset[str]


def _rooms() -> dict[str, Room]:
    """Return the rooms by their names; those of one row are on one floor."""
    text = (TOP / "CONTRIBUTING.md").read_text()
    table = text.partition("## The rooms of `agent/`")[2].partition("\n\n[")[0]
    return {
        name: Room(floor, holds.startswith("pure:"), frozenset(_names_of(secrets)))
        for floor, (names, holds, secrets) in enumerate(ROW.findall(table))
        for name in _names_of(names)
    }


def _names_of(cell: str) -> list[str]:
    return re.findall(r"`([a-z_]+)/?`", cell)


ROOMS = _rooms()
#: What starts the command and what names the version know and are no room.
ENTRANCES = frozenset({"agent", "agent.__main__"})


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


def _room(module: str) -> str:
    return module.split(".")[1]


MODULES = sorted(FILES.keys() - ENTRANCES)


def test_table_of_rooms_is_the_code() -> None:
    """Each room of the table is there, and nothing lives outside of them."""
    assert {_room(module) for module in MODULES} == ROOMS.keys()


@pytest.mark.parametrize("room", sorted(ROOMS))
def test_closed_rooms_are_above(room: str) -> None:
    """What stands below need not be named, and what is named exists."""
    own = ROOMS[room]

    assert {n for n in own.closed if ROOMS[n].floor >= own.floor} == set()


@pytest.mark.parametrize("module", MODULES)
def test_imports_point_upwards(module: str) -> None:
    """A room knows itself and what stands above it in the table and is not closed."""
    here = _room(module)
    others = {
        name: _room(name)
        for name in IMPORTS[module] & FILES.keys() - ENTRANCES
        if _room(name) != here
    }

    assert {
        name
        for name, room in others.items()
        if ROOMS[room].floor >= ROOMS[here].floor or room in ROOMS[here].closed
    } == set()


@pytest.mark.parametrize("room", [r for r in sorted(ROOMS) if (PACKAGE / r).is_dir()])
def test_tests_mirror_rooms(room: str) -> None:
    """Who reads a room finds its tests under the same name."""
    assert any((TOP / "tests" / room).glob("test_*.py"))


def test_no_import_goes_round() -> None:
    """Modules of one room may know each other, but not in a circle."""
    inside = {name: IMPORTS[name] & FILES.keys() for name in FILES}

    assert len([*TopologicalSorter(inside).static_order()]) == len(FILES)


@pytest.mark.parametrize("module", [n for n in MODULES if ROOMS[_room(n)].is_pure])
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


#: What was done to a value, which is true of any; a noun says which one it is.
VAGUE = frozenset(
    {
        *("asked", "chosen", "expected", "found", "given", "gone", "heard", "judged"),
        *("kept", "known", "left", "listed", "made", "meant", "merged", "missed"),
        *("named", "opened", "received", "sent", "shown", "started", "stored"),
        *("told", "tried", "undecided", "wanted", "written"),
    }
)


def _names_in(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the variables, fields, arguments and functions, with their lines."""
    for node in ast.walk(ast.parse(path.read_text())):
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name):
                yield node.lineno, name
            case ast.Attribute(attr=name, ctx=ast.Store()):
                yield node.lineno, name
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield node.lineno, name
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)):
                yield node.lineno, name


@pytest.mark.parametrize("path", FILES.values(), ids=FILES)
def test_names_say_what_a_value_is(path: Path) -> None:
    """A value is called by a noun, and a function by a verb or by what it returns.

    A reader of `found` has to look up what was looked for, at each place anew.
    """
    names = _names_in(path)

    assert [(line, name) for line, name in names if name.strip("_") in VAGUE] == []


@pytest.mark.parametrize("module", [n for n in FILES if n.startswith("agent.checks.")])
def test_checks_do_not_know_each_other(module: str) -> None:
    """A check is its own file: another can be removed without a look at it."""
    others = {name for name in IMPORTS[module] if name.startswith("agent.checks.")}

    assert others <= {"agent.checks.context"}


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
