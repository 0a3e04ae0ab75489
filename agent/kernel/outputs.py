"""Parsers of what commands printed, as support archives keep it."""

import re

_VERSION_LINE = re.compile(r"\bLinux version (\S+) ")
_SYSCTL = re.compile(r"^([\w./-]+) = ?(.*)$", re.MULTILINE)


def uname_release(text: str) -> str:
    """Return the kernel release in the output of `uname -a`, "" if there is none.

    >>> uname_release("Linux node 6.1.0-56-amd64 #1 SMP Debian x86_64 GNU/Linux")
    '6.1.0-56-amd64'
    """
    match text.split():
        case ["Linux", _, release, *_]:
            return release
        case _:
            return ""


def dmesg_release(text: str) -> str:
    """Return the release that a kernel's first message names, "" if it is gone."""
    match = _VERSION_LINE.search(text)
    return match[1] if match else ""


def sysctls(text: str) -> dict[str, str]:
    """Return the settings in the output of `sysctl -a`."""
    return {key: value.strip() for key, value in _SYSCTL.findall(text)}


def package_version(text: str, name: str) -> int | None:
    """Return the first number of a package's version, None if it is not listed.

    *text* is the output of `rpm -qa` (NAME-VERSION-RELEASE) or of `dpkg -l`.

    >>> package_version("kmod-28-9.el9.x86_64  Mon 3 Nov 2025", "kmod")
    28
    >>> package_version("ii  kmod  30+20221128-1  amd64  tools", "kmod")
    30
    """
    match = re.search(
        rf"^(?:{re.escape(name)}-|ii\s+{re.escape(name)}(?::\w+)?\s+)(?:[0-9]+:)?([0-9]{{1,9}})",
        text,
        re.MULTILINE,
    )
    return int(match[1]) if match else None


def ships_sctp(text: str, release: str) -> bool | None:
    r"""Tell whether the packages of a kernel have sctp, None where they do not say.

    *text* is the output of `rpm -qa`. Red Hat's kernels have it in the package
    kernel-modules-extra of the same version, a variant's in its own (kernel-rt-…).

    >>> ships_sctp("kernel-modules-extra-5.14.0-1.el9.x86_64\n", "5.14.0-1.el9.x86_64")
    True
    """
    version = re.escape(release.partition("+")[0])
    package = rf"^kernel(?:-[0-9a-z]+)??-{{part}}-{version}(?=\s|$)"
    if re.search(package.format(part="modules-extra"), text, re.MULTILINE):
        return True
    core = re.search(package.format(part="(?:core|modules)"), text, re.MULTILINE)
    return False if core else None


def selinux_boolean(text: str, name: str) -> bool | None:
    """Return a boolean in the output of `sestatus -b`, None if it is not listed."""
    match = re.search(rf"^{re.escape(name)}\s+(on|off)\s*$", text, re.MULTILINE)
    return match[1] == "on" if match else None


def setting(text: str, name: str) -> str:
    """Return the last `NAME=VALUE` of a configuration file, "" without one."""
    values = re.findall(
        rf"^[ \t]*{re.escape(name)}[ \t]*=[ \t]*(\S*)", text, re.MULTILINE
    )
    return values[-1] if values else ""
