"""What a forecast is worth where a part of the configuration was not given."""

from dataclasses import replace

from agent.facts import BootFacts, Gap, HelperFact, KernelFacts, ModuleFacts
from agent.findings import Cause, ModuleState
from agent.kmod.insert import KernelPolicy
from agent.kmod.request import Loader
from agent.loading.causes import ABSOLUTE, unreadable_cause
from agent.loading.forecast import Forecast, TriState
from agent.names import SCTP

#: From the highest precedence down; what is elsewhere no folder hides.
_ORDER = ("/etc/", "/run/", "/usr/local/lib/", "/usr/lib/", "/lib/")


def doubt(forecast: Forecast, unseen: tuple[Gap, ...]) -> Forecast:
    """Return *forecast* unless a file in one of the *unseen* folders could change it.

    Any of them could deny. A denial stands where none of them could hide its file:
    a file is hidden by one of the same name in a folder of higher precedence.
    """
    if not unseen or forecast.likelihood == TriState.UNKNOWN:
        return forecast
    highest = min(_rank(gap.path) for gap in unseen)
    if forecast.likelihood == TriState.NO and any(
        _stands(cause, highest) for cause in forecast.causes
    ):
        return forecast
    causes = (*forecast.causes, unreadable_cause(unseen))
    return replace(forecast, likelihood=TriState.UNKNOWN, causes=causes)


def _stands(cause: Cause, highest: int) -> bool:
    if cause.reason in ABSOLUTE:
        return True
    return any(_rank(origin.path) < highest for origin in cause.evidence)


def _rank(path: str) -> int:
    for rank, folder in enumerate(_ORDER):
        if path.startswith(folder):
            return rank
    return -1


def deciding_entries(
    boot: BootFacts, kernel: KernelFacts, module: ModuleFacts, loader: Loader
) -> tuple[Gap, ...]:
    """Return the unseen places whose entries could load sctp at boot.

    Those that were not given are taken to be as they were at the last boot: a
    running kernel without sctp shows that they did not load it then. Otherwise
    they could name sctp, which is of no use where *loader* would refuse that.
    """
    in_kernel = module.state in {ModuleState.LOADED, ModuleState.BUILTIN}
    absent = module.state != ModuleState.UNKNOWN and not in_kernel
    if (kernel.live and absent) or not _would_load(loader):
        return tuple(gap for gap in boot.unseen if not gap.withheld)
    return boot.unseen


def _would_load(loader: Loader) -> bool:
    attempt = loader.fork()
    attempt.request(SCTP, blacklist=True)
    return SCTP in attempt.loaded or SCTP in attempt.maybe


def doubt_absence(forecast: Forecast, unseen: tuple[Gap, ...]) -> Forecast:
    """Return *forecast*; entries in *unseen* places could still load sctp."""
    if forecast.likelihood != TriState.NO or not unseen:
        return forecast
    if any(cause.reason in ABSOLUTE for cause in forecast.causes):
        return forecast
    causes = (*forecast.causes, unreadable_cause(unseen))
    return Forecast(TriState.UNKNOWN, causes)


def deciding_settings(
    boot: BootFacts, now: KernelFacts, helper: HelperFact, then: KernelPolicy
) -> tuple[Gap, ...]:
    """Return the unseen settings that could decide after a boot.

    They made the running kernel what it is: where it is as the seen settings
    would make it, they change nothing. *helper* and *then* are after the boot.
    """
    same_helper = now.helper.path == helper.path
    same_switch = bool(now.modules_disabled) == bool(then.modules_disabled)
    return () if same_helper and same_switch else boot.unseen_settings
