"""The rules of conftest.py, proven to hold against a misbehaving agent."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import FunctionType

import pytest

from tests.guards import IPPROTO_SCTP, ForbiddenActError, Guard

TOP = Path(__file__).parents[1]

SWALLOWED = """
import contextlib, os, types
import pytest

def act():
    with contextlib.suppress(BaseException):
        os.system("true")

def test_swallowed():
    types.FunctionType(act.__code__, {**globals(), "__name__": "agent.intruder"})()
"""

SKIPPED = """
import pytest

@pytest.mark.skip(reason="no kernel here")
def test_skipped():
    pass

@pytest.mark.xfail
def test_expected_failure():
    assert False
"""

SKIPPED_MODULE = """
import pytest

pytest.skip("no kernel here", allow_module_level=True)
"""


def _call(act: Callable[[], object]) -> object:
    return act()


def _call_as_agent(act: Callable[[], object]) -> object:
    """Call *act* from a function that says it is in a module of the agent."""
    names = {"__name__": "agent.intruder", "__builtins__": __builtins__}
    return FunctionType(_call.__code__, names)(act)


def _open_sctp_socket() -> None:
    socket.socket(socket.AF_INET, socket.SOCK_STREAM, IPPROTO_SCTP).close()


@pytest.mark.parametrize(
    "act",
    [
        pytest.param(lambda: subprocess.run(["true"], check=True), id="subprocess"),
        pytest.param(lambda: os.system("true"), id="shell"),  # noqa: S605
        pytest.param(lambda: os.popen("true"), id="pipe to a shell"),  # noqa: S605
        pytest.param(os.fork, id="fork"),
        pytest.param(lambda: os.execv("/bin/true", ["true"]), id="exec"),  # noqa: S606
        pytest.param(
            lambda: os.posix_spawn("/bin/true", ["true"], os.environ),
            id="posix_spawn",
        ),
        pytest.param(
            lambda: os.spawnv(os.P_WAIT, "/bin/true", ["true"]),  # noqa: S606
            id="spawn",
        ),
        pytest.param(_open_sctp_socket, id="SCTP socket"),
    ],
)
def test_act_of_the_agent_is_stopped(act: Callable[[], object], guarded: Guard) -> None:
    """No way to start a process or open an SCTP socket escapes, and each is named."""
    with pytest.raises(ForbiddenActError):
        _call_as_agent(act)

    assert len(guarded.drain()) == 1


def test_processes_of_the_tests_are_allowed() -> None:
    """A test may start the programs it compares the agent with."""
    assert subprocess.run(["true"], check=False).returncode == 0


@pytest.mark.sctp_socket
def test_marker_allows_sctp_sockets(guarded: Guard) -> None:
    """The marker sctp_socket reaches the guard; processes stay forbidden under it."""

    def announce() -> None:
        family, kind = socket.AF_INET, socket.SOCK_STREAM
        sys.audit("socket.__new__", None, family, kind, IPPROTO_SCTP)

    _call_as_agent(announce)

    assert guarded.drain() == []
    with pytest.raises(ForbiddenActError):
        _call_as_agent(lambda: os.system("true"))  # noqa: S605
    assert guarded.drain() == [
        "agent.intruder._call started a child process (os.system)"
    ]


@pytest.mark.parametrize(
    ("source", "continuous_integration", "summary"),
    [
        pytest.param(
            SWALLOWED, False, "1 passed, 1 error", id="act swallowed by agent"
        ),
        pytest.param(SKIPPED, True, "1 xfailed, 1 error", id="skip in CI"),
        pytest.param(SKIPPED, False, "1 skipped, 1 xfailed", id="skip elsewhere"),
        pytest.param(SKIPPED_MODULE, True, "1 error", id="skipped module in CI"),
    ],
)
def test_outcome_of_a_run(
    tmp_path: Path, source: str, *, continuous_integration: bool, summary: str
) -> None:
    """A swallowed act fails its test after all; a skip in CI is a failure."""
    (tmp_path / "pytest.toml").write_text("[pytest]\ncache_dir = '.cache'\n")
    (tmp_path / "test_sample.py").write_text(source)
    environment = {k: v for k, v in os.environ.items() if k != "CI"}
    environment["PYTHONPATH"] = str(TOP)
    if continuous_integration:
        environment["CI"] = "true"

    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "tests.conftest", "--color=no"],
        capture_output=True,
        check=False,
        cwd=tmp_path,
        env=environment,
        text=True,
    )

    assert f"{summary} in " in run.stdout
