"""What commands printed, read back from an archive."""

import pytest

from agent.kernel import outputs


@pytest.mark.parametrize(
    ("text", "release"),
    [
        pytest.param("Linux n 6.1.0 #1 SMP x86_64\n", "6.1.0", id="uname -a"),
        pytest.param("Linux n\n", "", id="cut short"),
        pytest.param("bash: uname: not found\n", "", id="an error"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_uname(text: str, release: str) -> None:
    """The third word, if it is a line of uname."""
    assert outputs.uname_release(text) == release


@pytest.mark.parametrize(
    ("text", "release"),
    [
        pytest.param("[    0.000000] Linux version 6.1.0 (gcc)\n", "6.1.0", id="first"),
        pytest.param("[99.1] eth0: up\n", "", id="overwritten"),
    ],
)
def test_dmesg(text: str, release: str) -> None:
    """The kernel's first message, as long as the buffer holds it."""
    assert outputs.dmesg_release(text) == release


def test_sysctls() -> None:
    """Settings with odd keys and without a value; errors between them."""
    text = (
        "kernel.modprobe = /sbin/modprobe\n"
        "sysctl: permission denied on key 'x'\n"
        "net.ipv4.conf.eth0/1.tag = 3\n"
        "kernel.empty = \n"
    )

    assert outputs.sysctls(text) == {
        "kernel.modprobe": "/sbin/modprobe",
        "net.ipv4.conf.eth0/1.tag": "3",
        "kernel.empty": "",
    }


@pytest.mark.parametrize(
    ("text", "version"),
    [
        pytest.param("a-1-1\nkmod-28-9.el9.x86_64   Mon\n", 28, id="rpm"),
        pytest.param("kmod-libs-28-9.el9.x86_64   Mon\n", None, id="its libraries"),
        pytest.param("ii  kmod  30+20221128-1  amd64  x\n", 30, id="dpkg"),
        pytest.param("ii  kmod:amd64  2:31-1  amd64  x\n", 31, id="architecture"),
        pytest.param("rc  kmod  30-1  amd64  x\n", None, id="removed"),
        pytest.param("", None, id="nothing"),
    ],
)
def test_package(text: str, version: int | None) -> None:
    """The first number of the version of exactly this package."""
    assert outputs.package_version(text, "kmod") == version


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param("x_y   off\nx     on\n", True, id="on"),
        pytest.param("x     off\n", False, id="off"),
        pytest.param("y     on\n", None, id="not listed"),
    ],
)
def test_boolean(text: str, value: bool | None) -> None:  # noqa: FBT001
    """The exact name, in the words of sestatus."""
    assert outputs.selinux_boolean(text, "x") is value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param("# SELINUX=no\nSELINUX=enforcing\n", "enforcing", id="comment"),
        pytest.param("SELINUX=a\n SELINUX = b\n", "b", id="the last"),
        pytest.param("SELINUXTYPE=targeted\n", "", id="another name"),
    ],
)
def test_setting(text: str, value: str) -> None:
    """The last assignment of exactly this name."""
    assert outputs.setting(text, "SELINUX") == value


@pytest.mark.parametrize(
    ("text", "release", "ships"),
    [
        ("kernel-modules-extra-4.18.0-80.el8  Mon\n", "4.18.0-80.el8", True),
        ("kernel-core-4.18.0-80.el8.x86_64  Mon\n", "4.18.0-80.el8.x86_64", False),
        ("kernel-core-4.18.0-80.el8.x86_64\n", "4.18.0-80.el8.x86_64", False),
        ("kernel-modules-extra-4.18.0-81.el8.x86_64\n", "4.18.0-80.el8.x86_64", None),
        ("kernel-rt-modules-extra-5.14.0-1.x86_64\n", "5.14.0-1.x86_64+rt", True),
        ("", "5.14.0-1.x86_64", None),
    ],
)
def test_kernel_package(text: str, release: str, ships: bool | None) -> None:  # noqa: FBT001
    """The package of this very kernel, or its absence beside the others."""
    assert outputs.ships_sctp(text, release) == ships
