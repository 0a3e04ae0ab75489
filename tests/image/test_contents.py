"""What the image has beyond its base: the agent, what it imports, nothing else."""

import ast
import platform
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent import __version__
from tests.image import base, build, measure
from tests.image.container import Container

TOP = "opt/sctp-node-agent"
PACKAGES = f"{TOP}/lib/python{base.PYTHON}/site-packages"
#: Distribution and the modules at the top that it brings; the agent imports each.
EXPECTED = {
    "bcrypt": ("bcrypt",),
    "h11": ("h11",),
    "jinja2": ("jinja2",),
    "markupsafe": ("markupsafe",),
    "prometheus_client": ("prometheus_client",),
    "psutil": ("psutil",),
    "pyroute2": ("pyroute2",),
    "pyyaml": ("_yaml", "yaml"),
    "rich": ("rich",),
    "sctp_node_agent": ("agent",),
    "zstandard": ("zstandard",),
}
#: In the lock because rich asks for them, and removed: only its highlighting and its
#: Markdown use them.
REMOVED = {"markdown_it_py", "mdurl", "pygments"}
HELPERS = {"_yaml", "markupsafe"}  # halves of yaml and jinja2

IMPORT_ALL = """
import importlib, pkgutil, sys, agent
for found in pkgutil.walk_packages(agent.__path__, "agent."):
    if found.name != "agent.__main__":
        importlib.import_module(found.name)
from pyroute2.netlink import nlmsg
import bcrypt, jinja2, psutil, zstandard, yaml, rich.table, rich.console
print(yaml.__with_libyaml__, zstandard.backend)
"""
#: Says of every compiled file whether it is what this Python makes of its source.
STALE = """
import importlib.util, pathlib, sys
for source in pathlib.Path(sys.argv[1]).rglob("*.py"):
    made = pathlib.Path(importlib.util.cache_from_source(source)).read_bytes()
    wanted = importlib.util.source_hash(source.read_bytes())
    if made[:16] != importlib.util.MAGIC_NUMBER + b"\\1\\0\\0\\0" + wanted:
        print(source)
"""


def _imported() -> set[str]:
    trees = (ast.parse(path.read_bytes()) for path in _sources())
    nodes = [node for tree in trees for node in ast.walk(tree)]
    names = [n.module or "" for n in nodes if isinstance(n, ast.ImportFrom)]
    names += [a.name for n in nodes if isinstance(n, ast.Import) for a in n.names]
    return {name.partition(".")[0] for name in names}


def _sources() -> Iterator[Path]:
    return (build.PROJECT / "agent").rglob("*.py")


def test_packages() -> None:
    """The locked distributions and the agent, less what nothing imports."""
    paths = [entry.path for entry in build.layout().added()]
    prefix = re.escape(PACKAGES)
    tops = {m[1] for p in paths if (m := re.match(rf"{prefix}/([^/]+)", p))}
    dists = {m[1] for top in tops if (m := re.match(r"([^-]+)-.+\.dist-info$", top))}
    locked = re.findall(
        r"^([\w-]+)==",
        (build.PROJECT / "requirements/runtime.txt").read_text(),
        re.MULTILINE,
    )
    names = {name.replace("-", "_") for name in locked}

    assert dists == EXPECTED.keys() == (names - REMOVED) | {"sctp_node_agent"}
    modules = {top for top in tops if not top.endswith(".dist-info")}
    assert modules == {name for names in EXPECTED.values() for name in names}


def test_every_package_is_used() -> None:
    """What the agent does not import is not in its image."""
    modules = {name for names in EXPECTED.values() for name in names}

    assert modules - HELPERS - {"agent"} <= _imported()


def test_templates_are_compiled() -> None:
    """As modules, and these as the rest is: no node has to compile them."""
    paths = [entry.path for entry in build.layout().added()]
    compiled = f"{PACKAGES}/agent/web/compiled/"
    sources = [*(build.PROJECT / "agent/web/templates").iterdir()]

    for suffix in (".py", ".pyc"):
        found = [p for p in paths if p.startswith(compiled) and p.endswith(suffix)]
        assert len(found) == len(sources)


