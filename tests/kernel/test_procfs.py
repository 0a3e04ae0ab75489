"""Short files of /proc and the kernel's configuration."""

import pytest

from agent.kernel.procfs import LoadedModule, kernel_option, modules, snmp


def test_modules() -> None:
    """Name, references and state; a line that is no such line is passed over."""
    text = (
        "sctp 503808 2 sctp_diag, Live 0x0000000000000000 (OE)\n"
        "dummy 16384 - - Loading 0x0\n"
        "cut 16384 0\n"
    )

    assert modules(text) == (
        LoadedModule("sctp", 2, "Live"),
        LoadedModule("dummy", None, "Loading"),
    )


def test_snmp() -> None:
    """Counters by the kernel's names; anything else is passed over."""
    text = "SctpCurrEstab \t3\nSctpAborteds\t-1\nbroken\nSctpX y\nSctpBig 1e9\n"

    assert snmp(text) == {"SctpCurrEstab": 3, "SctpAborteds": -1}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("CONFIG_IP_SCTP=m\n", "m"),
        ("# CONFIG_IP_SCTP is not set\n", "n"),
        ('CONFIG_IP_SCTP="/sbin/modprobe"\n', "/sbin/modprobe"),
        ("CONFIG_IP_SCTP_X=y\n#CONFIG_IP_SCTP=y\n", None),
        ("", None),
    ],
)
def test_kernel_option(text: str, value: str | None) -> None:
    """Set, unset, or not mentioned."""
    assert kernel_option(text, "CONFIG_IP_SCTP") == value
