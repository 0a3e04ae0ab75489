"""What would load sctp now and at the next boot: requests followed on paper."""

from dataclasses import dataclass, replace
from functools import partial

from agent.agreement import agreed
from agent.facts import (
    BootFacts,
    Gap,
    Helper,
    HelperFact,
    KernelFacts,
    ModprobeFacts,
    ModuleFacts,
    SystemFacts,
)
from agent.findings import Cause, Origin, Reason
from agent.forecasts import Forecast, Likelihood, Prediction, undecided
from agent.kernel.arguments import PATH as ARGUMENTS
from agent.kmod.config import ModprobeConfig
from agent.kmod.grammar import Keyword, canonical
from agent.kmod.request import Loader
from agent.kmod.rules import KmodRules
from agent.kmod.tree import Tree
from agent.obstacles import (
    ABSOLUTE,
    confined_cause,
    helper_cause,
    missing_cause,
    no_modules_cause,
    unreadable_cause,
)
from agent.switches import switches_after_boot, switches_at_boot, switches_now
from agent.unseen import (
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


@dataclass(frozen=True, slots=True)
class Situation:
    """All that a prediction depends on; *boot_helper* is kernel.modprobe then."""

    kernel: KernelFacts
    system: SystemFacts
    modprobe: ModprobeFacts
    boot: BootFacts
    module: ModuleFacts
    tree: Tree
    boot_helper: HelperFact


def predict(now: Situation, boot: Situation) -> Prediction:
    """Follow the requests under every set of rules the node may have.

    *boot* is the situation of the kernel that boots next; often it is *now*.
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
    return Prediction(autoload, any_autoload, load, later, any_later, unrestricted)


def _predict_now(
    situation: Situation, rules: KmodRules, config: ModprobeConfig
) -> tuple[Forecast, ...]:
    """Return the forecasts for a one-to-one IPv4 socket and for any socket."""
    kernel = switches_now(situation.kernel)
    if not situation.kernel.live:  # a node that has just booted
        kernel = switches_at_boot(kernel, situation.boot)
    loader = Loader(config, situation.tree, kernel, rules)
    loader.loaded |= situation.module.live_modules
    any_loader = replace(loader, loaded=set(loader.loaded), maybe=set(), causes=[])
    helper, unseen = situation.kernel.helper, situation.modprobe.unseen
    return (
        doubted(_autoload(situation, loader, helper, _ONE_TO_ONE), unseen),
        doubted(_autoload(situation, any_loader, helper, _ANY), unseen),
    )


def _predict_boot(
    situation: Situation, rules: KmodRules, config: ModprobeConfig
) -> tuple[Forecast, ...]:
    """Return the forecasts for the load at boot, then as for now, then bare."""
    booting = switches_at_boot(switches_now(situation.kernel), situation.boot)
    boot = Loader(config, situation.tree, booting, rules)
    boot_load = _boot_load(situation, boot)
    boot.causes = []
    if boot_load.likelihood != Likelihood.YES:
        boot.loaded.discard(SCTP)
    boot.kernel = switches_after_boot(boot.kernel, situation.boot)
    open_loader = Loader(_without_refusals(config), situation.tree, boot.kernel, rules)
    any_boot = replace(boot, loaded=set(boot.loaded), maybe=set(boot.maybe), causes=[])
    helper, unseen = situation.boot_helper, situation.modprobe.unseen_at_boot
    settings = deciding_settings(situation.boot, situation.kernel, helper, boot.kernel)
    gaps = (*situation.boot.gaps, *settings)
    autoload = partial(_autoload, situation, helper=helper, gaps=gaps)
    return (
        boot_load,
        doubted(autoload(boot, names=_ONE_TO_ONE), unseen),
        doubted(autoload(any_boot, names=_ANY), unseen),
        _unrestricted(situation, open_loader),
    )


def _without_refusals(config: ModprobeConfig) -> ModprobeConfig:
    refusing = {Keyword.BLACKLIST, Keyword.ALIAS}
    kept = (d for d in config.directives if d.keyword not in refusing)
    return replace(config, directives=tuple(kept))


def _unrestricted(situation: Situation, loader: Loader) -> Forecast:
    loader.request(SCTP)
    return _judged(situation, loader, loader.causes, ())


def _boot_load(situation: Situation, loader: Loader) -> Forecast:
    """Follow what systemd-modules-load does with its entries, in order."""
    system = situation.system
    if not system.systemd or system.unit_masked_by:
        path = system.unit_masked_by
        text = "systemd-modules-load does not run on this node"
        cause = Cause(
            Reason.NOT_DECLARED_AT_BOOT, text, (Origin(path),) if path else ()
        )
        return Forecast(Likelihood.NO, (cause,))
    causes: list[Cause] = []
    entries: list[Origin] = []
    for entry in situation.boot.entries:
        loader.causes = []
        touched = loader.request(entry.name, blacklist=True)
        if SCTP in touched or canonical(entry.name) == SCTP:
            entries.append(entry.origin)
            causes += loader.causes
    gaps, boot = situation.boot.gaps, situation.boot
    unseen = deciding_entries(boot, situation.kernel, situation.module, loader)
    if not entries:
        text = "no modules-load.d file and no kernel argument names sctp"
        causes.append(Cause(Reason.NOT_DECLARED_AT_BOOT, text))
        if not (gaps or _unread(situation) or unseen):
            return Forecast(Likelihood.NO, tuple(causes))
    forecast = _judged(situation, loader, causes, gaps)
    forecast = unless_added(forecast, unseen)
    if entries:
        forecast = doubted(forecast, situation.modprobe.unseen_at_boot)
    return replace(forecast, entries=tuple(entries))


def _autoload(
    situation: Situation,
    loader: Loader,
    helper: HelperFact,
    names: tuple[str, ...],
    *,
    gaps: tuple[Gap, ...] = (),
) -> Forecast:
    """Follow what the kernel does for a socket of an unknown protocol."""
    if loader.in_kernel(SCTP):
        return Forecast(Likelihood.YES)
    for name in names:
        loader.request(name)
        if SCTP in loader.loaded:
            break
    causes = loader.causes
    if situation.tree.module(SCTP) and not any(map(loader.lookup, names)):
        text = f"modules.alias leads {names[-1]} nowhere: depmod has not run"
        causes = [*causes, Cause(Reason.MODULE_NOT_INDEXED, text)]
    forecast = _judged(situation, loader, causes, gaps)
    forecast = _through_helper(forecast, helper, situation.kernel)
    if forecast.likelihood == Likelihood.YES:
        confined = confined_cause(situation.system, situation.kernel)
        if confined:
            return Forecast(Likelihood.UNKNOWN, (*forecast.causes, confined))
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
        return Forecast(Likelihood.NO, causes)
    return Forecast(Likelihood.UNKNOWN, causes)


def _fundamental(situation: Situation, loader: Loader) -> list[Cause]:
    """Return what would stand in the way even without any configuration."""
    bare = Loader(ModprobeConfig(), situation.tree, loader.kernel, loader.rules)
    bare.loaded |= loader.loaded
    bare.request(SCTP)
    if situation.kernel.modular is False:
        return [no_modules_cause()]
    if situation.tree.module(SCTP) is None:
        return [missing_cause(situation.module, situation.kernel)]
    return bare.causes


def _judged(
    situation: Situation, loader: Loader, causes: list[Cause], gaps: tuple[Gap, ...]
) -> Forecast:
    """Turn what the requests did into a forecast; gaps make it unknown."""
    loaded = loader.in_kernel(SCTP)
    fundamental = [] if loaded else _fundamental(situation, loader)
    found = tuple(dict.fromkeys([*causes, *fundamental]))
    unread = _unread(situation)
    absolute = any(cause.reason in ABSOLUTE for cause in fundamental)
    # No configuration overrules these, but they were read from the same node.
    if absolute and not unread:
        return Forecast(Likelihood.NO, found)
    unread = (*unread, *situation.modprobe.gaps, *gaps)
    if unread:
        return Forecast(Likelihood.UNKNOWN, (*found, unreadable_cause(unread)))
    if loaded:
        return Forecast(Likelihood.YES, found)
    maybe = SCTP in loader.maybe
    return Forecast(Likelihood.UNKNOWN if maybe else Likelihood.NO, found)


def _unread(situation: Situation) -> tuple[Gap, ...]:
    """Return what hides the kernel, its modules or the rules around them.

    Other switches of the kernel are None where they could not be read.
    """
    gaps = (*situation.kernel.gaps, *situation.system.gaps)
    deciding = (g for g in gaps if g.late or g.whole or g.path.startswith(_DECIDING))
    return (*deciding, *situation.module.gaps)
