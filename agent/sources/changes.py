"""When the configuration that decides about sctp was written last."""

import os

from agent.facts import NodeFacts
from agent.gaps import Change
from agent.hostfs.host import Host

_YEAR_10000 = 253_402_300_800  # from where on a damaged file system's time is none


def gather(host: Host, facts: NodeFacts) -> Change | None:
    """Return the latest change of the files that were read and of their folders.

    A folder changes when a file comes or goes. Only of a node that runs: in an
    archive the times are those of its unpacking.
    """
    if not host.live:
        return None
    drop_ins = (*facts.modprobe.drop_ins, *facts.boot.drop_ins)
    files = {drop_in.path for drop_in in drop_ins}
    paths = {*files, *map(os.path.dirname, files), *filter(None, (facts.module.path,))}
    times = {
        path: time
        for path in paths
        if 0 <= (time := host.change_time(path) or 0.0) < _YEAR_10000
    }
    # The longer of two of one moment: a new file says more than its folder.
    latest = max(times, key=lambda path: (times[path], len(path)), default="")
    return Change(latest, times[latest]) if times.get(latest) else None
