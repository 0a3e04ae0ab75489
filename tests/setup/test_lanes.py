"""The lanes have every test between them, and none twice."""

from collections import Counter
from collections.abc import Iterator
from pathlib import PurePosixPath

from tests.setup.crew import TOP
from tests.setup.lanes import PARTS, TRIXIE, Lane, Part, lanes

FILES = [
    str(path.relative_to(TOP))
    for folder in ("agent", "tests")
    for path in (TOP / folder).rglob("*.py")
]


def _takes(lane: Lane, file: str) -> bool:
    """Tell whether pytest would look for tests in that file."""
    options = [one for one in lane.arguments if one.startswith("--ignore=")]
    return _below(file, lane.arguments) and not _below(
        file, (option.removeprefix("--ignore=") for option in options)
    )


def _below(file: str, places: Iterator[str] | tuple[str, ...]) -> bool:
    return any(PurePosixPath(file).is_relative_to(place) for place in places)


def _parts_of(file: str, *, real: bool) -> list[str]:
    return [
        part.name
        for part in PARTS
        if part.real == real and all(_takes(lane, file) for lane in part.lanes())
    ]


def test_each_file_is_of_one_part() -> None:
    """Whatever file a test is in, one part takes it, with both halves if divided."""
    found = Counter(len(_parts_of(file, real=False)) for file in FILES)
    assert found == {1: len(FILES)}


def test_each_file_with_real_kernels_is_of_one_part() -> None:
    """Where a test is marked as one that boots a kernel, a part looks for it."""
    marked = [
        file
        for file in FILES
        if "pytest.mark.vm" in (TOP / file).read_text(encoding="utf-8")
        and file.split("/")[-1].startswith("test_")
        and file != "tests/setup/test_lanes.py"
    ]
    found = {file: len(_parts_of(file, real=True)) for file in marked}
    assert found == dict.fromkeys(marked, 1)
    assert len(marked) > 5


def test_parts_name_what_is_there() -> None:
    """A folder that was moved away would leave its lane without a test."""
    paths = [path for part in PARTS for path in part.paths]
    assert [path for path in paths if not (TOP / path).exists()] == []


def test_halves_exclude_each_other() -> None:
    """A test that does not match the first expression matches the second."""
    first, second = Part("part", ("tests/vm",), by=TRIXIE, real=True).lanes()
    assert first.arguments[-2:] == ("-k", "trixie")
    assert second.arguments[-2:] == ("-k", "not trixie")
    assert first.arguments[:-1] == second.arguments[:-1]


def test_coverage_is_that_of_tests_without_kernels() -> None:
    """They are all of `test-fast`; what goes through the code en masse is left out."""
    fast = lanes(real=False)
    assert [*filter(lambda lane: lane in fast, lanes(real=True))] == [*fast]
    assert {lane.name for lane in lanes(real=True) if lane.judged} == {
        *("the rest", "pages", "image"),
    }
    assert len({lane.slug for lane in lanes(real=True)}) == len(lanes(real=True))
