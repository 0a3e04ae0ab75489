"""How to take lines out of modprobe.d, all of them, by whoever owns the node. Pure."""

import posixpath
from collections.abc import Sequence

from agent.findings import Origin
from agent.loading.forecast import Removal
from agent.verdict.platforms import Platform

_COUNTS = "; it counts at once for the next load"
_LOADS = "`sctp` into /etc/modules-load.d/sctp"


def by_hand(removal: Removal) -> str:
    """Return what to do on a node that is administered file by file."""
    parts = [_by_hand(path, numbers, removal) for path, numbers in _files(removal)]
    alone = "; one of them alone still denies" if len(removal.lines) > 1 else ""
    return f"{' and '.join(parts)}{alone}{_COUNTS}"


def by_machine_config(removal: Removal) -> str:
    """Return what a MachineConfig has to write."""
    files = " and ".join(_new_files(removal))
    return (
        f"apply a MachineConfig that writes {files} and {_LOADS}-load.conf, for this "
        "node's pool, whose nodes reboot (first `machineconfig verify`); where another "
        "MachineConfig (of a ComplianceRemediation, say) writes that file, take it out "
        "there"
    )


def by_ignition(removal: Removal) -> str:
    """Return what the configuration of the node's first boot has to write."""
    files = " and ".join(_new_files(removal))
    return (
        f"in the Butane or Ignition configuration write {files} and {_LOADS}.conf; "
        "on a running node write the same and run `systemctl restart "
        "systemd-modules-load`"
    )


def by_image(removal: Removal) -> str:
    """Return what to do where /usr belongs to an image and /etc to the node."""
    return f"{by_hand(removal)}; for new nodes do the same in the image"


def in_nix(removal: Removal) -> str:
    """Return what to change in a NixOS configuration."""
    texts = " and ".join(f"`{line.text}`" for line in removal.lines)
    return (
        f"take {texts} out of boot.extraModprobeConfig and boot."
        'blacklistedKernelModules in the NixOS configuration, add "sctp" to '
        "boot.kernelModules, and run `nixos-rebuild switch`"
    )


WAYS = {
    Platform.RHCOS: by_machine_config,
    Platform.FEDORA_COREOS: by_ignition,
    Platform.FLATCAR: by_ignition,
    Platform.IMAGE_MODE: by_image,
    Platform.NIXOS: in_nix,
}

#: Where the remedy declares sctp in modules-load.d in any case.
WRITES_DECLARATION = frozenset(
    {Platform.RHCOS, Platform.FEDORA_COREOS, Platform.FLATCAR, Platform.NIXOS}
    | {Platform.BOTTLEROCKET}
)


def _files(removal: Removal) -> list[tuple[str, list[Origin]]]:
    files: dict[str, list[Origin]] = {}
    for line in removal.lines:
        files.setdefault(line.path, []).append(line)
    return list(files.items())


def _by_hand(path: str, lines: Sequence[Origin], removal: Removal) -> str:
    name = posixpath.basename(path)
    if path.startswith("/etc/"):
        return f"remove {_lines(lines)} from {path}"
    if path in removal.shared:
        return (
            f"copy {path} to /etc/modprobe.d/{name} without {_lines(lines)}: its other "
            "lines stay in force, which an empty file would end"
        )
    return f"hide {path} with an empty file /etc/modprobe.d/{name}"


def _new_files(removal: Removal) -> list[str]:
    parts = []
    for path, lines in _files(removal):
        target = f"/etc/modprobe.d/{posixpath.basename(path)}"
        if path in removal.shared:
            parts.append(
                f"{target} with the other lines of {path}, without {_lines(lines)}"
            )
        else:
            parts.append(f"an empty {target}")
    return parts


def _lines(lines: Sequence[Origin]) -> str:
    numbers = [str(line.line) for line in sorted(lines, key=_number)]
    if len(numbers) == 1:
        return "the line" if lines[0].line is None else f"line {numbers[0]}"
    return f"the lines {', '.join(numbers[:-1])} and {numbers[-1]}"


def _number(line: Origin) -> int:
    return line.line or 0
