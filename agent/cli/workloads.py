"""The command `workloads`: who uses SCTP on this node, once or again and again."""

import json
import sys

from agent import __version__
from agent.cli.settings import WorkloadsSettings
from agent.hostfs.host import Host
from agent.printable import well_formed
from agent.report.exit_codes import AS_EXPECTED, COULD_NOT_TELL
from agent.report.workloads import as_dict
from agent.sources.workloads import MANY, WorkloadReader
from agent.terminal.progress import shown_while
from agent.terminal.workloads import write_workloads
from agent.workloads.usage import Workloads

_SCHEMA_VERSION = 1


def run_workloads(settings: WorkloadsSettings) -> int:
    """Write who uses SCTP; return 2 where somebody may be missing."""
    host = Host(settings.root, live=True, mounts=settings.mounts)
    reader = WorkloadReader(host, most=MANY)
    if settings.watch:
        from agent.terminal.watch import watch

        last = watch(
            reader.read,
            write_workloads,
            stream=sys.stdout,
            interval=settings.watch_interval,
        )
        return AS_EXPECTED if last and last.complete else COULD_NOT_TELL
    with shown_while("looking at the processes of this node", sys.stderr):
        workloads = reader.read()
    if settings.output == "json":
        sys.stdout.write(_json(workloads, settings.node_name))
    else:
        write_workloads(workloads, sys.stdout)
    sys.stdout.flush()
    return AS_EXPECTED if workloads.complete else COULD_NOT_TELL


def _json(workloads: Workloads, node: str) -> str:
    document = {
        "schema_version": _SCHEMA_VERSION,
        "agent_version": __version__,
        "node": node,
        "workloads": as_dict(workloads),
    }
    return json.dumps(well_formed(document), indent=2) + "\n"
