"""The table of all flags: what each means, for which commands, by default what."""

from agent.cli.fleet_options import FLEET_OPTIONS
from agent.cli.option import Option
from agent.cli.web_options import WEB_OPTIONS
from agent.findings import Expectation

_EXPECTATIONS = tuple(expectation.value for expectation in Expectation)
RENDER, VERIFY = "machineconfig render", "machineconfig verify"
#: In an agent's pod these two are about pools, not about the node of that pod.
_POOLS = "MACHINECONFIG_"

SHELLS = ("bash", "zsh", "fish")

_OF_NODE, _WATCHED = ("check", "run", "workloads"), ("check", "workloads")

OPTIONS = (
    Option("--root", str, "/", "the node's file system as seen from here", _OF_NODE),
    Option(
        "--root-partial",
        bool,
        default=False,
        help="only what is mounted below --root is the node's, the rest was not given",
        commands=_OF_NODE,
    ),
    Option(
        "--expect",
        _EXPECTATIONS,
        "required",
        "what is intended for this node",
    ),
    Option(
        "--expect",
        _EXPECTATIONS,
        "required",
        "what is intended for the nodes of the pool",
        (RENDER, VERIFY),
        about=_POOLS,
    ),
    Option(
        "--node-name",
        str,
        "",
        "name in reports and replies (NODE_NAME, else host name)",
        ("check", "run", "respond", "workloads"),
    ),
    Option(
        "--node-pool",
        str,
        "",
        "the pool that the node belongs to, where it is known; it is only shown",
        ("check", "run"),
    ),
    Option(
        "--node-cluster",
        str,
        "",
        "the cluster that the node belongs to, where it is known; it is only shown",
        ("check", "run"),
    ),
    Option(
        "--allow-autoload",
        bool,
        default=False,
        help="open a socket even if that makes the kernel load sctp for good",
        commands=("check", "run", "probe"),
    ),
    Option(
        "--output",
        ("text", "json", "prometheus", "npd", "nfd"),
        "text",
        "text for people, json, the textfile collector's format, one line for "
        "node-problem-detector, or a file for Node Feature Discovery",
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
        about=_POOLS,
    ),
    Option(
        "--kernel-release",
        str,
        "",
        "the kernel to judge with --root (default: what it boots next)",
        (VERIFY,),
    ),
    Option(
        "--output",
        ("text", "json"),
        "text",
        "for people or json",
        (VERIFY, "probe", "fleet", "workloads"),
    ),
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
    Option(
        "--watch",
        bool,
        default=False,
        help="go on until interrupted, and show it anew when it changes",
        commands=_WATCHED,
    ),
    Option("--watch.interval", float, 2.0, "seconds between looks", _WATCHED),
    Option(
        "--workloads",
        bool,
        default=False,
        help="say which pods and processes use SCTP, looking at most once a minute",
        commands=("check", "run"),
    ),
    Option("--interval", float, 15.0, "seconds between evaluations", ("run",)),
    *WEB_OPTIONS,
    Option(
        "--log.level",
        ("debug", "info", "warning", "error"),
        "info",
        "least important level to log",
        ("run", "respond"),
    ),
    Option(
        "--log.format",
        ("text", "json"),
        "text",
        "form of the log",
        ("run", "respond"),
    ),
    Option(
        "--listen-port",
        int,
        10132,
        "SCTP port; the next one is used, too",
        ("respond",),
    ),
    Option(
        "--listen-address",
        list,
        ("0.0.0.0", "::"),  # noqa: S104  # to be answered wherever it is reached
        "address to answer on, may be given more than once (default: all)",
        ("respond",),
    ),
    Option("--family", ("any", "ipv4", "ipv6"), "any", "of the target", ("probe",)),
    Option("--count", int, 1, "attempts, one second apart", ("probe",)),
    Option("--deadline", float, 5.0, "seconds that an attempt may take", ("probe",)),
    Option("--source-address", str, "", "(default: as routed)", ("probe",)),
    Option("--source-port", int, 0, "0 is a random one", ("probe",)),
    Option("--expect-node", str, "", "another node's answer is a failure", ("probe",)),
    Option(
        "--path.port",
        int,
        0,
        "answer path probes on this SCTP port, and probe others (0: off)",
        ("run",),
    ),
    Option(
        "--path.peers",
        str,
        "",
        "the agents' headless Service, or file:PATH with lines of ADDRESS [NODE]",
        ("run",),
    ),
    Option(
        "--path.services",
        list,
        (),
        "HOST:PORT of a ClusterIP Service of the agents, may be given more than once",
        ("run",),
    ),
    Option(
        "--path.node-port",
        int,
        0,
        "the agents' NodePort, on this node and on two others (0: none)",
        ("run",),
    ),
    Option(
        "--path.host-addresses",
        list,
        (),
        "an address of this node, may be given more than once",
        ("run",),
    ),
    Option("--path.neighbours", int, 5, "peers that each node watches", ("run",)),
    Option("--path.interval", float, 30.0, "seconds from probe to probe", ("run",)),
    Option("--path.deadline", float, 5.0, "seconds that a probe may take", ("run",)),
    Option(
        "--watch-requests",
        bool,
        default=False,
        help="see who asks for SCTP in vain, by a tracing instance in the kernel",
        commands=("run",),
    ),
    Option(
        "--nfd.features-file",
        str,
        "",
        "write this file, for Node Feature Discovery",
        ("run",),
    ),
    Option("--textfile", str, "", "write this file, for node_exporter", ("run",)),
    *FLEET_OPTIONS,
)

SUMMARIES = {
    "check": "evaluate this node once and exit: 0 as expected, 1 not as expected, "
    "2 could not tell",
    "run": "evaluate again and again, serve metrics, a report and a page",
    "respond": "answer probes over SCTP, as soon as sctp is in the kernel",
    "probe": "try the path to a responder: 0 works, 1 does not, 2 could not tell",
    "fleet": "list all nodes as Prometheus knows them; exits like check",
    "workloads": "list who uses SCTP on this node: 0 all was seen, 2 not all was",
    "explain": "say what a check, a reason or an alert means, and what to do about it",
    "completion": "write the completion of these commands for a shell",
    RENDER: "write a MachineConfig that loads SCTP, or denies it, for `oc apply`",
    VERIFY: "judge MachineConfigs by what their nodes would be after the reboot; "
    "exits like check",
}
