"""What would load sctp now and at the next boot: requests followed on paper."""

from dataclasses import dataclass, replace

from agent.facts import (
    BootFacts,
    Forecast,
    Gap,
    Helper,
    HelperFact,
    KernelFacts,
    Likelihood,
    ModprobeFacts,
    ModuleFacts,
    Prediction,
    SystemFacts,
)
from agent.findings import Cause, Origin, Reason
from agent.kernel.arguments import last, listed
from agent.kmod.config import ModprobeConfig
from agent.kmod.grammar import Keyword, canonical
from agent.kmod.insert import Kernel
from agent.kmod.request import Loader
from agent.kmod.rules import KmodRules
from agent.kmod.tree import Tree
from agent.obstacles import (
    ABSOLUTE,
    helper_cause,
    missing_cause,
    no_modules_cause,
    selinux_cause,
    unreadable_cause,
)

SCTP = "sctp"
_ONE_TO_ONE = ("net-pf-2-proto-132-type-1", "net-pf-2-proto-132")
# SOCK_RAW (3) finds the raw protocol and never asks for a module.
_ANY = tuple(
    f"net-pf-{family}-proto-132{kind}"
    for family in (2, 10)
    for kind in ("-type-1", "-type-2", "-type-4", "-type-5", "-type-6", "-type-10", "")
)
_DISABLED_KEY = "kernel.modules_disabled"
_EARLY_DISABLED_KEY = f"sysctl.{_DISABLED_KEY}"


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


def predict(situation: Situation) -> Prediction:
    """Follow the requests under every set of rules the node may have."""
    found = [
        _predict_one(situation, rules, config)
        for rules, config in situation.modprobe.configs
    ]
    if not found:
        return Prediction()
    if len(found) == 1:
        return found[0]
    return Prediction(
        autoload=_agreed([p.autoload for p in found]),
        any_autoload=_agreed([p.any_autoload for p in found]),
        boot_load=_agreed([p.boot_load for p in found]),
        boot_autoload=_agreed([p.boot_autoload for p in found]),
        boot_any_autoload=_agreed([p.boot_any_autoload for p in found]),
        unrestricted=_agreed([p.unrestricted for p in found]),
    )


def _agreed(forecasts: list[Forecast]) -> Forecast:
    if len({forecast.likelihood for forecast in forecasts}) == 1:
        return forecasts[0]
    text = "versions of kmod differ here and the node's version is not known"
    causes = [cause for forecast in forecasts for cause in forecast.causes]
    first = Cause(Reason.VERSION_DECIDES, text)
    return Forecast(Likelihood.UNKNOWN, tuple(dict.fromkeys([first, *causes])))


def _predict_one(
    situation: Situation, rules: KmodRules, config: ModprobeConfig
) -> Prediction:
    kernel = _kernel(situation.kernel)
    now = Loader(config, situation.tree, kernel, rules)
    now.loaded |= situation.module.live_modules
    helper = situation.kernel.helper
    any_now = replace(now, loaded=set(now.loaded), maybe=set(), causes=[])

    boot = Loader(config, situation.tree, _at_boot(kernel, situation.boot), rules)
    boot_load = _boot_load(situation, boot)
    boot.causes = []
    boot.kernel = _after_boot(boot.kernel, situation.boot)
    open_loader = Loader(_without_refusals(config), situation.tree, boot.kernel, rules)
    any_boot = replace(boot, loaded=set(boot.loaded), causes=[])
    return Prediction(
        autoload=_autoload(situation, now, helper, _ONE_TO_ONE),
        any_autoload=_autoload(situation, any_now, helper, _ANY),
        boot_load=boot_load,
        boot_autoload=_autoload(situation, boot, situation.boot_helper, _ONE_TO_ONE),
        boot_any_autoload=_autoload(situation, any_boot, situation.boot_helper, _ANY),
        unrestricted=_unrestricted(situation, open_loader),
    )


