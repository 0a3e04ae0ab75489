"""The kernel of the next boot: its own files and arguments, and what lasts."""

from dataclasses import replace

from agent.facts import Gap, KernelFacts, NextKernel
from agent.findings import Origin
from agent.hostfs.host import Host
from agent.kernel import arguments as kernel_arguments
from agent.kernel.arguments import Argument
from agent.names import DISABLED_KEY
from agent.sources import kernel_config, secure_boot
from agent.sources.cache import Memory
from agent.sources.kernel import at_boot, demanded_by, forced_by
from agent.sources.kernel_config import Options

_HELPER = "CONFIG_MODPROBE_PATH"


def gather(
    host: Host, inside: Host, running: KernelFacts, entry: NextKernel, memory: Memory
) -> KernelFacts:
    """Return the facts of the kernel that boots next.

    *inside* are the files it will find, those of *host* unless another deployment
    boots. What its own build options do not say is taken to be as it is now, unless
    they could not be read.
    """
    same = entry.release == running.release and not entry.root
    arguments = tuple(kernel_arguments.split(entry.command_line))
    as_it_runs = same and (running.live or running.captured)
    gaps: list[Gap] = []
    options = kernel_config.read(
        inside, entry.release, memory, gaps, running=as_it_runs
    )
    sctp, origin = options.get("CONFIG_IP_SCTP", (None, ""))
    modular = options.get("CONFIG_MODULES", (None, ""))[0]
    static = options.get("CONFIG_STATIC_USERMODEHELPER", (None, ""))[0]
    unread = kernel_config.unread(gaps)
    enforced, enforced_by = _signatures(host, running, options, arguments)
    if unread and not enforced:
        enforced, enforced_by = None, Origin(unread[0].path)
    return replace(
        running,
        release=entry.release,
        live=False,
        captured=running.captured and same,
        arguments=arguments,
        command_line=entry.command_line,
        arguments_known=True,
        config_sctp=sctp,
        config_origin=Origin(origin),
        modular=modular != "n" if modular else running.modular if same else None,
        static_helper=static == "y" if static else running.static_helper,
        default_helper=None if unread else _default_helper(options, running),
        modules_disabled=_disabled_still(running),
        signatures_enforced=enforced,
        enforced_by=enforced_by,
        unread_options=unread,
        heeds_initcalls=_heeds_initcalls(options, running, unread, same=same),
        gaps=(*running.gaps, *gaps),
    )


def _heeds_initcalls(
    options: Options, running: KernelFacts, unread: tuple[Gap, ...], *, same: bool
) -> bool | None:
    if same:
        return running.heeds_initcalls
    return None if unread else kernel_config.heeds_initcalls(options)


def _default_helper(options: Options, running: KernelFacts) -> str | None:
    return options.get(_HELPER, (running.default_helper, ""))[0]


def _disabled_still(running: KernelFacts) -> bool | None:
    """Say whether modules are disabled now by more than a present argument."""
    argument = kernel_arguments.last(running.arguments, f"sysctl.{DISABLED_KEY}")
    explained = argument is not None and argument.value == "1"
    explained |= kernel_arguments.without_modules(running.arguments) is not None
    return False if explained else running.modules_disabled


def _signatures(
    host: Host, running: KernelFacts, options: Options, arguments: tuple[Argument, ...]
) -> tuple[bool | None, Origin]:
    """Say whether that kernel takes signed modules only, and by what.

    An argument that demands it now and is gone then no longer counts. Secure Boot,
    by which the kernels of distributions lock themselves, lasts.
    """
    certain = forced_by(options) or demanded_by(arguments)
    if certain:
        return True, certain.origin if isinstance(certain, Argument) else certain
    demanded_now = demanded_by(running.arguments)
    lasting = running.signatures_enforced and not demanded_now
    if lasting:
        return True, running.enforced_by
    if not running.live:
        return at_boot(host, options, arguments, knows_arguments=True)
    if not running.signatures_enforced:
        return running.signatures_enforced, running.enforced_by
    return False if secure_boot.enabled(host) is False else None, running.enforced_by