def test_places() -> None:
    """Beside the packages: command, interpreter's links, licence, bill of materials."""
    paths = {entry.path for entry in build.layout().added()}
    rest = {path for path in paths if not path.startswith(f"{PACKAGES}/")}
    python = ("python", "python3", f"python{base.PYTHON}")

    assert rest - {"opt", "licenses"} == {
        *(TOP, f"{TOP}/bin", f"{TOP}/lib", f"{TOP}/lib64", f"{TOP}/pyvenv.cfg"),
        f"{TOP}/sbom.cdx.json",
        *(f"{TOP}/bin/{name}" for name in (*python, "sctp-node-agent")),
        *(f"{TOP}/lib/python{base.PYTHON}", PACKAGES, "licenses/LICENSE"),
    }


UNWANTED = re.compile(
    r"(^|/)(tests?|docs|examples|pip|setuptools|wheel|\.cache|\.git)/"
    r"|\.(c|h|o|a|pyx|pxd|whl|gz|egg)$|/\.wh\.|/direct_url\.json$|cffi"
)


def test_no_left_overs() -> None:
    """No sources in C, tests, caches, installers; nothing of the base is hidden."""
    paths = [entry.path for entry in build.layout().added()]

    assert [path for path in paths if UNWANTED.search(path)] == []


def test_owners_and_modes() -> None:
    """All belongs to root, and everybody may read it: any user can run it."""
    for entry in build.layout().added():
        assert entry.owner == (0, 0), entry
        assert entry.mode & 0o7022 == 0 or not entry.is_file, entry
        assert entry.mode & 0o444 == 0o444, entry


def test_nothing_of_the_machine_that_built_it() -> None:
    """No path of it and no setting of pip leaks, not even into the history."""
    leaks = (f"{build.PROJECT}/", "pip.conf", "find-links", "extra-index", "/simple/")
    for place, content in build.layout().blobs():
        found = [leak for leak in leaks if leak.encode() in content]
        assert found == [], place


def test_compiled(tmp_path: Path) -> None:
    """Every source has its bytecode, which is never checked or written again."""
    python = f"/{TOP}/bin/python"
    ended = Container(tmp_path, 65532).execute(python, "-c", STALE, f"/{PACKAGES}")

    assert (ended.stdout, ended.stderr, ended.returncode) == ("", "", 0)


def test_all_modules_import(tmp_path: Path) -> None:
    """Nothing that was removed is missed; the fast halves are the ones in use."""
    python = f"/{TOP}/bin/python"
    ended = Container(tmp_path, 65532).execute(python, "-c", IMPORT_ALL)

    assert (ended.stdout, ended.stderr) == ("True cext\n", "")


def test_how_it_is_run() -> None:
    """Entry point, user and port are what the manifests rely on."""
    config = build.config()

    assert config["Entrypoint"] == ["sctp-node-agent"]
    assert config["Cmd"] == ["run"]
    assert config["User"] == "65532:65532"
    assert config["WorkingDir"] == "/"
    assert config["ExposedPorts"].keys() == {"10132/tcp"}
    assert config["StopSignal"] == "SIGTERM"
    assert {"PYTHONDONTWRITEBYTECODE=1", "PYTHONUNBUFFERED=1"} <= {*config["Env"]}
    assert {"MALLOC_ARENA_MAX=1", "MALLOC_TRIM_THRESHOLD_=65536"} <= {*config["Env"]}


@pytest.mark.parametrize(
    ("label", "value"),
    [
        ("title", "sctp-node-agent"),
        ("licenses", "Apache-2.0"),
        ("version", __version__),
        ("source", "https://github.com/sctp-node-agent/sctp-node-agent"),
    ],
)
def test_labels(label: str, value: str) -> None:
    """The image says what it is."""
    assert build.config()["Labels"][f"org.opencontainers.image.{label}"] == value


@pytest.mark.xfail(
    platform.machine() != "x86_64", reason="wheels of another size", strict=False
)
def test_documented_sizes() -> None:
    """docs/image.md is within a tenth of what is measured."""
    documented = measure.documented(build.PROJECT / "docs/image.md")
    measured = measure.measured(build.layout(), PACKAGES)
    rows = "\n".join(f"| {name} | {size} |" for name, size in measured.items())

    assert documented == pytest.approx(measured, rel=0.1, abs=15), f"write:\n{rows}"
