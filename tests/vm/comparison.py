"""What of two reports of one node is compared."""

import json
import re
from typing import Any

from tests.vm.node import Ended

#: What differs from run to run of the same thing.
_FLEETING = frozenset({"time", "seconds", "age_seconds", "references", "stack"})


def lasting(ended: Ended) -> object:
    """Return a report without what differs from run to run."""
    return _without(json.loads(ended.stdout))


def _without(value: object) -> object:
    if isinstance(value, dict):
        kept = {key: each for key, each in value.items() if key not in _FLEETING}
        return {key: _without(each) for key, each in kept.items()}
    if isinstance(value, list):
        return [_without(each) for each in value]
    if isinstance(value, str):
        return re.sub(r"in [\d.]+ ms", "in some ms", value)
    return value


def losses(report: dict[str, Any]) -> tuple[set[tuple[str, str]], bool]:
    """Return the sockets that failed, and whether a process of another user is seen."""
    sockets = report["facts"]["socket"]
    failed = {(one["netns"], one["errno"]) for one in sockets if not one["success"]}
    return failed, "python3" in json.dumps(report["workloads"])
