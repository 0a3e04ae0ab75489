"""The program that the kernel starts to load a module: kernel.modprobe."""

import posixpath
from collections.abc import Mapping

from agent.facts import Assignment, Helper, HelperFact, KernelFacts
from agent.findings import Origin
from agent.hostfs.host import Host
from agent.hostfs.values import Kind, UnseenError
from agent.kernel import arguments as kernel_arguments
from agent.kernel.arguments import Argument
from agent.names import HELPER
from agent.sources import capture, kernel_config
from agent.sources.kernel_config import Options
from agent.sources.reader import Reader

_ARGUMENT = "sysctl.kernel.modprobe"  # since Linux 5.8, applied before init starts
_CONFIG = "CONFIG_MODPROBE_PATH"
_USUAL = "/sbin/modprobe"
_ELF = b"\x7fELF"


def default(reader: Reader, options: Options, *, live: bool) -> str | None:
    """Return the path a boot starts with, None where the files do not tell.

    A captured value that is no modprobe may be the kernel's own or have been set
    after the boot.
    """
    if _CONFIG in options:
        return options[_CONFIG][0]
    if kernel_config.unread(reader.gaps):
        return None
    captured = None if live else reader.sysctl(HELPER)
    if captured is None:
        return _USUAL
    return captured if posixpath.basename(captured) == "modprobe" else None


def present(
    reader: Reader, host: Host, path: str | None, arguments: tuple[Argument, ...]
) -> HelperFact:
    """Return the helper now: of a running kernel, or of one that has just booted.

    *path* is the one a boot starts with.
    """
    unread = kernel_config.unread(reader.gaps)
    if unread:  # the kernel may be built to call a fixed one
        return HelperFact(Helper.UNKNOWN, "", Origin(unread[0].path))
    if host.live:
        return inspect(host, reader.text(HELPER), Origin(HELPER))
    early = kernel_arguments.last(arguments, _ARGUMENT)
    if early:
        return inspect(host, early.value or "", early.origin)
    return inspect(host, path, Origin(_CONFIG))


def after_boot(
    host: Host,
    settings: Mapping[str, Assignment],
    path: str | None,
    running: KernelFacts,
) -> HelperFact:
    """Return the helper after a boot: *path*, or what one of the *settings* says.

    Where *running* calls another one and no setting says so, whoever set that may do
    it again in the next boot.
    """
    for key in ("kernel.modprobe", _ARGUMENT):
        setting = settings.get(key)
        if setting:
            return inspect(host, setting.value, setting.origin)
    now = running.helper
    if not running.live or path is None or _is_explained(running):
        return inspect(host, path, Origin(_CONFIG))
    if now.kind == Helper.UNKNOWN or _is_set_by_activation(host):
        return now
    text = f"kernel.modprobe is {now.path or 'empty'} and no sysctl.d file sets it: "
    text += "whoever did may do it again in the next boot"
    return HelperFact(Helper.UNKNOWN, now.path, Origin(HELPER), text)


def _is_explained(running: KernelFacts) -> bool:
    early = kernel_arguments.last(running.arguments, _ARGUMENT)
    return running.helper.path == (early.value if early else running.default_helper)


def inspect(host: Host, path: str | None, origin: Origin) -> HelperFact:
    """Say what the program at *path* is, as the kernel would start it."""
    if path is None:
        return HelperFact(Helper.UNKNOWN, "", origin)
    try:
        return HelperFact(_kind(host, path), path, origin)
    except UnseenError as error:
        return HelperFact(Helper.UNKNOWN, path, Origin(error.path))


def _kind(host: Host, path: str) -> Helper:
    # A multi-call program (kmod, busybox, coreutils) goes by the name it is given.
    name = posixpath.basename(path)
    if not path.startswith("/") or name in {"true", "false"}:
        return Helper.NONE
    if not (capture.holds_programs(host) and host.gives(path)):
        return Helper.MODPROBE if name == "modprobe" else Helper.OPAQUE
    real = host.real_path(path)
    if not real and not host.live and _is_set_by_activation(host):
        return Helper.MODPROBE if name == "modprobe" else Helper.OPAQUE
    if not real or host.kind(path) != Kind.FILE:
        return Helper.NONE
    mode = host.mode(path)
    if mode is not None and not mode & 0o111:
        return Helper.NONE
    binary = host.head(path, len(_ELF)) == _ELF
    is_kmod = posixpath.basename(real) in {"kmod", "modprobe"}
    return (
        Helper.MODPROBE if name == "modprobe" and is_kmod and binary else Helper.OPAQUE
    )


def _is_set_by_activation(host: Host) -> bool:
    """Tell whether the system sets the helper while it boots: NixOS and Guix.

    Their programs lie in a store under other names with every build; what is set is
    kmod's modprobe (nixpkgs: nixos/modules/system/boot/modprobe.nix).
    """
    return any(
        host.kind(path) == Kind.DIRECTORY for path in ("/nix/store", "/gnu/store")
    )
