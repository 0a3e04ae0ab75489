"""kubectl, oc and podman for the tests: answers from a folder, a journal of calls.

Started under these names by what a page tells to type. It knows the objects of the
folder CLUSTER, runs the agent where the page does that in a pod, with a pod's
settings, and changes nothing.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

CLUSTER = Path(os.environ["CLUSTER"])
JOURNAL = Path(os.environ["JOURNAL"])
#: Of a jsonpath, what it asks for: the first that is in it.
_ANSWERS = {
    "podIP": "10.244.1.7",
    "clusterIP": "10.96.13.2",
    "addresses": "192.0.2.11",
    "metadata.name": "some-pod",
    "spec.host": "registry.apps.example.com",
    "containers": "registry.example.com/sctp-node-agent:0.1.0",
}
_CHANGES = {
    *("annotate", "apply", "cordon", "create", "debug", "delete", "drain", "label"),
    *("patch", "rollout", "set", "uncordon"),
}
_LOOKS = {"describe", "diff", "get", "logs", "port-forward", "wait", "whoami"}


def main(argv: list[str]) -> int:
    """Answer one call."""
    if argv[0] == "podman":
        return _podman(argv[1:])
    own, separator, inner = _split(argv[1:])
    verb = next(word for word in _words(own) if not word.startswith("-"))
    record: dict[str, Any] = {"program": argv[0], "verb": verb, "argv": own}
    record["typed"] = argv[1:]
    code = 0
    if verb == "exec" and inner[:1] == ["sctp-node-agent"]:
        record["agent"] = inner[1:]
        code = _agent(inner[1:], given="-i" in own)
    elif verb == "exec" or (separator and verb == "debug"):
        record["inner"] = inner
    elif verb == "get":
        print(_objects(own), end="")
    elif verb in _CHANGES and "-f" in own:
        manifest = Path(own[own.index("-f") + 1])
        record["manifest"] = manifest.read_text(encoding="utf-8")
    elif verb not in _CHANGES | _LOOKS:
        sys.stderr.write(f"no such command: {verb}\n")
    _note(record)
    return code


def _podman(argv: list[str]) -> int:
    """Run the agent where its image would be run; push and log in to nothing."""
    record: dict[str, Any] = {"verb": "podman", "argv": argv}
    code = 0
    if argv[0] == "run":
        image = next(n for n, word in enumerate(argv) if "sctp-node-agent:" in word)
        record["agent"] = argv[image + 1 :]
        code = _agent(record["agent"], given="-i" in argv)
    _note(record)
    return code


def _note(record: dict[str, Any]) -> None:
    with JOURNAL.open("a", encoding="utf-8") as journal:
        journal.write(json.dumps(record) + "\n")


def _split(argv: list[str]) -> tuple[list[str], bool, list[str]]:
    if "--" not in argv:
        return argv, False, []
    at = argv.index("--")
    return argv[:at], True, argv[at + 1 :]


def _words(argv: list[str]) -> list[str]:
    """Return *argv* without the namespace, which may stand before the verb."""
    return argv[2:] if argv[:1] == ["-n"] else argv


def _objects(argv: list[str]) -> str:
    """Return what `get` prints: MachineConfigs and pools, and single fields."""
    form = argv[argv.index("-o") + 1] if "-o" in argv else ""
    if "config" in form and (kept := CLUSTER / "config").exists():
        return kept.read_text(encoding="utf-8")
    for key, answer in _ANSWERS.items():
        if form.startswith("jsonpath") and key in form:
            return answer
    kinds = set(_words(argv)[1].split(","))
    names, items = [], []
    for path in sorted(CLUSTER.glob("*.yaml")):
        text = path.read_text(encoding="utf-8")
        kind = "mcp" if "kind: MachineConfigPool" in text else "mc"
        name = f"{_MC}/{text.rpartition('  name: ')[2].split()[0]}"
        if kind in kinds or name in argv:
            names.append(name)
            items.append("- " + text.replace("\n", "\n  ").rstrip(" "))
    if form == "name":
        return "".join(f"{name}\n" for name in names)
    return "".join(["apiVersion: v1\nkind: List\nitems:\n", *items]) if items else ""


_MC = "machineconfig.machineconfiguration.openshift.io"


def _agent(argv: list[str], *, given: bool) -> int:
    """Run the agent as its container would: MachineConfigs only, for the rest waits."""
    if argv[:1] != ["machineconfig"]:
        return 0
    pod = {"SCTP_AGENT_ROOT": os.environ["NODE_ROOT"], "SCTP_AGENT_EXPECT": "required"}
    done = subprocess.run(
        [sys.executable, "-m", "agent", *argv],
        cwd=Path(__file__).parents[2],
        env={"PATH": os.environ["PATH"], **pod},
        stdin=None if given else subprocess.DEVNULL,
        check=False,
    )
    return done.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
