"""The lines of a fleet's nodes: in 80 columns, wider, and for other programs."""

import io

import pytest

from agent.findings import Compliance, Expectation, State
from agent.fleet.node import Node
from agent.fleet.output import Fleet, write_text

NOW = 1_790_000_000.0  # 2026-09-21 14:13:20
GONE, READY = State.UNAVAILABLE, State.READY
DOMAIN = "eu-central-1.compute.internal"


def _node(name: str, later: State, ago: float, reason: str, *, exact: bool) -> Node:
    return Node(
        f"ip-10-0-{name}.{DOMAIN}",
        "amf",
        "",
        state=READY if later is GONE and ago > 90_000 else later,
        boot_state=later,
        compliant=Compliance.FALSE if later is GONE else Compliance.TRUE,
        expectation=Expectation.REQUIRED,
        reason=reason,
        since=NOW - ago,
        exact=exact,
    )


NODES = (
    _node("9-16", GONE, 7_800, "ModuleForOtherKernelOnly", exact=True),
    _node("10-7", GONE, 180_000, "NotDeclaredAtBoot", exact=True),
    _node("10-8", READY, 86_400, "AsExpected", exact=False),
)
NARROW = """\
nodes of eu-central-1.compute.internal
node          pool  as expected  now, after a reboot
  since (UTC)           reason
ip-10-0-9-16  amf   no           unavailable
  2 h 10 min, 12:03     ModuleForOtherKernelOnly
ip-10-0-10-7  amf   no           ready, then unavailable
  2 d 2 h, 09-19 12:13  NotDeclaredAtBoot
ip-10-0-10-8  amf   yes          ready
  > 1 d                 AsExpected
"""


@pytest.mark.parametrize("columns", [80, 100])
def test_no_line_is_longer_than_the_terminal(
    columns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Names of a cloud do not push the reason out of sight."""
    monkeypatch.setenv("COLUMNS", str(columns))
    stream = io.StringIO()
    write_text(Fleet("http://localhost", NOW, NODES), NODES, stream)
    lines = stream.getvalue().splitlines()

    assert max(map(len, lines)) <= columns


def test_eighty_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    """The domain is said once, both states in one column, the rest below."""
    monkeypatch.setenv("COLUMNS", "80")
    stream = io.StringIO()
    write_text(Fleet("http://localhost", NOW, NODES), NODES, stream)
    _, _, nodes = stream.getvalue().partition("nodes of ")

    assert f"nodes of {nodes}" == NARROW


def test_for_other_programs_a_node_is_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nobody says how wide it is nothing is broken in two."""
    monkeypatch.delenv("COLUMNS", raising=False)
    stream = io.StringIO()
    write_text(Fleet("http://localhost", NOW, NODES), NODES, stream)
    lines = stream.getvalue().splitlines()
    fields = [line.split("  ") for line in lines if line.startswith("ip-")]

    assert [line[0] for line in fields] == [
        *("ip-10-0-9-16", "ip-10-0-10-7", "ip-10-0-10-8"),
    ]
    assert [line[-1].strip() for line in fields] == [
        *("ModuleForOtherKernelOnly", "NotDeclaredAtBoot", "AsExpected"),
    ]
