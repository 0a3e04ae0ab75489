"""What to do about a cause on this node, in the words of its operating system."""

import posixpath
from dataclasses import replace

from agent.facts import Helper, NodeFacts
from agent.findings import Cause, ModuleState, Reason
from agent.loading.assessment import Assessment
from agent.loading.confinement import boot_load_cause, load_cause
from agent.loading.forecast import Removal, TriState
from agent.names import CMDLINE, DISABLED
from agent.verdict.argument_removal import removal_of
from agent.verdict.obstacle_texts import BY_OBSTACLE, SET_BY_SOMETHING
from agent.verdict.packages import package_for
from agent.verdict.platforms import Platform, platform_of
from agent.verdict.remedy_texts import (
    AKS,
    AKS_FILE,
    ARCHIVE,
    BUILT_IN,
    BY_REASON,
    DECLARED,
    MASK,
    OWN_FILE,
    UNDECLARED,
)
from agent.verdict.removals import WAYS, WRITES_DECLARATION, by_hand

_OF_LINES = frozenset(
    {
        Reason.ALIAS_DIVERTED,
        Reason.BLACKLISTED,
        Reason.BLACKLISTED_BY_KERNEL_ARGUMENT,
        Reason.INSTALL_OVERRIDE,
        Reason.DEPENDENCY_OVERRIDDEN,
    }
)
_OF_PACKAGES = frozenset({Reason.MODULE_MISSING, Reason.MODULE_FOR_OTHER_KERNEL_ONLY})
_FOR_CONTAINERS = (
    "write `sctp` into /etc/modules-load.d/sctp.conf and load it once (`modprobe "
    "sctp`): SELinux may keep containers from loading it"
)
_SOMEWHERE = "the configuration"
_CONFINED = frozenset({Reason.SELINUX_DENIES_LOAD, Reason.SELINUX_DECIDES})
_OF_ARGUMENTS = frozenset(
    {Reason.DENIED_BY_KERNEL_ARGUMENT, Reason.BLACKLISTED_BY_KERNEL_ARGUMENT}
)
_SETTABLE_BY_ARGUMENT = frozenset({Reason.BAD_MODULE_OPTION, Reason.MODULES_DISABLED})


def remedy_for(cause: Cause, node: Assessment) -> str:
    """Return the imperative remedy for *cause* on this node, "" if none is needed."""
    facts = node.facts
    platform = platform_of(facts.system, managed=bool(facts.declared.config))
    removal = node.forecasts.removal
    if cause.reason in _OF_LINES and _blames(cause, removal):
        return _without_lines(removal, node, platform)
    release = cause.release or facts.kernel.release
    if cause.reason in _OF_PACKAGES and release:
        package = package_for(platform, release)
        if package:
            return package
    origin = cause.evidence[0] if cause.evidence else None
    if cause.reason in _OF_ARGUMENTS and origin and origin.text:
        return removal_of(origin.text, facts.next, platform)
    paths = list(dict.fromkeys(o.path for o in cause.evidence)) or [_SOMEWHERE]
    names = dict.fromkeys(map(posixpath.basename, paths))
    if paths[0] in BY_OBSTACLE:
        return BY_OBSTACLE[paths[0]]
    return _template(cause.reason, paths[0], node, platform).format(
        path=" and ".join(paths),
        name=" and /etc/modprobe.d/".join(names),
        text=origin.text if origin else "",
        release=release or "the running kernel",
    )


def _is_read(path: str, facts: NodeFacts) -> bool:
    """Tell whether the kernel's switch at *path* is known: who set it is not."""
    if path == DISABLED:
        return bool(facts.kernel.modules_disabled)
    return facts.kernel.helper.kind != Helper.UNKNOWN


def _template(reason: Reason, path: str, node: Assessment, platform: Platform) -> str:
    facts = node.facts
    if reason in _SETTABLE_BY_ARGUMENT and path == CMDLINE:
        reason = Reason.DENIED_BY_KERNEL_ARGUMENT
    if reason == Reason.FACT_UNREADABLE and not facts.kernel.live:
        return ARCHIVE
    by_something = SET_BY_SOMETHING.get(path)
    if reason == Reason.FACT_UNREADABLE and by_something and _is_read(path, facts):
        return by_something
    declared = node.forecasts.boot_load.likelihood == TriState.YES
    if reason in _CONFINED and declared:
        return DECLARED if facts.kernel.live else ""
    if reason == Reason.FACT_UNREADABLE and _for_this_boot(path, facts):
        return DECLARED if declared else UNDECLARED
    built_in = facts.module.state == ModuleState.BUILTIN
    if reason == Reason.LOADED_WHERE_FORBIDDEN and built_in:
        return BUILT_IN
    by_platform = BY_REASON.get(reason)
    if not by_platform:
        return ""
    template = by_platform.get(platform, by_platform[Platform.UNKNOWN])
    if template is MASK and path.startswith("/etc/"):
        return AKS if path == AKS_FILE and _on_azure(facts) else OWN_FILE
    return template


def _blames(cause: Cause, removal: Removal) -> bool:
    """Tell whether what *cause* names is among the lines that have to go."""
    return any(origin in removal.lines for origin in cause.evidence)


def _without_lines(removal: Removal, node: Assessment, platform: Platform) -> str:
    """Return how to get rid of every line that denies, arguments included."""
    arguments = tuple(line for line in removal.lines if line.path == CMDLINE)
    lines = tuple(line for line in removal.lines if line not in arguments)
    parts = []
    if lines:
        parts.append(_without_files(replace(removal, lines=lines), node, platform))
    boot = node.facts.next
    parts += [removal_of(argument.text, boot, platform) for argument in arguments]
    facts, declared = node.facts, node.forecasts.boot_load.entries
    confined = load_cause(facts.system, facts.kernel) or boot_load_cause(facts)
    if confined and not declared and platform not in WRITES_DECLARATION:
        parts.append(_FOR_CONTAINERS)
    return "; and ".join(parts)


def _without_files(removal: Removal, node: Assessment, platform: Platform) -> str:
    path = removal.lines[0].path
    if platform == Platform.BOTTLEROCKET:
        return BY_REASON[Reason.BLACKLISTED][platform].format(path=path)
    if path == AKS_FILE and len(removal.lines) == 1 and _on_azure(node.facts):
        return AKS.format(path=path)
    return WAYS.get(platform, by_hand)(removal)


def _on_azure(facts: NodeFacts) -> bool:
    """Tell whether the node runs a kernel or a system that Azure's node images have."""
    own_system = platform_of(facts.system) == Platform.AZURE_LINUX
    return own_system or facts.kernel.release.endswith("-azure")


def _for_this_boot(path: str, facts: NodeFacts) -> bool:
    """Tell whether the folder at *path*, which was not given, is empty after a boot."""
    withheld = {gap.path for gap in facts.modprobe.unseen}
    return path in withheld and path.startswith("/run/")


def remedies_by_platform(reason: Reason) -> dict[Platform, str]:
    """Return the remedies for *reason* with words in place of a node's facts."""
    words = {"path": "FILE", "name": "NAME", "text": "ARGUMENT", "release": "RELEASE"}
    by_platform = BY_REASON.get(reason, {})
    return {name: text.format(**words) for name, text in by_platform.items()}
