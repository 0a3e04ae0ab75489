"""The package that brings sctp.ko, by the flavour of the kernel's name."""

import pytest

from agent.verdict.packages import package_for
from agent.verdict.platforms import Platform

RHEL, UBUNTU, DEBIAN = Platform.RHEL, Platform.UBUNTU, Platform.DEBIAN


@pytest.mark.parametrize(
    ("platform", "release", "named"),
    [
        (RHEL, "5.14.0-427.el9.x86_64", "kernel-modules-extra-5.14.0-427.el9.x86_64 "),
        (
            RHEL,
            "5.14.0-427.el9.x86_64+rt",
            "kernel-rt-modules-extra-5.14.0-427.el9.x86_64 ",
        ),
        (
            RHEL,
            "5.14.0-427.el9.aarch64+64k",
            "kernel-64k-modules-extra-5.14.0-427.el9.aarch64 ",
        ),
        (
            RHEL,
            "5.14.0-427.el9.x86_64+new",
            "dnf provides '*/5.14.0-427.el9.x86",
        ),
        (
            RHEL,
            "4.18.0-553.5.1.rt7.346.el8_10.x86_64",
            "install kernel-rt-modules-extra-4.18.0-553.5.1.rt7.346.el8_10.x86_64 ",
        ),
        (
            RHEL,
            "5.14.0-427.el9.x86_64+rt-debug",
            "install kernel-rt-debug-modules-extra-5.14.0-427.el9.x86_64 ",
        ),
        (
            Platform.FEDORA,
            "6.14.2-400.asahi.fc41.aarch64+16k",
            "install kernel-16k-modules-extra-6.14.2-400.asahi.fc41.aarch64 ",
        ),
        (RHEL, "6.9.7-1.el9.elrepo.x86_64", "dnf provides '*/6.9.7-1.el9.elrepo"),
        (RHEL, "3.10.0-1160.el7.x86_64", "dnf provides '*/3.10.0-1160.el7"),
        (RHEL, "5.15.0-206.153.7.el9uek.x86_64", "kernel-uek-modules-extra"),
        (RHEL, "6.12.20-23.97.amzn2023.x86_64", "dnf provides '*/6.12.20-23.97"),
        (UBUNTU, "6.8.0-45-generic", "linux-modules-6.8.0-45-generic,"),
        (UBUNTU, "5.15.0-1061-raspi", "linux-modules-extra-5.15.0-1061-raspi"),
        (UBUNTU, "5.4.0-1100-kvm", "a -kvm kernel has no sctp"),
        (UBUNTU, "6.8.0-1001-nvidia", "apt-file search 6.8.0-1001-nvidia/"),
        (UBUNTU, "6.8.0", "apt-file search 6.8.0/"),
        (UBUNTU, "5.15.136-tegra", "no package brings it"),
        (DEBIAN, "6.1.0-18-amd64", "install linux-image-6.1.0-18-amd64"),
        (DEBIAN, "6.1.0-18-cloud-amd64", "install linux-image-6.1.0-18-amd64 and boot"),
        (DEBIAN, "6.8.12-4-pve", "apt reinstall proxmox-kernel-6.8.12-4-pve"),
        (DEBIAN, "6.5.13-5-pve", "apt reinstall proxmox-kernel-6.5.13-5-pve"),
        (DEBIAN, "5.15.102-1-pve", "apt reinstall pve-kernel-5.15.102-1-pve"),
        (DEBIAN, "6.1.21-v8+", "raspberrypi-kernel"),
        (UBUNTU, "5.15.153.1-microsoft-standard-WSL2", "no package brings it"),
        (DEBIAN, "6.6.26-linuxkit", "no package brings it"),
        (Platform.SUSE, "6.4.0-150600.23-default", "kernel-default in place"),
        (Platform.SUSE, "6.4.0-150600.10-rt", "kernel-rt, or kernel-rt-extra"),
        (Platform.SUSE, "6.4.0-1-longterm", "zypper what-provides '*/6.4.0-1-longterm"),
        (Platform.FLATCAR, "6.6.54-flatcar", ""),
    ],
)
def test_named(platform: Platform, release: str, named: str) -> None:
    """A name where it is certain, a search where it is not."""
    found = package_for(platform, release)

    assert (named in found) if named else found == ""
    assert "+rt" not in found
