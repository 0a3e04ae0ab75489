"""Is sctp loaded in the course of a boot? The listed modules, then everything else."""

from dataclasses import replace

from agent.facts import BootLoad, Gap, Helper, Init
from agent.findings import Cause, ModuleState, Origin, Reason
from agent.kmod.grammar import canonical
from agent.kmod.request import Loader
from agent.loading.causes import unreadable_cause
from agent.loading.conclude import conclude, unread
from agent.loading.context import LoadContext
from agent.loading.forecast import Forecast, TriState
from agent.loading.kernel_policy import switches_after_boot
from agent.loading.partial_view import deciding_entries, doubt, doubt_absence
from agent.names import SCTP

_PLAIN_MODPROBE = frozenset({Init.OPENRC, Init.SYSVINIT})


def boot_load(context: LoadContext, loader: Loader) -> Forecast:
    """Follow all that loads modules at a boot; *loader* is the kernel as it begins."""
    diversion = context.boot.diverted_by
    if diversion.path:
        text = f"the argument `{diversion.text}` makes a boot start something else"
        cause = Cause(Reason.BOOT_LOAD_OPAQUE, text, (diversion,))
        return _uncertain(context, loader, cause)
    forecast = _by_service(context, loader)
    for load in context.boot.loads:
        if forecast.likelihood == TriState.YES:
            break
        forecast = _with(forecast, load, context, loader)
    unseen = _deciding(context)
    if forecast.likelihood == TriState.NO and unseen:
        any_unit = BootLoad(SCTP, Origin(unseen[0].path), "")
        text = f"what else is loaded at boot could not be read: {unseen[0]}"
        return _with(forecast, any_unit, context, loader, text)
    return forecast


def _deciding(context: LoadContext) -> tuple[Gap, ...]:
    """Return the unseen places in which something may load sctp.

    Those that were not given are as they were at the last boot: a running kernel
    without sctp shows that nothing in them loaded it.
    """
    unseen, module = context.boot.unseen_loads, context.module
    if context.kernel.live and module.state in {
        ModuleState.LOADABLE,
        ModuleState.MISSING,
    }:
        return tuple(gap for gap in unseen if not gap.withheld)
    return unseen


def _by_service(context: LoadContext, loader: Loader) -> Forecast:
    """Follow the service that loads the listed modules, or say that it is off."""
    service, boot = context.system.service, context.boot
    if service.init in {Init.OTHER, Init.UNKNOWN}:
        text = "what loads modules at a boot of this node is not known"
        if service.init == Init.OTHER:
            text = "this node has no systemd, and what its init loads is not read"
        return _uncertain(context, loader, Cause(Reason.BOOT_LOAD_OPAQUE, text))
    if boot.masked_by.path:
        return _off(
            f"systemd-modules-load is masked by `{boot.masked_by.text}`", boot.masked_by
        )
    if service.off:
        return _off(service.off, service.off_by)
    forecast = _by_entries(context, loader)
    if forecast.likelihood != TriState.YES or not (service.unseen or service.doubts):
        return forecast
    if service.unseen:
        cause = unreadable_cause(service.unseen)
    else:
        first = service.doubts[0]
        text = f"whether systemd-modules-load runs depends on `{first.text}` at {first}"
        cause = Cause(Reason.BOOT_LOAD_OPAQUE, text, service.doubts)
    return replace(
        forecast, likelihood=TriState.UNKNOWN, causes=(*forecast.causes, cause)
    )


def _off(text: str, origin: Origin) -> Forecast:
    evidence = (origin,) if origin.path else ()
    return Forecast(TriState.NO, (Cause(Reason.NOT_DECLARED_AT_BOOT, text, evidence),))


def _by_entries(context: LoadContext, loader: Loader) -> Forecast:
    """Follow the entries in order, as this init asks for them.

    systemd-modules-load heeds a blacklist; sysvinit calls modprobe without one, OpenRC
    as its script says.
    """
    init = context.system.service.init
    heeds = context.boot.heeds_blacklist if init in _PLAIN_MODPROBE else True
    if heeds is None:
        return _whether_heeded(context, loader)
    causes: list[Cause] = []
    entries: list[Origin] = []
    for entry in context.boot.entries:
        loader.causes = []
        modules = loader.request(entry.name, blacklist=heeds)
        if SCTP in modules or canonical(entry.name) == SCTP:
            entries.append(entry.origin)
            causes += loader.causes
    gaps, boot = context.boot.gaps, context.boot
    unseen = deciding_entries(boot, context.kernel, context.module, loader)
    if not entries:
        causes.append(_no_entry(context))
        if not (gaps or unread(context) or unseen):
            return Forecast(TriState.NO, tuple(causes))
    forecast = conclude(context, loader, causes, gaps)
    forecast = doubt_absence(forecast, unseen)
    if entries:
        forecast = doubt(forecast, context.modprobe.unseen_at_boot)
        if init in _PLAIN_MODPROBE:
            forecast = _by_modprobe(forecast, context, entries)
    return replace(forecast, entries=tuple(entries))


