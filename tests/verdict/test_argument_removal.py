"""How a kernel argument goes away, by what starts the node."""

import pytest

from agent.facts import NextKernel
from agent.findings import Origin
from agent.verdict.argument_removal import removal_of
from agent.verdict.platforms import Platform

DENIES = "module_blacklist=sctp"


@pytest.mark.parametrize(
    ("platform", "path", "words"),
    [
        pytest.param(
            Platform.UBUNTU, "/boot/grub/grub.cfg", "`update-grub`", id="GRUB"
        ),
        pytest.param(Platform.UBUNTU, "", "`update-grub`", id="not known"),
        pytest.param(
            Platform.UBUNTU,
            "/boot/firmware/cmdline.txt",
            f"remove `{DENIES}` from /boot/firmware/cmdline.txt and reboot",
            id="Raspberry Pi",
        ),
        pytest.param(
            Platform.DEBIAN,
            "/boot/extlinux/extlinux.conf",
            "from /boot/extlinux/extlinux.conf, and from /etc/default/u-boot",
            id="U-Boot",
        ),
        pytest.param(
            Platform.SUSE, "/etc/zipl.conf", "/etc/zipl.conf, run `zipl`", id="zipl"
        ),
        pytest.param(
            Platform.UNKNOWN,
            "/boot/loader/entries/arch.conf",
            "from /boot/loader/entries/arch.conf, and from /etc/kernel/cmdline",
            id="systemd-boot",
        ),
        pytest.param(
            Platform.UNKNOWN,
            "/efi/EFI/Linux/arch.efi",
            "/etc/kernel/cmdline, build /efi/EFI/Linux/arch.efi anew",
            id="unified image",
        ),
        pytest.param(
            Platform.FEDORA, "/boot/loader/entries/x.conf", "grubby", id="own tool"
        ),
        pytest.param(
            Platform.RHCOS, "/etc/zipl.conf", "MachineConfigs", id="own operator"
        ),
    ],
)
def test_removal(platform: Platform, path: str, words: str) -> None:
    """By the loader's file, unless the system has a tool for all loaders."""
    release, line = ("6.1.0", f"ro {DENIES}") if path else ("", "")

    assert words in removal_of(
        DENIES, NextKernel(release, line, Origin(path)), platform
    )


def test_argument_that_is_gone_already() -> None:
    """Only the running kernel has it."""
    boot = NextKernel("6.1.0", "ro module_blacklist=sctp,x", Origin("/boot/grub.cfg"))

    assert removal_of(DENIES, boot, Platform.DEBIAN).startswith("reboot:")
