"""What the node's MachineConfig declares against what the node has."""

import json
from typing import Any

import pytest

from agent.checks.config_drift import evaluate
from agent.checks.context import CheckContext
from agent.declared import CURRENT_CONFIG as CURRENT
from agent.declared import Declared
from agent.facts import NodeFacts
from agent.findings import Expectation, Origin, Reason, Status
from agent.gaps import GapCause
from agent.hostfs.mounts import NOT_GIVEN, Mounts
from agent.loading.assessment import Assessment
from agent.verdict.states import look
from tests.nodes import CMDLINE, Files, MakeNode, Pipe

BOOT, MASK = "/etc/modules-load.d/sctp-load.conf", "/etc/modprobe.d/sctp-blacklist.conf"
NAME = "rendered-worker-1"
NO_OPERATOR = "no Machine Config Operator manages this node"
ENABLING = {BOOT: "data:,sctp", MASK: "data:,"}
AGREED = (
    f"declared: loaded at boot; on disk: loaded at boot; running: loadable ({NAME})"
)
NOTHING = f"declared: nothing; on disk: not loaded at boot; running: loadable ({NAME})"


def _config(files: dict[str, str] | None = None, *arguments: str) -> Files:
    """Return the currentconfig of a node; it has no kind, as the daemon writes it."""
    declared = [
        {"path": path, "contents": {"source": source}, "mode": 420, "overwrite": True}
        for path, source in (ENABLING if files is None else files).items()
    ]
    spec: dict[str, Any] = {
        "config": {"ignition": {"version": "3.5.0"}, "storage": {"files": declared}},
        "kernelArguments": list(arguments),
    }
    return {CURRENT: json.dumps({"metadata": {"name": NAME}, "spec": spec})}


ON_DISK: Files = {BOOT: "sctp", MASK: ""}


@pytest.mark.parametrize(
    ("files", "status", "evidence"),
    [
        pytest.param({}, Status.SKIP, (), id="no operator"),
        pytest.param(
            {**_config(), **ON_DISK}, Status.PASS, (Origin(CURRENT),), id="as declared"
        ),
        pytest.param(
            {**_config(), BOOT: "# sctp", MASK: ""},
            Status.WARN,
            (Origin(CURRENT, None, f"{BOOT}: sctp"), Origin(BOOT, None, "# sctp")),
            id="changed by hand",
        ),
        pytest.param(
            {**_config(), BOOT: "sctp", MASK: None},
            Status.WARN,
            (
                Origin(CURRENT, None, f"{MASK}: empty"),
                Origin(MASK, None, "no such file"),
            ),
            id="removed by hand",
        ),
        pytest.param(
            {**_config(), BOOT: Pipe(), MASK: ""},
            Status.WARN,
            (
                Origin(CURRENT, None, f"{BOOT}: sctp"),
                Origin(BOOT, None, "is not a regular file"),
            ),
            id="a pipe in its place",
        ),
        pytest.param(
            {**_config({BOOT: "data:,%zz"}), BOOT: "sctp"},
            Status.WARN,
            None,
            id="a declaration that cannot be decoded",
        ),
        pytest.param(
            {
                **_config(
                    {"/etc/motd": "data:,sctp", "/etc/modprobe.d/a.conf": "data:,"}
                )
            },
            Status.PASS,
            (Origin(CURRENT),),
            id="files about something else",
        ),
        pytest.param(
            {**_config(None, "module_blacklist=sctp", "nosmt"), **ON_DISK},
            Status.WARN,
            (
                Origin(CURRENT, None, "kernel argument module_blacklist=sctp"),
                Origin("/proc/cmdline", None, "does not have it"),
            ),
            id="an argument that the kernel has not got",
        ),
        pytest.param(
            {
                **_config(None, "module_blacklist=dccp"),
                **ON_DISK,
                CMDLINE: "ro module_blacklist=dccp",
            },
            Status.PASS,
            (Origin(CURRENT),),
            id="an argument that it has",
        ),
    ],
)
def test_finding(
    make_node: MakeNode,
    files: Files,
    status: Status,
    evidence: tuple[Origin, ...] | None,
) -> None:
    """A difference is a warning with evidence from both sides."""
    finding = make_node(files).finding("config_drift")

    assert finding.status == status
    assert evidence is None or finding.evidence == evidence
    assert (finding.reason == Reason.CONFIG_DRIFT) == (status == Status.WARN)


@pytest.mark.parametrize(
    ("files", "offline", "message"),
    [
        pytest.param({}, False, NO_OPERATOR, id="a node"),
        pytest.param({}, True, NO_OPERATOR, id="a disk"),
        pytest.param(
            {"/sos_commands/": None},
            True,
            f"{CURRENT}: a sosreport does not hold it",
            id="a sosreport",
        ),
        pytest.param(
            {"/proc_cmdline": "ro\n"},
            True,
            f"{CURRENT}: a must-gather does not hold it",
            id="a must-gather",
        ),
    ],
)
def test_none_there(
    make_node: MakeNode, files: Files, message: str, *, offline: bool
) -> None:
    """Only where it would be there its absence says that there is no operator."""
    finding = make_node(files).finding("config_drift", offline=offline)

    assert (finding.status, finding.message) == (Status.SKIP, message)


def test_not_given(make_node: MakeNode) -> None:
    """What was not given to the agent is not said to be missing."""
    report = make_node(_config(), ON_DISK).report(given=Mounts(("/etc/modprobe.d",)))
    finding = next(c.finding for c in report.checks if c.name == "config_drift")

    assert (finding.status, finding.message) == (
        Status.SKIP,
        f"{CURRENT}: {NOT_GIVEN}",
    )


@pytest.mark.parametrize(
    ("files", "message"),
    [
        pytest.param(ENABLING, AGREED, id="loaded at boot"),
        pytest.param(
            {BOOT: "data:,dummy", MASK: "data:,"}, NOTHING, id="another module"
        ),
        pytest.param({MASK: "data:,sctp"}, NOTHING, id="in another folder"),
    ],
)
def test_one_line(make_node: MakeNode, files: dict[str, str], message: str) -> None:
    """Declared, on disk and running stand side by side."""
    content = {path: source.removeprefix("data:,") for path, source in files.items()}
    finding = make_node(_config(files), content).finding("config_drift")

    assert finding.message == message


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("no json", id="text"),
        pytest.param("[]", id="a list"),
        pytest.param('{"metadata": {"name": "x"}, "spec": 1}', id="an odd spec"),
        pytest.param("{}", id="empty"),
        pytest.param(Pipe(), id="a pipe"),
    ],
)
def test_unreadable_config(make_node: MakeNode, content: str | Pipe) -> None:
    """A currentconfig that is none leaves the question open, and nothing else."""
    finding = make_node({CURRENT: content}).finding("config_drift")

    assert (finding.status, finding.reason) == (Status.UNKNOWN, Reason.FACT_UNREADABLE)
    assert finding.evidence == (Origin(CURRENT),)


def test_machine_config_that_is_late() -> None:
    """A file system that hangs is told as one, and is no lack of rights."""
    late = Declared(problem="no answer within 2 s", cause=GapCause.LATE)
    node = Assessment(NodeFacts(declared=late))
    finding = evaluate(CheckContext(node, Expectation.REQUIRED, look(node)))

    assert (finding.status, finding.reason) == (Status.UNKNOWN, Reason.FACT_TIMEOUT)
    assert finding.message == f"could not read {CURRENT}: no answer within 2 s"
