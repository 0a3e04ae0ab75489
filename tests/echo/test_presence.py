"""Whether SCTP is there, from files alone."""

from pathlib import Path

import pytest

from agent.echo import presence

PROTOCOLS = "protocol  size sockets\nSCTPv6    1000  0\n{}TCP       2000  1\n"


@pytest.mark.parametrize(
    ("text", "there"),
    [
        pytest.param(PROTOCOLS.format("SCTP      900  0\n"), True, id="registered"),
        pytest.param(PROTOCOLS.format(""), False, id="not registered"),
        pytest.param(None, False, id="no such file"),
    ],
)
def test_registered_protocol_is_found(
    tmp_path: Path,
    text: str | None,
    there: bool,  # noqa: FBT001  # a column of the table
) -> None:
    """The table of protocols decides, its lines read to their first blank."""
    if text is not None:
        (tmp_path / "protocols").write_text(text)

    assert presence.in_kernel(tmp_path) == there


def test_counters_are_read(tmp_path: Path) -> None:
    """By the kernel's names, none without the stack."""
    assert presence.counters(tmp_path) == {}

    (tmp_path / "sctp").mkdir()
    (tmp_path / "sctp/snmp").write_text("SctpAborteds\t7\n")
    assert presence.counters(tmp_path) == {"SctpAborteds": 7}


def test_ipv6_is_seen(tmp_path: Path) -> None:
    """By the file that the family brings."""
    assert not presence.has_ipv6(tmp_path)

    (tmp_path / "if_inet6").touch()
    assert presence.has_ipv6(tmp_path)
