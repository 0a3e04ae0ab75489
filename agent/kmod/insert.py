"""The kernel's part of loading a module: what it refuses, and why."""

from collections.abc import Callable
from dataclasses import dataclass

from agent.findings import Cause, Origin, Reason
from agent.kmod.grammar import Directive
from agent.kmod.tree import Health, Tree, TreeModule
from agent.names import CMDLINE, DISABLED, SCTP

# Parameters whose type is known; the kernel refuses a bad value (EINVAL).
_BOOLEANS = frozenset({(SCTP, "no_checksums")})
_TRUE_OR_FALSE = frozenset("yYnN10")
_SINCE_6_8 = frozenset("tTfF")  # accepted by newer kernels only


@dataclass(frozen=True, slots=True)
class KernelPolicy:
    """What the kernel enforces when a module is inserted.

    None stands for not known. *release* is the kernel's ("": not known), *blacklist*
    the names in module_blacklist=. *doubt* says why it is not known whether modules
    are disabled. *stopped_by* is the argument that may keep sctp from starting, or
    *stops* it for certain.
    """

    release: str = ""
    blacklist: tuple[str, ...] = ()
    denied_by: Origin = Origin(CMDLINE)
    modules_disabled: bool | None = False
    disabled_by: Origin = Origin(DISABLED)
    doubt: str = "kernel.modules_disabled could not be read"
    stopped_by: Origin | None = None
    stops: bool = False
    signatures_enforced: bool | None = False
    enforced_by: Origin = Origin("/sys/module/module/parameters/sig_enforce")


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an insertion fails; not *certain* when it merely may fail."""

    cause: Cause
    certain: bool = True


def refusal(
    kernel: KernelPolicy,
    tree: Tree,
    module: str,
    options: tuple[Directive, ...],
    present: Callable[[str], bool | None],
) -> Refusal | None:
    """Return why the kernel does not take *module*, None when it does.

    *present* tells whether a module is in the kernel, None when it may be.
    """
    entry = tree.module(module)
    if entry is None:
        text = f"there is no module {module} for this kernel"
        return Refusal(Cause(Reason.MODULE_MISSING, text))
    return (
        _policy(kernel, module)
        or _file(kernel, tree, entry)
        or _build(kernel, tree, entry)
        or _needs(tree, entry, present)
        or _options(module, options)
    )


def _policy(kernel: KernelPolicy, module: str) -> Refusal | None:
    if module in kernel.blacklist:
        text = f"the kernel argument `{kernel.denied_by.text}` denies {module}"
        reason = Reason.DENIED_BY_KERNEL_ARGUMENT
        return Refusal(Cause(reason, text, (kernel.denied_by,)))
    disabled = _disabled(kernel)
    if disabled and disabled.certain:
        return disabled
    if module == SCTP and kernel.stopped_by:
        cause = stopping_cause(kernel.stopped_by, stops=kernel.stops)
        return Refusal(cause, certain=kernel.stops)
    return disabled


def stopping_cause(argument: Origin, *, stops: bool) -> Cause:
    """Say that `initcall_blacklist=` keeps sctp from starting, or that it may."""
    if stops:
        text = f"the kernel argument `{argument.text}` keeps sctp from starting"
        return Cause(Reason.DENIED_BY_KERNEL_ARGUMENT, text, (argument,))
    text = f"whether the kernel heeds `{argument.text}` is not known"
    return Cause(Reason.FACT_UNREADABLE, text, (argument,))


def _disabled(kernel: KernelPolicy) -> Refusal | None:
    if kernel.modules_disabled is False:
        return None
    evidence = (kernel.disabled_by,)
    if kernel.modules_disabled:
        text = "kernel.modules_disabled=1 refuses to load any module"
        return Refusal(Cause(Reason.MODULES_DISABLED, text, evidence))
    cause = Cause(Reason.FACT_UNREADABLE, kernel.doubt, evidence)
    return Refusal(cause, certain=False)


def _file(kernel: KernelPolicy, tree: Tree, entry: TreeModule) -> Refusal | None:
    health = tree.health(entry.path)
    own = entry.name == SCTP
    evidence = (Origin(entry.path),)
    match health:
        case Health.GOOD:
            return None
        case Health.MISSING:
            reason = Reason.MODULE_MISSING if own else Reason.DEPENDENCY_MISSING
            text = f"modules.dep names {entry.path}, which does not exist"
            return Refusal(Cause(reason, text, evidence))
        case Health.DAMAGED:
            reason = Reason.MODULE_DAMAGED if own else Reason.DEPENDENCY_DAMAGED
            text = f"{entry.path} is truncated or no module"
            return Refusal(Cause(reason, text, evidence))
        case Health.UNSIGNED:
            return _signature_refusal(kernel, entry)
    text = f"{entry.path} could not be read"
    return Refusal(Cause(Reason.FACT_UNREADABLE, text, evidence), certain=False)


def _build(kernel: KernelPolicy, tree: Tree, entry: TreeModule) -> Refusal | None:
    """Compare what the module was built for with the kernel and with what it needs.

    The kernel refuses another version or other options (kernel/module/main.c,
    same_magic). With modversions the version is not compared, but symbols are, which
    is not followed here: such modules are made to fit more than one kernel.
    """
    magic = tree.magic(entry.path)
    built_for, _, options = magic.partition(" ")
    evidence = [Origin(entry.path, None, f"vermagic={magic}")]
    text = ""
    if not magic:
        return None
    versions = "modversions" in options.split()
    if kernel.release and built_for != kernel.release and not versions:
        text = f"{entry.path} was built for {built_for}, not for {kernel.release}"
    for need in filter(None, map(tree.module, entry.needs)):
        other = tree.magic(need.path).partition(" ")[2].strip()
        if other and other != options.strip() and not text:
            text = f"{entry.path} was built with other options than {need.path}"
            evidence.append(Origin(need.path, None, f"vermagic=… {other}"))
    if not text:
        return None
    return Refusal(Cause(Reason.MODULE_OF_OTHER_BUILD, text, tuple(evidence)))


def _signature_refusal(kernel: KernelPolicy, entry: TreeModule) -> Refusal | None:
    if kernel.signatures_enforced is False:
        return None
    evidence = (kernel.enforced_by, Origin(entry.path))
    if kernel.signatures_enforced:
        text = f"the kernel takes signed modules only and {entry.path} has no signature"
        return Refusal(Cause(Reason.SIGNATURE_REQUIRED, text, evidence))
    text = f"{entry.path} has no signature; whether one is enforced is not known"
    return Refusal(Cause(Reason.FACT_UNREADABLE, text, evidence), certain=False)


def _needs(
    tree: Tree, entry: TreeModule, present: Callable[[str], bool | None]
) -> Refusal | None:
    absent = [need for need in entry.needs if not present(need)]
    if not absent:
        return None
    for need in filter(None, map(tree.module, absent)):
        if tree.health(need.path) == Health.MISSING:
            text = f"modules.dep names {need.path}, which does not exist"
            evidence = (Origin(need.path),)
            return Refusal(Cause(Reason.DEPENDENCY_MISSING, text, evidence))
    text = f"{entry.name} needs {', '.join(absent)}, which did not get loaded"
    certain = any(present(need) is False for need in absent)
    reason = Reason.DEPENDENCY_OVERRIDDEN
    if not certain:
        reason = Reason.INSTALL_COMMAND_OPAQUE
    return Refusal(Cause(reason, text), certain)


def _options(module: str, options: tuple[Directive, ...]) -> Refusal | None:
    for directive in options:
        for word in directive.value.split():
            name, equals, value = word.partition("=")
            if (module, name.replace("-", "_")) not in _BOOLEANS or not equals:
                continue
            verdict = _boolean(value.strip('"'))
            if verdict is not True:
                origin = directive.origin
                text = f"`{origin.text}` at {origin} gives {module} a bad value"
                cause = Cause(Reason.BAD_MODULE_OPTION, text, (origin,))
                return Refusal(cause, certain=verdict is False)
    return None


def _boolean(value: str) -> bool | None:
    """Tell whether kstrtobool takes *value*, None where kernels differ."""
    if value[:1] in _TRUE_OR_FALSE and value:
        return True
    if value[:1] in _SINCE_6_8 and value:
        return None
    return value[:1] in {"o", "O"} and value[1:2] in {*"nNfF"}
