"""The operating system around the kernel: name, tool versions, SELinux."""

import re

from agent.facts import Gap, SystemFacts
from agent.hostfs.host import Host
from agent.hostfs.values import Kind, NotGivenError, Presence, UnseenError
from agent.kmod.rules import version_from_library
from agent.sources import capture, init, selinux
from agent.sources.lenient import given_names

_TRIPLETS = (
    "x86_64-linux-gnu",
    "aarch64-linux-gnu",
    "powerpc64le-linux-gnu",
    "s390x-linux-gnu",
    "riscv64-linux-gnu",
)
_LIBRARY_DIRECTORIES = (
    "/usr/lib64",
    "/lib64",
    *(f"{base}/{triplet}" for triplet in _TRIPLETS for base in ("/usr/lib", "/lib")),
    "/usr/lib",
    "/lib",
)
_SYSTEMD_LIBRARY = re.compile(r"libsystemd-shared-(\d{2,4})(?!\d).*\.so")
_ASSIGNMENT = re.compile(r"^([A-Z_]+)=(.*)$", re.MULTILINE)


def gather(host: Host) -> SystemFacts:
    """Read what the node's operating system is and which tools it has."""
    gaps: list[Gap] = []
    release = _os_release(host, gaps)
    unseen = tuple(gap for gap in gaps if gap.withheld)
    gaps = [gap for gap in gaps if not gap.withheld]
    os_id = release.get("ID", "")
    os_like = tuple(release.get("ID_LIKE", "").split())
    systemd_version = _systemd_version(host)
    selinux_facts, hiding = selinux.gather(host)
    return SystemFacts(
        os_id=os_id,
        os_like=os_like,
        os_name=release.get("PRETTY_NAME", "") or os_id,
        os_version=release.get("VERSION_ID", ""),
        variant=release.get("VARIANT_ID", ""),
        kmod_version=_kmod_version(host),
        systemd_version=systemd_version,
        image=_is_image(host),
        service=init.gather(host, (os_id, *os_like), systemd_version=systemd_version),
        selinux=selinux_facts,
        unseen=() if release else unseen,
        gaps=(*gaps, *hiding),
    )


def _os_release(host: Host, gaps: list[Gap]) -> dict[str, str]:
    for path in ("/etc/os-release", "/usr/lib/os-release"):
        file = host.read(path)
        if file.presence == Presence.PRESENT:
            pairs = _ASSIGNMENT.findall(file.text)
            return {key: value.strip("\"' \r") for key, value in pairs}
        if file.unseen:
            gaps.append(Gap(path, file.problem))
    return {}


def _kmod_version(host: Host) -> int | None:
    """Return the version by what libkmod.so.2 points to: libkmod.so.2.4.0 is 30."""
    for directory in _LIBRARY_DIRECTORIES:
        try:
            target = host.link_target(f"{directory}/libkmod.so.2")
        except NotGivenError:
            continue
        except UnseenError:
            return None  # it counts as any version
        version = version_from_library(target.rsplit("/", 1)[-1])
        if version is not None:
            return version
    # A backport changes no rule: upstream's number is the first of the package's.
    return None if host.live else capture.package_version(host, "kmod")


def _is_image(host: Host) -> bool:
    """Tell whether the node's /usr comes from an image: bootc and rpm-ostree."""
    return any(
        host.kind(path) == Kind.DIRECTORY
        for path in ("/usr/lib/bootc", "/ostree/deploy")
    )


def _systemd_version(host: Host) -> int | None:
    for directory in _LIBRARY_DIRECTORIES:
        for name in given_names(host, f"{directory}/systemd"):
            match = _SYSTEMD_LIBRARY.fullmatch(name)
            if match:
                return int(match[1])
    return None if host.live else capture.package_version(host, "systemd")
