"""The table of all flags: what each means, for which commands, by default what."""

from dataclasses import dataclass
from typing import Any

from agent.findings import Expectation

PREFIX = "SCTP_AGENT_"


@dataclass(frozen=True, slots=True)
class Option:
    """One flag; *kind* is str, float, bool, a tuple of choices or list."""

    flag: str
    kind: Any
    default: Any
    help: str
    commands: tuple[str, ...] = ("check", "run")

    @property
    def key(self) -> str:
        """The attribute's name in the parsed result."""
        return self.flag.lstrip("-").replace("-", "_").replace(".", "_")

    @property
    def variable(self) -> str:
        """The environment twin's name."""
        return PREFIX + self.key.upper()


_EXPECTATIONS = tuple(expectation.value for expectation in Expectation)
RENDER, VERIFY = "machineconfig render", "machineconfig verify"

OPTIONS = (
    Option("--root", str, "/", "the node's file system as seen from here"),
    Option(
        "--expect",
        _EXPECTATIONS,
        "required",
        "what is intended for this node",
        ("check", "run", RENDER, VERIFY),
    ),
    Option("--node-name", str, "", "name in the report (NODE_NAME, else host name)"),
    Option(
        "--allow-autoload",
        bool,
        default=False,
        help="open a socket even if that makes the kernel load sctp for good",
    ),
    Option(
        "--output",
        ("text", "json", "prometheus", "npd"),
        "text",
        "text for people, json, the textfile collector's format, or one line for "
        "node-problem-detector",
        ("check",),
    ),
    Option(
        "--offline",
        bool,
        default=False,
        help="judge the files under --root only: no live kernel, no socket",
        commands=("check",),
    ),
    Option(
        "--kernel-release",
        str,
        "",
        "the kernel to judge with --offline (default: the one that ran, else the "
        "newest)",
        ("check",),
    ),
    Option(
        "--root",
        str,
        "",
        "the file system of the node to judge on (default: an assumed one)",
        (VERIFY,),
    ),
    Option(
        "--kernel-release",
        str,
        "",
        "the kernel to judge with --root (default: what it boots next)",
        (VERIFY,),
    ),
    Option("--output", ("text", "json"), "text", "for people or json", (VERIFY,)),
    Option("--role", str, "", "judge the nodes of this pool only", (VERIFY,)),
    Option("--role", str, "worker", "the pool that gets it", (RENDER,)),
    Option("--name", str, "", "its name (default: by role)", (RENDER,)),
    Option(
        "--ignition",
        ("2.2.0", "3.2.0", "3.4.0", "3.5.0"),
        "3.2.0",
        "version of Ignition's specification; 2.2.0 for OpenShift 4.5 and before",
        (RENDER,),
    ),
    Option("--interval", float, 15.0, "seconds between evaluations", ("run",)),
    Option(
        "--web.listen-address",
        list,
        (":10132",),
        "address to serve on, may be given more than once",
        ("run",),
    ),
    Option(
        "--log.level",
        ("debug", "info", "warning", "error"),
        "info",
        "least important level to log",
        ("run",),
    ),
    Option("--log.format", ("text", "json"), "text", "form of the log", ("run",)),
)

SUMMARIES = {
    "check": "evaluate this node once and exit: 0 as expected, 1 not as expected, "
    "2 could not tell",
    "run": "evaluate again and again, serve metrics, a report and a page",
    "explain": "say what a check or a reason means and what to do about it",
    RENDER: "write a MachineConfig that loads SCTP, or denies it, for `oc apply`",
    VERIFY: "judge MachineConfigs by what their nodes would be after the reboot; "
    "exits like check",
}
