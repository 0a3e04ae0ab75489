"""The lanes: which tests run one after the other in a process of their own.

Every test is in exactly one lane: a part leaves out the paths that another part names
below its own, and a part that is divided has two lanes, one for the tests that match
an expression and one for those that do not.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.setup import telling

COVERAGE = "coverage-"
"""How the names of files begin that hold what a lane has covered."""

TRIXIE = "trixie"
"""The newer of the two kernels, as the tests' identifiers name it."""


@dataclass(frozen=True, slots=True)
class Lane:
    """One run of pytest; if it is `judged`, its coverage counts."""

    name: str
    arguments: tuple[str, ...]
    judged: bool

    @property
    def slug(self) -> str:
        """Return the name as that of a file."""
        return self.name.replace(",", "").replace(" ", "-")

    def command(self, folder: Path) -> tuple[str, ...]:
        """Return Python's arguments; what was covered goes to a file in *folder*."""
        data = f"--data-file={folder / COVERAGE}{self.slug}"
        return (
            *(("-m", "coverage", "run", data) if self.judged else ()),
            *("-m", "pytest", *self.arguments, "-p", telling.__name__),
            *("-o", f"cache_dir=.cache/pytest/{self.slug}"),
        )


@dataclass(frozen=True, slots=True)
class Part:
    """All tests below some paths that boot a real kernel, or all that do not.

    Code is to be covered by the tests that are about it: where others go through it ten
    thousand times, `judged` is false, and they need not bear the cost of being watched.
    """

    name: str
    paths: tuple[str, ...]
    by: str = ""
    real: bool = False
    judged: bool = True

    def lanes(self) -> Iterator[Lane]:
        """Return one lane, or two that have all tests between them."""
        left_out = (f"--ignore={path}" for path in self.left_out())
        arguments = (*self.paths, *left_out, "-m", "vm" if self.real else "not vm")
        judged = self.judged and not self.real
        if not self.by:
            yield Lane(self.name, arguments, judged)
            return
        for half in (self.by, f"not {self.by}"):
            yield Lane(f"{self.name}, {half}", (*arguments, "-k", half), judged)

    def left_out(self) -> Iterator[str]:
        """Return what lies below these paths, but is of another part."""
        for other in PARTS:
            if other.real == self.real:
                yield from (
                    path
                    for path in other.paths
                    if any(path.startswith(f"{mine}/") for mine in self.paths)
                )


PARTS = (
    Part("chain", ("tests/chain",), real=True),
    Part("node states", ("tests/vm",), by=TRIXIE, real=True),
    Part("the rest", ("agent", "tests")),
    Part("alerts", ("tests/alerts",), judged=False),
    Part("paths", ("tests/vm/test_paths.py",), by=TRIXIE, real=True),
    Part("privileges", ("tests/vm/test_privileges.py",), by=TRIXIE, real=True),
    Part("oracle", ("tests/oracle",), judged=False),
    Part("pages", ("tests/browser", "tests/dashboards")),
    Part("image", ("tests/image",)),
)
"""In the order in which they begin: what takes longest comes first."""


def lanes(*, real: bool) -> tuple[Lane, ...]:
    """Return all lanes, or only those without a real kernel."""
    parts = (part for part in PARTS if real or not part.real)
    return tuple(lane for part in parts for lane in part.lanes())
