"""The running kernel: its arguments, switches, helper and build options."""

import os
import posixpath
import zlib

from agent.facts import Gap, Helper, HelperFact, KernelFacts
from agent.findings import Origin
from agent.host import Host, Kind, Presence
from agent.kernel import arguments as kernel_arguments
from agent.kernel.procfs import kernel_option
from agent.sources import module_tree
from agent.sources.memory import Memory

_HELPER = "/proc/sys/kernel/modprobe"
_DISABLED = "/proc/sys/kernel/modules_disabled"
_SIGNATURES = "/sys/module/module/parameters/sig_enforce"
_LOCKDOWN = "/sys/kernel/security/lockdown"
_CONFIG_LIMIT = 1 << 22
_ELF = b"\x7fELF"
_OPTIONS = (
    "CONFIG_IP_SCTP",
    "CONFIG_MODULES",
    "CONFIG_MODPROBE_PATH",
    "CONFIG_STATIC_USERMODEHELPER",
    "CONFIG_MODULE_SIG_FORCE",
)


def gather(host: Host, memory: Memory, *, live: bool, release: str = "") -> KernelFacts:
    """Read the kernel's facts; without *live* those of *release* on disk."""
    reader = _Reader(host)
    if live:
        release = os.uname().release
    command_line = reader.text("/proc/cmdline")
    options = _config(host, release, memory)
    sctp, origin = options.get("CONFIG_IP_SCTP", (None, ""))
    default_helper = options.get("CONFIG_MODPROBE_PATH", ("/sbin/modprobe", ""))[0]
    lockdown = _selected(reader.text(_LOCKDOWN) or "")
    enforced, enforced_by = _signatures(reader, options, lockdown)
    modular = options.get("CONFIG_MODULES", (None, ""))[0]
    return KernelFacts(
        release=release,
        live=live,
        arguments=tuple(kernel_arguments.split(command_line or "")),
        command_line=command_line or "",
        arguments_known=command_line is not None,
        config_sctp=sctp,
        config_origin=Origin(origin),
        modular=modular != "n" if modular else _modular(host, live=live),
        static_helper=options.get("CONFIG_STATIC_USERMODEHELPER", ("n", ""))[0] == "y",
        default_helper=default_helper,
        # What a boot resets counts for a running kernel only.
        modules_disabled=reader.flag(_DISABLED, "1") if live else False,
        helper=helper(host, *_helper_path(reader, default_helper, live=live)),
        signatures_enforced=enforced,
        enforced_by=enforced_by,
        lockdown=lockdown,
        fips=reader.flag("/proc/sys/crypto/fips_enabled", "1"),
        cookie_algorithm=(
            (reader.text("/proc/sys/net/sctp/cookie_hmac_alg") or "") if live else ""
        ),
        ipv6_disabled=reader.flag("/sys/module/ipv6/parameters/disable", "1"),
        boot_time=_boot_time() if live else None,
        gaps=tuple(reader.gaps),
    )


class _Reader:
    """Short kernel files; what cannot be read is collected in *gaps*."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self.gaps: list[Gap] = []

    def text(self, path: str) -> str | None:
        """Return the stripped text, None when absent or unreadable."""
        file = self._host.read(path)
        if file.presence == Presence.UNREADABLE:
            self.gaps.append(Gap(path, file.problem))
        return file.text.strip() if file.readable else None

    def flag(self, path: str, on: str) -> bool | None:
        """Return whether the text is *on*; absent is off, unreadable None."""
        file = self._host.read(path)
        if file.presence == Presence.UNREADABLE:
            self.gaps.append(Gap(path, file.problem))
            return None
        return file.text.strip() == on


def helper(host: Host, path: str | None, origin: Origin) -> HelperFact:
    """Say what the program at *path* is, as the kernel would start it."""
    if path is None:
        return HelperFact(Helper.UNKNOWN, "", origin)
    real = host.real_path(path) if path.startswith("/") else ""
    if not path or not real or host.kind(path) != Kind.FILE:
        return HelperFact(Helper.NONE, path, origin)
    mode = host.mode(path)
    if mode is not None and not mode & 0o111:
        return HelperFact(Helper.NONE, path, origin)
    # A multi-call program (kmod, busybox, coreutils) goes by the name it is given.
    name, real_name = posixpath.basename(path), posixpath.basename(real)
    if name in {"true", "false"}:
        return HelperFact(Helper.NONE, path, origin)
    binary = host.head(path, len(_ELF)) == _ELF
    if name == "modprobe" and real_name in {"kmod", "modprobe"} and binary:
        return HelperFact(Helper.MODPROBE, path, origin)
    return HelperFact(Helper.OPAQUE, path, origin)


def _helper_path(
    reader: _Reader, default: str, *, live: bool
) -> tuple[str | None, Origin]:
    if live:
        return reader.text(_HELPER), Origin(_HELPER)
    return default, Origin("CONFIG_MODPROBE_PATH")


def _signatures(
    reader: _Reader, options: dict[str, tuple[str, str]], lockdown: str
) -> tuple[bool | None, Origin]:
    forced, origin = options.get("CONFIG_MODULE_SIG_FORCE", ("n", ""))
    if forced == "y":
        return True, Origin(origin)
    if lockdown in {"integrity", "confidentiality"}:
        return True, Origin(_LOCKDOWN, None, lockdown)
    enforced = reader.flag(_SIGNATURES, "Y")
    if not enforced and any(gap.path == _LOCKDOWN for gap in reader.gaps):
        return None, Origin(_LOCKDOWN)
    return enforced, Origin(_SIGNATURES, None, "Y" if enforced else "")


def _selected(text: str) -> str:
    """Return the word in brackets: `none [integrity] confidentiality`."""
    return text.partition("[")[2].partition("]")[0]


def _modular(host: Host, *, live: bool) -> bool | None:
    if not live:
        return None
    # A kernel without CONFIG_MODULES has no /proc/modules at all.
    return host.kind("/proc/modules") != Kind.NOTHING


def _boot_time() -> float:
    import psutil

    return psutil.boot_time()


def _config(host: Host, release: str, memory: Memory) -> dict[str, tuple[str, str]]:
    """Return the build options that matter, each with the file that says so."""
    if memory.kernel_config:
        return memory.kernel_config
    tree = module_tree.directory(host, release)
    candidates = [f"/boot/config-{release}", f"{tree}/config" if tree else ""]
    if host.live:
        candidates.insert(0, "/proc/config.gz")
    for path in filter(None, candidates):
        text = _config_text(host, path)
        found = {name: kernel_option(text, name) for name in _OPTIONS} if text else {}
        options = {name: (value, path) for name, value in found.items() if value}
        if options:
            memory.kernel_config.update(options)
            return options
    return {}


def _config_text(host: Host, path: str) -> str:
    file = host.read(path, limit=_CONFIG_LIMIT)
    if not path.endswith(".gz"):
        return file.text
    try:
        data = zlib.decompressobj(wbits=31).decompress(file.data, _CONFIG_LIMIT)
    except zlib.error:
        return ""
    return data.decode("ascii", "replace")
