"""What followed requests are worth: fundamental obstacles, and what was not read."""

from agent.facts import Gap
from agent.findings import Cause
from agent.kmod.config import ModprobeConfig
from agent.kmod.request import Loader
from agent.loading.causes import (
    ABSOLUTE,
    missing_cause,
    no_modules_cause,
    unreadable_cause,
)
from agent.loading.context import LoadContext
from agent.loading.forecast import Forecast, TriState
from agent.names import CMDLINE, SCTP


def _fundamental(context: LoadContext, loader: Loader) -> list[Cause]:
    """Return what would stand in the way even without any configuration."""
    bare = Loader(ModprobeConfig(), context.tree, loader.kernel, loader.rules)
    bare.loaded |= loader.loaded
    bare.request(SCTP)
    if context.kernel.modular is False:
        return [no_modules_cause()]
    if context.tree.module(SCTP) is None:
        return [missing_cause(context.module, context.kernel)]
    return bare.causes


def conclude(
    context: LoadContext, loader: Loader, causes: list[Cause], gaps: tuple[Gap, ...]
) -> Forecast:
    """Turn what the requests did into a forecast; gaps make it unknown."""
    in_kernel = loader.in_kernel(SCTP)
    fundamental = [] if in_kernel else _fundamental(context, loader)
    all_causes = tuple(dict.fromkeys([*causes, *fundamental]))
    missing = unread(context)
    absolute = any(cause.reason in ABSOLUTE for cause in fundamental)
    # No configuration overrules these, but they were read from the same node.
    if absolute and not missing:
        return Forecast(TriState.NO, all_causes)
    missing = (*missing, *context.modprobe.gaps, *gaps)
    if missing:
        return Forecast(TriState.UNKNOWN, (*all_causes, unreadable_cause(missing)))
    if in_kernel:
        return Forecast(TriState.YES, all_causes)
    maybe = SCTP in loader.maybe
    return Forecast(TriState.UNKNOWN if maybe else TriState.NO, all_causes)


def unread(context: LoadContext) -> tuple[Gap, ...]:
    """Return what hides the kernel, its modules or the rules around them.

    Other switches of the kernel are None where they could not be read.
    """
    gaps = (*context.kernel.gaps, *context.system.gaps)
    deciding = (g for g in gaps if g.late or g.whole or g.path == CMDLINE)
    return (*deciding, *context.module.gaps)
