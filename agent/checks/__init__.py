"""The checks: found by being here, each a pure function from facts to a finding."""

import importlib
import pkgutil

from agent.checks.context import Check

_NOT_CHECKS = frozenset({"context"})


def discover() -> tuple[Check, ...]:
    """Return every check in this package, in the order of their names."""
    names = sorted(
        module.name
        for module in pkgutil.iter_modules(__path__)
        if module.name not in _NOT_CHECKS
    )
    return tuple(importlib.import_module(f"{__name__}.{name}").CHECK for name in names)
