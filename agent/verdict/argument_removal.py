"""How to take a kernel argument out, by what starts the node: its boot loader."""

from agent.facts import NextKernel
from agent.findings import Reason
from agent.kernel.arguments import split
from agent.verdict.platforms import Platform
from agent.verdict.remedy_texts import BY_REASON

#: Systems with a tool of their own for it, whatever their boot loader.
_BY_TOOL = frozenset(
    {Platform.RHCOS, Platform.FEDORA_COREOS, Platform.FLATCAR, Platform.TALOS}
    | {Platform.BOTTLEROCKET, Platform.IMAGE_MODE, Platform.NIXOS}
    | {Platform.RHEL, Platform.FEDORA}  # grubby knows zipl, too
)


def removal_of(argument: str, boot: NextKernel, platform: Platform) -> str:
    """Return the remedy for *argument*; *boot* is what boots next, as far as known."""
    words = {word.text for word in split(boot.command_line)}
    if boot.release and argument not in words:
        return f"reboot: the arguments of the next boot are without `{argument}`"
    own = "" if platform in _BY_TOOL else _in_file(boot.origin.path)
    if own:
        return f"remove `{argument}` from {own} and reboot"
    templates = BY_REASON[Reason.DENIED_BY_KERNEL_ARGUMENT]
    return templates.get(platform, templates[Platform.UNKNOWN]).format(text=argument)


def _in_file(path: str) -> str:
    """Return where it stands, and what has to follow, "" for GRUB or unknown."""
    if path.endswith("cmdline.txt"):
        return path
    if path.endswith("extlinux.conf"):
        return f"{path}, and from /etc/default/u-boot where that makes the file,"
    if path.endswith("zipl.conf"):
        return f"{path}, run `zipl`"
    if path.endswith(".efi"):
        return f"/etc/kernel/cmdline, build {path} anew"
    if "/loader/entries/" in path:
        return f"{path}, and from /etc/kernel/cmdline where that makes the entries,"
    return ""
