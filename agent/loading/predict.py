"""What would load sctp now and at the next boot: requests followed on paper."""

from dataclasses import replace
from functools import partial

from agent.facts import (
    Gap,
    Helper,
    HelperFact,
    KernelFacts,
)
from agent.findings import Cause, ModuleState, Reason
from agent.kmod.config import ModprobeConfig
from agent.kmod.grammar import Keyword
from agent.kmod.request import Loader
from agent.kmod.rules import KmodRules
from agent.loading.agreement import agree
from agent.loading.boot_load import boot_load
from agent.loading.causes import (
    ABSOLUTE,
    helper_cause,
    unreadable_cause,
)
from agent.loading.conclude import conclude
from agent.loading.confinement import confine, load_cause
from agent.loading.context import LoadContext
from agent.loading.forecast import Forecast, LoadForecasts, TriState, unknown_forecasts
from agent.loading.kernel_policy import (
    stopping,
    switches_after_boot,
    switches_at_boot,
    switches_now,
)
from agent.loading.partial_view import (
    deciding_settings,
    doubt,
)
from agent.loading.removal import removal
from agent.names import SCTP

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
        return unknown_forecasts(unreadable_cause(gaps))
    autoload, any_autoload = agree(
        _predict_now(now, rules, config) for rules, config in now.modprobe.configs
    )
    load, later, any_later, unrestricted = agree(
        _predict_boot(boot, rules, config) for rules, config in boot.modprobe.configs
    )
    # Before modules-load has run, on a node at rest, there is no container.
    declared = load.likelihood == TriState.YES
    if not (_in_kernel(now) or (declared and not now.kernel.live)):
        autoload = confine(autoload, load_cause(now.system, now.kernel))
    if not (declared or boot.module.state == ModuleState.BUILTIN):
        cause = load_cause(boot.system, now.kernel, boot.kernel.arguments)
        later = confine(later, cause)
    stopped = (
        stopping(boot.kernel) if boot.module.state == ModuleState.BUILTIN else None
    )
    if stopped:
        certain = stopped.reason == Reason.DENIED_BY_KERNEL_ARGUMENT
        forecast = Forecast(TriState.NO if certain else TriState.UNKNOWN, (stopped,))
        load = later = any_later = forecast
        if not now.kernel.live:
            autoload = any_autoload = forecast
    ways = (autoload, any_autoload, load, later, any_later, unrestricted)
    return LoadForecasts(*ways, removal(now), stopped)


def _in_kernel(context: LoadContext) -> bool:
    return context.module.state in {ModuleState.LOADED, ModuleState.BUILTIN}


def _predict_now(
    context: LoadContext, rules: KmodRules, config: ModprobeConfig
) -> tuple[Forecast, ...]:
    """Return the forecasts for a one-to-one IPv4 socket and for any socket."""
    kernel, programs = switches_now(context.kernel), context.modprobe.programs
    if not context.kernel.live:  # a node that has just booted
        kernel = switches_at_boot(kernel, context.kernel, context.boot)
    loader = Loader(config, context.tree, kernel, rules, programs)
    loader.loaded |= context.module.live_modules
    # A loader of its own: what the first forecast loaded answers no question of the
    # second, which has to weigh what was not read again.
    any_loader = loader.fork()
    helper, unseen = context.kernel.helper, context.modprobe.unseen
    return (
        doubt(_autoload(context, loader, helper, _ONE_TO_ONE), unseen),
        doubt(_autoload(context, any_loader, helper, _ANY), unseen),
    )


def _predict_boot(
    context: LoadContext, rules: KmodRules, config: ModprobeConfig
) -> tuple[Forecast, ...]:
    """Return the forecasts for the load at boot, then as for now, then bare."""
    programs = context.modprobe.programs
    booting = switches_at_boot(
        switches_now(context.kernel), context.kernel, context.boot
    )
    boot = Loader(config, context.tree, booting, rules, programs)
    load = boot_load(context, boot)
    boot.causes = []
    if load.likelihood != TriState.YES:
        boot.loaded.discard(SCTP)
    boot.kernel = switches_after_boot(boot.kernel, context.boot)
    open_loader = Loader(
        _without_refusals(config), context.tree, boot.kernel, rules, programs
    )
    any_boot = boot.fork()
    helper, unseen = context.boot_helper, context.modprobe.unseen_at_boot
    settings = deciding_settings(context.boot, context.kernel, helper, boot.kernel)
    gaps = (*context.boot.gaps, *settings)
    autoload = partial(_autoload, context, helper=helper, gaps=gaps)
    return (
        load,
        doubt(autoload(boot, names=_ONE_TO_ONE), unseen),
        doubt(autoload(any_boot, names=_ANY), unseen),
        _unrestricted(context, open_loader),
    )


def _without_refusals(config: ModprobeConfig) -> ModprobeConfig:
    refusing = {Keyword.BLACKLIST, Keyword.ALIAS}
    others = (d for d in config.directives if d.keyword not in refusing)
    return replace(config, directives=tuple(others))


def _unrestricted(context: LoadContext, loader: Loader) -> Forecast:
    loader.request(SCTP)
    return conclude(context, loader, loader.causes, ())


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
    forecast = conclude(context, loader, causes, gaps)
    return _through_helper(forecast, helper, context.kernel)


def _through_helper(
    forecast: Forecast, helper: HelperFact, kernel: KernelFacts
) -> Forecast:
    cause = helper_cause(helper, static=kernel.static_helper)
    if kernel.unread_options:  # it may be built to call a fixed one
        cause = unreadable_cause(kernel.unread_options)
    elif helper.kind == Helper.MODPROBE and not kernel.static_helper:
        return forecast
    causes = (*forecast.causes, cause)
    # As it is judged: what was not read may overrule a cause that is absolute.
    absolute = any(earlier.reason in ABSOLUTE for earlier in forecast.causes)
    certain = absolute and forecast.likelihood == TriState.NO
    if certain or cause.reason == Reason.MODPROBE_HELPER:
        return Forecast(TriState.NO, causes)
    return Forecast(TriState.UNKNOWN, causes)
