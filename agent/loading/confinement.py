"""What SELinux keeps an ordinary container from, now and after the next boot."""

from agent.facts import KernelFacts, NodeFacts, SystemFacts
from agent.findings import Cause, Origin, Reason
from agent.kernel.arguments import Argument, split
from agent.loading.forecast import Forecast, TriState
from agent.selinux import booleans
from agent.selinux.contexts import type_of
from agent.selinux.facts import SELinuxFacts
from agent.selinux.mode import Mode, configured_mode, switched_off_by

CONFIG = "/etc/selinux/config"
POLICY = "/sys/fs/selinux/policy"
_SHOWN = "/sys/fs/selinux"
_BOOLEAN = f"{_SHOWN}/booleans/{booleans.NAME}"
#: The domain that the one boolean is known to decide over.
_CONTAINER = "container_t"
_RHCOS = frozenset({"rhcos", "scos"})
_LATER_RHCOS = ("rhel", "coreos")  # since OpenShift 4.19


def mode(facts: NodeFacts) -> Mode:
    """Return the mode now, or that of a node at rest when it boots."""
    return _mode(facts.system, facts.kernel, None)


def load_cause(
    system: SystemFacts,
    running: KernelFacts,
    boot: tuple[Argument, ...] | None = None,
) -> Cause | None:
    """Say that a container's process may not, or perhaps may not, request modules.

    With *boot*, the arguments of the next boot, this is about the time after it.
    """
    effective = _mode(system, running, boot)
    if effective in {Mode.OFF, Mode.PERMISSIVE}:
        return None
    if effective == Mode.UNKNOWN:
        return _unknown_mode(system.selinux)
    return _policy_cause(system, at_boot=boot is not None or not running.live)


def boot_load_cause(facts: NodeFacts) -> Cause | None:
    """Say the same of the time after the next boot."""
    return load_cause(facts.system, facts.kernel, _boot_arguments(facts))


def socket_cause(facts: NodeFacts, *, at_boot: bool) -> Cause | None:
    """Say that the policy denies SCTP sockets to a container's process."""
    selinux = facts.system.selinux
    boot = _boot_arguments(facts) if at_boot else None
    enforcing = _mode(facts.system, facts.kernel, boot) == Mode.ENFORCING
    if not (enforcing and selinux.denials):
        return None
    permissions = ", ".join(selinux.denials)
    text = f"SELinux denies SCTP sockets to {selinux.label}: {permissions}"
    return Cause(Reason.SELINUX_DENIES_SOCKET, text, (Origin(POLICY),))


def confine(forecast: Forecast, cause: Cause | None) -> Forecast:
    """Return what *forecast*, of an unconfined process, is for a container's.

    A request that SELinux denies is never made, whatever modprobe would do.
    """
    if cause is None:
        return forecast
    if cause.reason == Reason.SELINUX_DENIES_LOAD:
        certain = forecast.likelihood == TriState.NO
        others = forecast.causes if certain else ()
        return Forecast(TriState.NO, (*others, cause))
    if forecast.likelihood == TriState.NO:
        return forecast
    return Forecast(TriState.UNKNOWN, (*forecast.causes, cause))


def _boot_arguments(facts: NodeFacts) -> tuple[Argument, ...]:
    if facts.kernel.live and facts.next.release:
        return tuple(split(facts.next.command_line))
    return facts.kernel.arguments


def _mode(
    system: SystemFacts, running: KernelFacts, boot: tuple[Argument, ...] | None
) -> Mode:
    """Return the mode now, with *boot* after a boot with these arguments."""
    selinux = system.selinux
    if selinux.hidden or (boot is None and running.live):
        return selinux.mode
    if selinux.absent and not switched_off_by(running.arguments):
        return Mode.OFF  # the kernel has none, and no argument is why
    if selinux.no_policy and selinux.setting == "":
        return Mode.OFF  # nobody loads one
    if selinux.setting is None:
        return Mode.UNKNOWN
    then = configured_mode(selinux.setting, running.arguments if boot is None else boot)
    if selinux.setting or then != Mode.UNKNOWN:
        return then
    if selinux.mode != Mode.UNKNOWN:
        return selinux.mode  # nobody configures it: it stays as it is
    return Mode.ENFORCING if _is_rhcos(system) else Mode.OFF


def _is_rhcos(system: SystemFacts) -> bool:
    """Tell whether SELinux is as OpenShift ships it: enforcing, the boolean off."""
    return system.os_id in _RHCOS or (system.os_id, system.variant) == _LATER_RHCOS


def _unknown_mode(selinux: SELinuxFacts) -> Cause:
    if selinux.hidden:
        text = "SELinux may let only unconfined processes load sctp: it is not shown "
        text += "to the agent"
        return Cause(Reason.SELINUX_DECIDES, text, (Origin(_SHOWN),))
    text = f"whether SELinux enforces is not known: {selinux.problem or CONFIG}"
    return Cause(Reason.FACT_UNREADABLE, text, (Origin(CONFIG),))


def _policy_cause(system: SystemFacts, *, at_boot: bool) -> Cause | None:
    """Return what the policy in the kernel says, else what the files say of it."""
    selinux = system.selinux
    states = {selinux.boolean, selinux.boolean_setting}
    changes = at_boot and states == {True, False}  # as `setsebool` without -P leaves it
    if selinux.may_load is not None and not changes:
        if selinux.may_load:
            return None
        text = f"its policy denies {selinux.label} to request modules"
        return _denial(text, Origin(POLICY))
    if at_boot and selinux.boolean_setting:
        return None
    if selinux.problem:
        text = "whether SELinux lets containers load sctp is not known: "
        return Cause(Reason.SELINUX_DECIDES, text + selinux.problem, (Origin(POLICY),))
    shipped = _is_rhcos(system)
    if type_of(selinux.label) == _CONTAINER or (shipped and not selinux.label):
        if selinux.boolean_setting is False:
            return _denial(f"{booleans.NAME} is off", Origin(_BOOLEAN))
        if shipped:
            text = f"{booleans.NAME} is off as shipped with RHCOS"
            return _denial(text, Origin(CONFIG))
    text = f"SELinux enforces, and the files do not say whether {booleans.NAME} is on"
    if selinux.boolean_setting is False:
        who = selinux.label or "containers, whose label is not known,"
        text = f"SELinux enforces, and the files do not say what it lets {who} do"
    return Cause(Reason.SELINUX_DECIDES, text, (Origin(CONFIG),))


def _denial(why: str, origin: Origin) -> Cause:
    text = f"SELinux lets only unconfined processes load sctp: {why}"
    return Cause(Reason.SELINUX_DENIES_LOAD, text, (origin,))
