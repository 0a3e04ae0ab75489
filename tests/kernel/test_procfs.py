"""Short files of /proc and the kernel's configuration."""

import pytest

from agent.kernel.procfs import LoadedModule, kernel_options, modules, snmp


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


_SCTP, _SIGNED, _FORCED = "CONFIG_IP_SCTP", "CONFIG_SIG", "CONFIG_SIG_FORCE"


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("CONFIG_IP_SCTP=m\n", {_SCTP: "m"}),
        ("CONFIG_IP_SCTP=m", {_SCTP: "m"}),
        ("CONFIG_IP_SCTP=m\r\n", {_SCTP: "m"}),
        ("# CONFIG_IP_SCTP is not set\n", {_SCTP: "n"}),
        ("# CONFIG_IP_SCTP is not settled\n", {}),
        ("CONFIG_IP_SCTP=m\n# CONFIG_IP_SCTP is not set\n", {_SCTP: "m"}),
        ("# CONFIG_IP_SCTP is not set\nCONFIG_IP_SCTP=m\n", {_SCTP: "m"}),
        ("CONFIG_IP_SCTP=m\nCONFIG_IP_SCTP=y\n", {_SCTP: "m"}),
        ('CONFIG_IP_SCTP="/sbin/modprobe"\n', {_SCTP: "/sbin/modprobe"}),
        ("CONFIG_IP_SCTP_X=y\n#CONFIG_IP_SCTP=y\n X CONFIG_IP_SCTP=y\n", {}),
        ("CONFIG_SIG_FORCE=y\n# CONFIG_SIG is not set\n", {_FORCED: "y", _SIGNED: "n"}),
        ("CONFIG_SIG=\nCONFIG_IP_SCTP=y\n", {_SIGNED: "", _SCTP: "y"}),
        ("", {}),
    ],
)
def test_kernel_options(text: str, values: dict[str, str]) -> None:
    """Set, unset, or not mentioned; the first line that sets it counts."""
    assert kernel_options(text, (_SCTP, _SIGNED, _FORCED)) == values