def _whether_heeded(context: LoadContext, loader: Loader) -> Forecast:
    """Return what holds whether or not the service heeds a blacklist."""
    answers = []
    for heeds in (False, True):
        boot = replace(context.boot, heeds_blacklist=heeds)
        attempt = loader.fork()
        answers.append(_by_entries(replace(context, boot=boot), attempt))
    plain, heeding = answers
    loader.loaded = attempt.loaded  # of the stricter one, so for certain
    if plain.likelihood == heeding.likelihood:
        return plain
    text = "whether OpenRC's service modules heeds a blacklist is not known"
    cause = Cause(Reason.BOOT_LOAD_OPAQUE, text, plain.entries)
    causes = (*heeding.causes, cause)
    return Forecast(TriState.UNKNOWN, causes, plain.entries)


def _no_entry(context: LoadContext) -> Cause:
    boot = context.boot
    text = "no modules-load.d file and no kernel argument names sctp"
    if boot.in_vain:
        first = boot.in_vain[0]
        is_read = "/modules-load.d/" in first.path and first.path.endswith(".conf")
        why = "names no module that is looked for" if is_read else "is in no such file"
        text += f": `{first.text}` at {first} {why}"
    elif boot.fleeting:
        text += f" after a reboot: {boot.fleeting[0]} is gone then"
    return Cause(Reason.NOT_DECLARED_AT_BOOT, text, (*boot.in_vain, *boot.fleeting))


def _by_modprobe(
    forecast: Forecast, context: LoadContext, entries: list[Origin]
) -> Forecast:
    """Return *forecast* if modprobe is kmod's; another one has other rules."""
    if context.boot_helper.kind == Helper.MODPROBE:
        return forecast
    text = f"the modprobe that {context.system.service.init} calls is not kmod's"
    cause = Cause(Reason.BOOT_LOAD_OPAQUE, text, tuple(entries))
    return Forecast(TriState.UNKNOWN, (*forecast.causes, cause))


def _with(
    forecast: Forecast,
    load: BootLoad,
    context: LoadContext,
    loader: Loader,
    text: str = "",
) -> Forecast:
    """Return *forecast*, changed by what *load* would certainly or perhaps do."""
    attempt = loader.fork()
    attempt.kernel = switches_after_boot(loader.kernel, context.boot)
    attempt.request(load.module, blacklist=load.blacklist)
    then = conclude(context, attempt, attempt.causes, context.boot.gaps)
    then = doubt(then, context.modprobe.unseen_at_boot)
    if then.likelihood == TriState.NO:
        return forecast
    kmod = context.boot_helper.kind == Helper.MODPROBE
    entries = (*forecast.entries, load.origin)
    if then.likelihood == TriState.YES and load.certain and kmod:
        return Forecast(TriState.YES, (), entries)
    place = f"`{load.origin.text}` at {load.origin}"
    default = (
        f"{load.by} loads sctp at boot by {place}: whether that works is not known"
    )
    cause = Cause(Reason.BOOT_LOAD_OPAQUE, text or default, (load.origin,))
    causes = (*forecast.causes, cause)
    return Forecast(TriState.UNKNOWN, causes, forecast.entries)


def _uncertain(context: LoadContext, loader: Loader, cause: Cause) -> Forecast:
    """Return unknown for *cause*, unless no configuration could load sctp."""
    attempt = loader.fork()
    attempt.request(SCTP)
    then = conclude(context, attempt, attempt.causes, ())
    if then.likelihood == TriState.NO:
        nothing = replace(cause, reason=Reason.NOT_DECLARED_AT_BOOT)
        return replace(then, causes=(*then.causes, nothing))
    return Forecast(TriState.UNKNOWN, (*then.causes, cause), _entry_origins(context))


def _entry_origins(context: LoadContext) -> tuple[Origin, ...]:
    return tuple(e.origin for e in context.boot.entries if canonical(e.name) == SCTP)
