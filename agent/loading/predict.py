"""What would load sctp now and at the next boot: requests followed on paper."""

from dataclasses import replace
from functools import partial

from agent.facts import (
    Gap,
    Helper,
    HelperFact,
    KernelFacts,
)
from agent.findings import Cause, Origin, Reason
from agent.kernel.arguments import PATH as ARGUMENTS
from agent.kmod.config import ModprobeConfig
from agent.kmod.grammar import Keyword, canonical
from agent.kmod.request import Loader
from agent.kmod.rules import KmodRules
from agent.loading.agreement import agreed
from agent.loading.causes import (
    ABSOLUTE,
    confined_cause,
    helper_cause,
    missing_cause,
    no_modules_cause,
    unreadable_cause,
)
from agent.loading.context import LoadContext
from agent.loading.forecast import Forecast, LoadForecasts, TriState, undecided
from agent.loading.kernel_policy import (
    switches_after_boot,
    switches_at_boot,
    switches_now,
)
from agent.loading.partial_view import (
    deciding_entries,
    deciding_settings,
    doubted,
    unless_added,
)

SCTP = "sctp"
_DECIDING = (ARGUMENTS, "/sys/fs/selinux/")
_ONE_TO_ONE = ("net-pf-2-proto-132-type-1", "net-pf-2-proto-132")
# SOCK_RAW (3) finds the raw protocol and never asks for a module.
_ANY = tuple(
    f"net-pf-{family}-proto-132{kind}"
    for family in (2, 10)
    for kind in ("-type-1", "-type-2", "-type-4", "-type-5", "-type-6", "-type-10", "")
)


def predict(now: LoadContext, boot: LoadContext) -> LoadForecasts:
    """Follow the requests under every set of rules the node may have.

    *boot* is that of the kernel that boots next; often it is *now*.
    """
    if not (now.modprobe.configs and boot.modprobe.configs):
        gaps = (*now.modprobe.gaps, *boot.modprobe.gaps)
        return undecided(unreadable_cause(gaps))
    autoload, any_autoload = agreed(
        _predict_now(now, rules, config) for rules, config in now.modprobe.configs
    )
    load, later, any_later, unrestricted = agreed(
        _predict_boot(boot, rules, config) for rules, config in boot.modprobe.configs
    )
    return LoadForecasts(autoload, any_autoload, load, later, any_later, unrestricted)


def _predict_now(
    context: LoadContext, rules: KmodRules, config: ModprobeConfig
) -> tuple[Forecast, ...]:
    """Return the forecasts for a one-to-one IPv4 socket and for any socket."""
    kernel = switches_now(context.kernel)
    if not context.kernel.live:  # a node that has just booted
        kernel = switches_at_boot(kernel, context.boot)
    loader = Loader(config, context.tree, kernel, rules)
    loader.loaded |= context.module.live_modules
    helper, unseen = context.kernel.helper, context.modprobe.unseen
    return (
        doubted(_autoload(context, loader, helper, _ONE_TO_ONE), unseen),
        doubted(_autoload(context, loader, helper, _ANY), unseen),
    )


def _predict_boot(
    context: LoadContext, rules: KmodRules, config: ModprobeConfig
) -> tuple[Forecast, ...]:
    """Return the forecasts for the load at boot, then as for now, then bare."""
    booting = switches_at_boot(switches_now(context.kernel), context.boot)
    boot = Loader(config, context.tree, booting, rules)
    boot_load = _boot_load(context, boot)
    boot.causes = []
    if boot_load.likelihood != TriState.YES:
        boot.loaded.discard(SCTP)
    boot.kernel = switches_after_boot(boot.kernel, context.boot)
    open_loader = Loader(_without_refusals(config), context.tree, boot.kernel, rules)
    helper, unseen = context.boot_helper, context.modprobe.unseen_at_boot
    settings = deciding_settings(context.boot, context.kernel, helper, boot.kernel)
    gaps = (*context.boot.gaps, *settings)
    autoload = partial(_autoload, context, helper=helper, gaps=gaps)
    return (
        boot_load,
        doubted(autoload(boot, names=_ONE_TO_ONE), unseen),
        doubted(autoload(boot, names=_ANY), unseen),
        _unrestricted(context, open_loader),
    )


def _without_refusals(config: ModprobeConfig) -> ModprobeConfig:
    refusing = {Keyword.BLACKLIST, Keyword.ALIAS}
    kept = (d for d in config.directives if d.keyword not in refusing)
    return replace(config, directives=tuple(kept))


