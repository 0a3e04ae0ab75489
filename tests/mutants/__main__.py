"""Change one thing in the code at a time, and list the changes no test notices.

`make mutants`, for the rooms that decide: kmod, loading, verdict, checks, or one file
of them (`PARTS=loading/predict`). What the type checker refuses is not tried. A change
of words alone is counted, not listed.
"""

import argparse
import ast
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from difflib import unified_diff
from pathlib import Path

TOP = Path(__file__).parents[2]
WORK = TOP / ".cache/mutants"
COPIED = ("agent", "tests", "docs", "CONTRIBUTING.md", "README.md", "pyproject.toml")
_CHECKS = sorted((TOP / "tests/checks").glob("test_*.py"))
#: What each part of the code is held to: few tests and quick ones, so that a change
#: costs a second. Many of the others make a whole node for each case.
TESTS = {
    "kmod": ("tests/kmod",),
    "loading": (
        "tests/loading/test_agreement.py",
        "tests/loading/test_boot_load.py",
        "tests/loading/test_causes.py",
        "tests/loading/test_confinement.py",
        "tests/loading/test_forecast.py",
        "tests/loading/test_conclude.py",
        "tests/loading/test_kernel_policy.py",
        "tests/loading/test_predict.py",
        "tests/loading/test_removal.py",
        "tests/loading/test_six_forecasts.py",
    ),
    "loading/partial_view": (
        "tests/loading/test_forecast.py",
        "tests/loading/test_partial_view.py",
    ),
    "verdict": (
        "tests/verdict/test_decide.py",
        "tests/verdict/test_packages.py",
        "tests/verdict/test_remedies.py",
        "tests/verdict/test_remedy_choice.py",
        "tests/verdict/test_removals.py",
        "tests/verdict/test_states.py",
    ),
} | {
    f"checks/{path.stem.removeprefix('test_')}": (f"tests/checks/{path.name}",)
    for path in _CHECKS
}
#: What survives those is held to these, which make whole nodes and take their time.
WIDER = (
    "tests/kmod",
    "tests/loading",
    "tests/sources",
    "tests/evaluation/test_field_relatives.py",
    "tests/evaluation/test_next_boot.py",
    "tests/evaluation/test_node_trees.py",
    "tests/evaluation/test_offline.py",
    "tests/verdict/test_decide.py",
    "tests/verdict/test_removals.py",
    "tests/verdict/test_states.py",
)
_CONFIGURATION = """[mutmut]
source_paths=agent
only_mutate={pattern}
{elsewhere}do_not_mutate_patterns=^\\s*text \\+?=
type_check_command=
    python
    -m
    mypy
    --config-file=
    --strict
    --python-version=3.11
    --no-warn-unused-ignores
    --follow-imports=silent
    --cache-dir={cache}
    --output=json
    {files}
pytest_add_cli_args_test_selection=
    {tests}
"""
_SURVIVED, _UNTESTED = 0, 33  # mutmut's words for what pytest said
_FORMER = "__mutmut_orig"


def main() -> int:
    """Mutate the parts that are named, else all; return 1 if a change survives."""
    parser = argparse.ArgumentParser(prog="tests.mutants", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(TESTS))
    parts = parser.parse_args().parts or list(TESTS)
    for part in parts:
        if part not in TESTS and not (TOP / f"agent/{part}.py").is_file():
            parser.error(f"{part} is neither a part nor a file of one")
    holes = list(map(_holes, parts))
    return int(any(holes))


def _holes(part: str) -> bool:
    """Mutate *part*, print what survives, and tell whether anything does."""
    place = WORK / part.replace("/", "-")
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    for name in COPIED:
        copy = shutil.copytree if (TOP / name).is_dir() else shutil.copy
        copy(TOP / name, place / name)
    tests = "\n    ".join(TESTS.get(part) or TESTS[part.partition("/")[0]])
    files = f"agent/{part}" + (".py" if "/" in part else "")
    other = "\n    ".join(f"agent/{name}.py" for name in TESTS if f"{part}/" in name)
    configuration = _CONFIGURATION.format(
        pattern=f"{files}*",
        elsewhere=f"do_not_mutate={other}\n" if other else "",
        files=files,
        tests=tests,
        cache=WORK / "mypy",
    )
    (place / "setup.cfg").write_text(configuration)
    own = Path(sys.executable).parent
    subprocess.run(
        ["nice", own / "mutmut", "run", "--max-children", "1"],
        cwd=place,
        env={**os.environ, "PATH": f"{own}:{os.environ['PATH']}"},
        check=True,
    )
    if _is_noticed(place, ""):
        raise RuntimeError(f"the tests of {part} fail without a change")
    words = survivors = 0
    pattern = f"{part}.py.meta" if "/" in part else f"{part}/*.py.meta"
    for file in sorted((place / "mutants/agent").glob(pattern)):
        for name, change in _survivors(file):
            words += not change
            if change and not _is_noticed(place, name):
                survivors += 1
                print(name, *change, sep="\n  ")
    print(f"{part}: {survivors} survive, and {words} changes of words alone")
    return survivors > 0


def _is_noticed(place: Path, name: str) -> bool:
    """Tell whether a wider test fails with the change called *name*; "" is none."""
    run = subprocess.run(
        ["nice", sys.executable, "-m", "pytest", "--exitfirst", "--quiet", *WIDER],
        cwd=place / "mutants",
        env={**os.environ, "MUTANT_UNDER_TEST": name},
        stdout=subprocess.DEVNULL,
        check=False,
    )
    return run.returncode != 0


def _survivors(meta: Path) -> Iterator[tuple[str, list[str]]]:
    """Yield each surviving change with its lines, none where only words change."""
    results = json.loads(meta.read_text())["exit_code_by_key"]
    tree = ast.parse(meta.with_suffix("").read_text())
    functions = {n.name: n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)}
    for key, code in results.items():
        if code not in {_SURVIVED, _UNTESTED}:
            continue
        name = key.rpartition(".")[2]
        before = functions[name.rpartition("__mutmut_")[0] + _FORMER]
        after = functions[name]
        if _without_words(before) == _without_words(after):
            yield key, []
            continue
        old, new = (ast.unparse(node).splitlines()[1:] for node in (before, after))
        changes = unified_diff(old, new, n=0, lineterm="")
        yield key, [c for c in changes if not c.startswith(("---", "+++", "@@"))]


def _without_words(function: ast.FunctionDef) -> list[str]:
    """Return the body with all its texts alike."""
    return [
        ast.dump(_Wordless().visit(ast.parse(ast.unparse(statement))))
        for statement in function.body
    ]


class _Wordless(ast.NodeTransformer):
    def visit_Constant(self, node: ast.Constant) -> ast.Constant:
        return ast.Constant("") if isinstance(node.value, str) else node

    def visit_JoinedStr(self, _: ast.JoinedStr) -> ast.Constant:
        return ast.Constant("")


if __name__ == "__main__":
    sys.exit(main())
