"""Prints what watching requests costs a node, as docs/requests.md has it.

`python -m tests.vm.request_costs` measures it on the newer kernel.
"""

import json
import sys

from tests.vm.asking import MOUNTS, WATCH, end, happened, shell, start
from tests.vm.fleet import Fleet
from tests.vm.image import Contents

FOOTPRINT, SWITCHES = {"do": "footprint"}, {"do": "switches"}
COSTS = (FOOTPRINT, SWITCHES)
STORY = {
    "set up": shell(MOUNTS),
    "start without": start(watching=None),
    "footprint without": FOOTPRINT,
    "end without": end("TERM"),
    "switches without": SWITCHES,
    "start": start(WATCH),
    "footprint": FOOTPRINT,
    "switches": SWITCHES,
    "end": end("TERM"),
}


def main() -> None:
    """Boot, measure, print."""
    fleet = Fleet(Contents(), memory=512)
    try:
        told = happened(fleet.fresh("trixie"), STORY)
    finally:
        fleet.close()
    measured = {name: told[name] for name, step in STORY.items() if step in COSTS}
    sys.stdout.write(json.dumps(measured, indent=2) + "\n")


if __name__ == "__main__":
    main()
