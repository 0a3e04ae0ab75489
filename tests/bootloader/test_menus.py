"""Menus of extlinux and zipl: their entries and the one that starts."""

from agent.bootloader.menus import extlinux, zipl

EXTLINUX = """\
## /boot/extlinux/extlinux.conf
default l0
menu title U-Boot menu
label l0
\tlinux /boot/vmlinuz-6.1.0-56-arm64
\tappend root=/dev/mmcblk0p2 module_blacklist=sctp
label l0r
\tkernel /boot/vmlinuz-6.1.0-56-arm64
label nothing
\tdefault l9
"""
ZIPL = """\
# zipl
[defaultboot]
default = linux
target=/boot
[linux]
    image = /boot/vmlinuz-6.1.0-56-s390x
    parameters = "root=/dev/dasda1 modprobe.blacklist=sctp"
[old]
    image=/boot/vmlinuz-5.10.0-9-s390x
"""


def test_extlinux() -> None:
    """The label, its kernel and what is appended, with the line it begins in."""
    entries, default = extlinux("/x", EXTLINUX)
    first, second = entries

    assert default == "l0"
    assert (first.release, first.line) == ("6.1.0-56-arm64", 4)
    assert first.arguments == "root=/dev/mmcblk0p2 module_blacklist=sctp"
    assert (second.names, second.arguments) == (frozenset({"l0r"}), "")


def test_zipl() -> None:
    """The section, its image and its parameters without quotes."""
    entries, default = zipl("/x", ZIPL)
    first, second = entries

    assert default == "linux"
    assert (first.names, first.release) == (
        frozenset({"linux"}),
        "6.1.0-56-s390x",
    )
    assert first.arguments == "root=/dev/dasda1 modprobe.blacklist=sctp"
    assert (second.release, second.arguments) == ("5.10.0-9-s390x", "")