def _unrestricted(context: LoadContext, loader: Loader) -> Forecast:
    loader.request(SCTP)
    return _judged(context, loader, loader.causes, ())


def _boot_load(context: LoadContext, loader: Loader) -> Forecast:
    """Follow what systemd-modules-load does with its entries, in order."""
    system = context.system
    if not system.systemd or system.unit_masked_by:
        path = system.unit_masked_by
        text = "systemd-modules-load does not run on this node"
        cause = Cause(
            Reason.NOT_DECLARED_AT_BOOT, text, (Origin(path),) if path else ()
        )
        return Forecast(TriState.NO, (cause,))
    causes: list[Cause] = []
    entries: list[Origin] = []
    for entry in context.boot.entries:
        loader.causes = []
        touched = loader.request(entry.name, blacklist=True)
        if SCTP in touched or canonical(entry.name) == SCTP:
            entries.append(entry.origin)
            causes += loader.causes
    gaps, boot = context.boot.gaps, context.boot
    unseen = deciding_entries(boot, context.kernel, context.module, loader)
    if not entries:
        text = "no modules-load.d file and no kernel argument names sctp"
        causes.append(Cause(Reason.NOT_DECLARED_AT_BOOT, text))
        if not (gaps or _unread(context) or unseen):
            return Forecast(TriState.NO, tuple(causes))
    forecast = _judged(context, loader, causes, gaps)
    forecast = unless_added(forecast, unseen)
    if entries:
        forecast = doubted(forecast, context.modprobe.unseen_at_boot)
    return replace(forecast, entries=tuple(entries))


def _autoload(
    context: LoadContext,
    loader: Loader,
    helper: HelperFact,
    names: tuple[str, ...],
    *,
    gaps: tuple[Gap, ...] = (),
) -> Forecast:
    """Follow what the kernel does for a socket of an unknown protocol."""
    if loader.in_kernel(SCTP):
        return Forecast(TriState.YES)
    for name in names:
        loader.request(name)
        if SCTP in loader.loaded:
            break
    causes = loader.causes
    if context.tree.module(SCTP) and not any(map(loader.lookup, names)):
        text = f"modules.alias leads {names[-1]} nowhere: depmod has not run"
        causes = [*causes, Cause(Reason.MODULE_NOT_INDEXED, text)]
    forecast = _judged(context, loader, causes, gaps)
    forecast = _through_helper(forecast, helper, context.kernel)
    if forecast.likelihood == TriState.YES:
        confined = confined_cause(context.system, context.kernel)
        if confined:
            return Forecast(TriState.UNKNOWN, (*forecast.causes, confined))
    return forecast


def _through_helper(
    forecast: Forecast, helper: HelperFact, kernel: KernelFacts
) -> Forecast:
    if helper.kind == Helper.MODPROBE and not kernel.static_helper:
        return forecast
    cause = helper_cause(helper, static=kernel.static_helper)
    causes = (*forecast.causes, cause)
    certain = any(known.reason in ABSOLUTE for known in forecast.causes)
    if certain or cause.reason == Reason.MODPROBE_HELPER:
        return Forecast(TriState.NO, causes)
    return Forecast(TriState.UNKNOWN, causes)


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


def _judged(
    context: LoadContext, loader: Loader, causes: list[Cause], gaps: tuple[Gap, ...]
) -> Forecast:
    """Turn what the requests did into a forecast; gaps make it unknown."""
    loaded = loader.in_kernel(SCTP)
    fundamental = [] if loaded else _fundamental(context, loader)
    found = tuple(dict.fromkeys([*causes, *fundamental]))
    unread = _unread(context)
    absolute = any(cause.reason in ABSOLUTE for cause in fundamental)
    # No configuration overrules these, but they were read from the same node.
    if absolute and not unread:
        return Forecast(TriState.NO, found)
    unread = (*unread, *context.modprobe.gaps, *gaps)
    if unread:
        return Forecast(TriState.UNKNOWN, (*found, unreadable_cause(unread)))
    if loaded:
        return Forecast(TriState.YES, found)
    maybe = SCTP in loader.maybe
    return Forecast(TriState.UNKNOWN if maybe else TriState.NO, found)


def _unread(context: LoadContext) -> tuple[Gap, ...]:
    """Return what hides the kernel, its modules or the rules around them.

    Other switches of the kernel are None where they could not be read.
    """
    gaps = (*context.kernel.gaps, *context.system.gaps)
    deciding = (g for g in gaps if g.late or g.whole or g.path.startswith(_DECIDING))
    return (*deciding, *context.module.gaps)
