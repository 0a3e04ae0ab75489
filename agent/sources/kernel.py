"""The kernel in question: its arguments, switches, helper and build options."""

import os

from agent.facts import KernelFacts
from agent.findings import Origin
from agent.hostfs.host import Host
from agent.hostfs.values import Kind
from agent.kernel import arguments as kernel_arguments
from agent.kernel.arguments import Argument
from agent.names import CMDLINE, DISABLED, IN_KERNEL
from agent.sources import capture, helper, kernel_config
from agent.sources.cache import Memory
from agent.sources.kernel_config import Options
from agent.sources.lenient import read_text
from agent.sources.reader import Reader

_SIGNATURES = "/sys/module/module/parameters/sig_enforce"
_LOCKDOWN = "/sys/kernel/security/lockdown"
_FIPS = "/proc/sys/crypto/fips_enabled"
_LOCKED = frozenset({"integrity", "confidentiality"})
_TRUE = frozenset("1yYtT")  # kstrtobool, which since Linux 6.8 takes t as well
_FORCING = (
    "CONFIG_MODULE_SIG_FORCE",
    "CONFIG_LOCK_DOWN_KERNEL_FORCE_INTEGRITY",
    "CONFIG_LOCK_DOWN_KERNEL_FORCE_CONFIDENTIALITY",
)
_SYMBOLS, _VERSION = "/proc/kallsyms", "/proc/version"
_COOKIE = "/proc/sys/net/sctp/cookie_hmac_alg"


def gather(host: Host, memory: Memory, *, live: bool, release: str = "") -> KernelFacts:
    """Read the kernel's facts; without *live* those of a boot of *release*.

    What was captured of /proc and /sys counts then too, except for the switches
    that a boot resets.
    """
    reader = Reader(host)
    ran = capture.release(host)
    release = os.uname().release if live else release or ran
    captured = not live and release != "" and release == ran
    command_line = reader.text(CMDLINE)
    if command_line is None:
        command_line = capture.command_line(host)
    arguments = tuple(kernel_arguments.split(command_line or ""))
    running = live or (release != "" and release == ran)
    options = kernel_config.read(host, release, memory, reader.gaps, running=running)
    sctp, origin = options.get("CONFIG_IP_SCTP", (None, ""))
    default_helper = helper.default(reader, options, live=live)
    lockdown = _selection(reader.text(_LOCKDOWN) or "")
    enforced, enforced_by = _signatures(reader, options, lockdown)
    unread = kernel_config.unread(reader.gaps)
    if not (live or enforced):
        enforced, enforced_by = at_boot(
            host, options, arguments, knows_arguments=command_line is not None
        )
        enforced = None if unread and not enforced else enforced
    modular = options.get("CONFIG_MODULES", (None, ""))[0]
    return KernelFacts(
        release=release,
        live=live,
        source=capture.layout(host).value,
        captured=captured,
        arguments=arguments,
        command_line=command_line or "",
        arguments_known=command_line is not None,
        config_sctp=sctp,
        config_origin=Origin(origin),
        modular=modular != "n" if modular else _modular(host, captured=captured),
        static_helper=options.get("CONFIG_STATIC_USERMODEHELPER", ("n", ""))[0] == "y",
        default_helper=default_helper,
        modules_disabled=_disabled(reader, live=live, captured=captured),
        helper=helper.present(reader, host, default_helper, arguments),
        signatures_enforced=enforced,
        enforced_by=enforced_by,
        lockdown=lockdown,
        fips=reader.flag(_FIPS, "1") if live else _fips(reader, arguments),
        cookie_algorithm=reader.sysctl(_COOKIE) or "",
        ipv6_disabled=reader.flag("/sys/module/ipv6/parameters/disable", "1"),
        boot_time=_boot_time() if live else None,
        unread_options=unread,
        heeds_initcalls=_heeds_initcalls(host, options, arguments),
        gaps=tuple(reader.gaps),
    )


