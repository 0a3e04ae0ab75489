"""Which package brings sctp.ko for a kernel, by the kernel's flavour. Pure.

A name that is not certain is worded as a search. Sources: the lists of files of RHEL's
kernel, kernel-rt, kernel-64k and kernel-uek packages; Ubuntu's linux-modules and
linux-modules-extra; Debian's linux-image; SUSE's kernel-default and kernel-rt; Amazon
Linux' kernel6.12-modules-extra; Proxmox' proxmox-kernel.
"""

import re

from agent.verdict.platforms import Platform

_BRINGS = " and empty /etc/modprobe.d/sctp-blacklist.conf, which it brings"
#: RHEL's variants are a part of the release's name and of no package's version.
_VARIANTS = frozenset({"rt", "64k", "debug", "rt-debug", "64k-debug", "16k"})
_VARIANT = re.compile(r"\+([a-z0-9+-]+)$")
#: Real-time kernels up to RHEL 9.2 have it in the release, of kernel and package.
_REAL_TIME = re.compile(r"\.rt[0-9]+\.[0-9]+\.")
#: Other builders' kernels for RHEL and its rebuilds, and RHEL 7, which has no extras.
_NO_EXTRAS = re.compile(r"\.elrepo\.|\.el7[._]")
_OF_A_BOARD = re.compile(r"-v[678]l?\+$")
_OLD_PVE = re.compile(r"[1-5]\.|6\.[01]\.")
_UBUNTU_FLAVOUR = re.compile(r"-([a-z][a-z0-9-]*)$")
_WITH_EXTRA = frozenset({"raspi", "raspi-nolpae", "kvm", "azure-fde"})
_FAMILIES = frozenset({Platform.RHEL, Platform.FEDORA})
_BY_APT = frozenset({Platform.DEBIAN, Platform.UBUNTU})


def package_for(platform: Platform, release: str) -> str:
    """Return what to install for the kernel *release*, "" where nothing is known."""
    own = _of_own_builder(release)
    if own:
        return own
    if platform in _FAMILIES:
        return _red_hat(release)
    if platform == Platform.UBUNTU:
        return _ubuntu(release)
    if platform == Platform.DEBIAN:
        return _debian(release)
    if platform == Platform.SUSE:
        return _suse(release)
    return ""


def search(platform: Platform, release: str) -> str:
    """Return how to find the package of *release* that contains sctp.ko."""
    text = f"install the package of the kernel {release} that contains sctp.ko: "
    if platform in _BY_APT:
        return f"{text}`apt-file search {release}/kernel/net/sctp/sctp.ko`"
    if platform == Platform.SUSE:
        return f"{text}`zypper what-provides '*/{release}/*/sctp.ko*'`"
    return f"{text}`dnf provides '*/{release}/*/sctp.ko*'`"


def _of_own_builder(release: str) -> str:
    """Return the remedy for a kernel that no distribution's rule covers."""
    if release.endswith("-tegra"):
        return (
            "no package brings it: the kernel of the board's maker is built without "
            f"sctp for {release}; build the module from its sources, or use its own "
            "image with CONFIG_IP_SCTP"
        )
    if "-microsoft-standard" in release or release.endswith("-linuxkit"):
        return (
            f"no package brings it: the kernel {release} comes with WSL or Docker "
            "Desktop; use a virtual machine with a distribution's kernel, or a kernel "
            "of your own with CONFIG_IP_SCTP"
        )
    if release.endswith("-pve"):
        name = "pve-kernel" if _OLD_PVE.match(release) else "proxmox-kernel"
        older = f" or pve-kernel-{release}" if release.startswith("6.2.") else ""
        return (
            f"reinstall the package of the kernel {release}, which has sctp "
            f"(`apt reinstall {name}-{release}`{older})"
        )
    if _OF_A_BOARD.search(release):
        return (
            f"reinstall raspberrypi-kernel, whose kernel {release} has sctp; where a "
            "newer one is installed, reboot into it"
        )
    if "uek" in release:
        return (
            f"install the package kernel-uek-modules-extra of {release}, or look for "
            f"it: `dnf provides '*/{release}/*/sctp.ko*'`"
        )
    if "amzn" in release:
        return search(Platform.RHEL, release)
    return ""


def _red_hat(release: str) -> str:
    if _NO_EXTRAS.search(release):
        return search(Platform.RHEL, release)
    match = _VARIANT.search(release)
    variant = match[1] if match else ""
    version = release[: match.start()] if match else release
    if not match and _REAL_TIME.search(release):
        variant = "rt"
    if variant and variant not in _VARIANTS:
        return search(Platform.RHEL, release)
    name = f"kernel-{variant}" if variant else "kernel"
    return f"install {name}-modules-extra-{version}{_BRINGS}"


def _ubuntu(release: str) -> str:
    match = _UBUNTU_FLAVOUR.search(release)
    flavour = match[1] if match else ""
    if flavour == "kvm":
        return (
            "a -kvm kernel has no sctp at all: install linux-generic and boot the "
            "-generic flavour"
        )
    if flavour in _WITH_EXTRA:
        return f"install linux-modules-extra-{release} (linux-modules-extra-{flavour})"
    if flavour in {"generic", "lowlatency", "aws", "azure", "gcp", "oracle", "gke"}:
        return (
            f"install linux-modules-{release}, which has sctp; where it is there and "
            f"sctp is not, linux-modules-extra-{release}"
        )
    return search(Platform.UBUNTU, release)


def _debian(release: str) -> str:
    if "-cloud-" in release:
        plain = release.replace("-cloud", "")
        return (
            f"install linux-image-{plain} and boot it: the -cloud flavour may lack sctp"
        )
    return f"install linux-image-{release}"


def _suse(release: str) -> str:
    flavour = release.rpartition("-")[2]
    where = "(on SL Micro by `transactional-update pkg install`) and boot it"
    if flavour == "default":
        return f"install kernel-default in place of kernel-default-base {where}"
    if flavour in {"rt", "azure", "64kb", "preempt"}:
        text = search(Platform.SUSE, release)
        return f"{text} (kernel-{flavour}, or kernel-{flavour}-extra)"
    return search(Platform.SUSE, release)