def _without_refusals(config: ModprobeConfig) -> ModprobeConfig:
    refusing = {Keyword.BLACKLIST, Keyword.ALIAS}
    kept = (d for d in config.directives if d.keyword not in refusing)
    return replace(config, directives=tuple(kept))


def _unrestricted(situation: Situation, loader: Loader) -> Forecast:
    loader.request(SCTP)
    return _judged(situation, loader, loader.causes, ())


def _kernel(facts: KernelFacts) -> Kernel:
    argument = last(facts.arguments, "module_blacklist")
    return Kernel(
        denied=listed(argument),
        denied_by=argument.origin if argument else Origin(""),
        modules_disabled=facts.modules_disabled,
        signatures_enforced=facts.signatures_enforced,
        enforced_by=facts.enforced_by,
    )


def _at_boot(kernel: Kernel, boot: BootFacts) -> Kernel:
    """Return the kernel as systemd-modules-load finds it: switches are reset."""
    early = boot.sysctls.get(_EARLY_DISABLED_KEY)
    if early and early.value == "1":
        return replace(kernel, modules_disabled=True, disabled_by=early.origin)
    return replace(kernel, modules_disabled=False)


def _after_boot(kernel: Kernel, boot: BootFacts) -> Kernel:
    """Return the kernel after systemd-sysctl, which follows modules-load."""
    late = boot.sysctls.get(_DISABLED_KEY)
    if late and late.value == "1" and not kernel.modules_disabled:
        return replace(kernel, modules_disabled=True, disabled_by=late.origin)
    return kernel


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
    declared = False
    for entry in situation.boot.entries:
        loader.causes = []
        touched = loader.request(entry.name, blacklist=True)
        if SCTP in touched or canonical(entry.name) == SCTP:
            declared = True
            causes += loader.causes
    if not declared:
        text = "no modules-load.d file and no kernel argument names sctp"
        causes.append(Cause(Reason.NOT_DECLARED_AT_BOOT, text))
        if not situation.boot.gaps:
            return Forecast(Likelihood.NO, tuple(causes))
    return _judged(situation, loader, causes, situation.boot.gaps)


def _autoload(
    situation: Situation, loader: Loader, helper: HelperFact, names: tuple[str, ...]
) -> Forecast:
    """Follow what the kernel does for a socket of an unknown protocol."""
    if loader.in_kernel(SCTP):
        return Forecast(Likelihood.YES)
    for name in names:
        loader.request(name)
        if SCTP in loader.loaded:
            break
    forecast = _judged(situation, loader, loader.causes, ())
    forecast = _through_helper(forecast, helper, situation.kernel)
    system = situation.system
    confined = system.selinux_enforcing and system.selinux_module_loading is False
    if confined and forecast.likelihood == Likelihood.YES:
        return Forecast(Likelihood.UNKNOWN, (*forecast.causes, selinux_cause()))
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
    if not situation.tree.aliases(_ONE_TO_ONE[1]):
        text = f"modules.alias leads {_ONE_TO_ONE[1]} nowhere: depmod has not run"
        return [*bare.causes, Cause(Reason.MODULE_NOT_INDEXED, text)]
    return bare.causes


def _judged(
    situation: Situation, loader: Loader, causes: list[Cause], gaps: tuple[Gap, ...]
) -> Forecast:
    """Turn what the requests did into a forecast; gaps make it unknown."""
    loaded = loader.in_kernel(SCTP)
    fundamental = [] if loaded else _fundamental(situation, loader)
    found = tuple(dict.fromkeys([*causes, *fundamental]))
    if any(cause.reason in ABSOLUTE for cause in fundamental):
        return Forecast(Likelihood.NO, found)
    unread = (*situation.modprobe.gaps, *situation.module.gaps, *gaps)
    if unread:
        return Forecast(Likelihood.UNKNOWN, (*found, unreadable_cause(unread)))
    if loaded:
        return Forecast(Likelihood.YES, found)
    maybe = SCTP in loader.maybe
    return Forecast(Likelihood.UNKNOWN if maybe else Likelihood.NO, found)