def _heeds_initcalls(
    host: Host, options: Options, arguments: tuple[Argument, ...]
) -> bool | None:
    """Say whether the kernel heeds `initcall_blacklist=`, not known if it just did not.

    What was registered in spite of it was started by something not understood here.
    """
    is_to = host.live and kernel_arguments.stops_sctp(arguments) is not None
    if is_to and host.kind(IN_KERNEL) == Kind.DIRECTORY:
        return None
    if options:
        return kernel_config.heeds_initcalls(options)
    # It shows names of functions; another compiler than clang renames none.
    shows_names = host.live and host.kind(_SYMBOLS) == Kind.FILE
    return True if shows_names and "(gcc" in read_text(host, _VERSION, []) else None


def _disabled(reader: Reader, *, live: bool, captured: bool) -> bool | None:
    """Say whether modules are disabled, or were when the files were taken.

    A boot resets it: of a kernel at rest it tells what somebody may set again.
    """
    if live:
        return reader.flag(DISABLED, "1")
    setting = reader.sysctl(DISABLED) if captured else None
    if setting is None and any(gap.path == DISABLED for gap in reader.gaps):
        return None
    return setting == "1"


def demanded_by(arguments: tuple[Argument, ...]) -> Argument | None:
    """Return the argument that makes a kernel take signed modules only, if any.

    Both switches only go up: a later argument takes back nothing.
    """
    return next(filter(_demands, arguments), None)


def _demands(argument: Argument) -> bool:
    """Tell whether the kernel heeds it: kernel/module/signing.c, lockdown_param."""
    if argument.key == "lockdown":
        return argument.value in _LOCKED
    if argument.key != "module.sig_enforce":
        return False
    value = "1" if argument.value is None else argument.value
    return value[:1] in _TRUE or value[:2].lower() == "on"


def forced_by(options: Options) -> Origin | None:
    """Return what the kernel was built with that makes it take signed modules only."""
    for name in _FORCING:
        value, path = options.get(name, ("n", ""))
        if value == "y":
            return Origin(path)
    return None


def _signatures(
    reader: Reader, options: Options, lockdown: str
) -> tuple[bool | None, Origin]:
    forced = forced_by(options)
    if forced:
        return True, forced
    if lockdown in _LOCKED:
        return True, Origin(_LOCKDOWN, None, lockdown)
    enforced = reader.flag(_SIGNATURES, "Y")
    if not enforced and any(gap.path == _LOCKDOWN for gap in reader.gaps):
        return None, Origin(_LOCKDOWN)
    return enforced, Origin(_SIGNATURES, None, "Y" if enforced else "")


def at_boot(
    host: Host,
    options: Options,
    arguments: tuple[Argument, ...],
    *,
    knows_arguments: bool,
) -> tuple[bool | None, Origin]:
    """Say what a boot will demand; Secure Boot, which is not in files, may add to it.

    Without *knows_arguments* there may be any.
    """
    argument = demanded_by(arguments)
    if argument:
        return True, argument.origin
    if options.get("CONFIG_MODULE_SIG", ("", ""))[0] == "n":
        return False, Origin(options["CONFIG_MODULE_SIG"][1])
    open_lock = host.kind(_LOCKDOWN) == Kind.FILE or (
        options.get("CONFIG_SECURITY_LOCKDOWN_LSM", ("", ""))[0] == "n"
    )
    parameter = knows_arguments or host.kind(_SIGNATURES) == Kind.FILE
    return False if open_lock and parameter else None, Origin(_SIGNATURES)


def _fips(reader: Reader, arguments: tuple[Argument, ...]) -> bool | None:
    setting = reader.sysctl(_FIPS)
    if setting is not None:
        return setting == "1"
    argument = kernel_arguments.last(arguments, "fips")
    if argument is None:
        return False if arguments else None
    return argument.value == "1"


def _selection(text: str) -> str:
    """Return the word in brackets: `none [integrity] confidentiality`."""
    return text.partition("[")[2].partition("]")[0]


def _modular(host: Host, *, captured: bool) -> bool | None:
    # A kernel without CONFIG_MODULES has no /proc/modules at all.
    there = host.kind("/proc/modules") != Kind.NOTHING
    if host.live:
        return there
    return True if there and captured else None


def _boot_time() -> float | None:
    """Return when the kernel was booted; None where /proc does not say."""
    import psutil

    try:
        return psutil.boot_time()
    except (OSError, RuntimeError):
        return None
