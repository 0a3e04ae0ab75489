"""A modules-load.d file, as systemd-modules-load reads it."""

import pytest

from agent.systemd.modules_load import parse

PATH = "/etc/modules-load.d/x.conf"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param(b"", [], id="empty"),
        pytest.param(b"sctp", [(1, "sctp")], id="no end of line"),
        pytest.param(b"a\r\nb\r\n", [(1, "a"), (2, "b")], id="CR LF"),
        pytest.param(b"a\0b\rc", [(1, "a"), (1, "b"), (1, "c")], id="NUL and CR"),
        pytest.param(b" \t sctp \t\n", [(1, "sctp")], id="blanks"),
        pytest.param(b"# x\n ; sctp\n\n#sctp\n", [], id="comments"),
        pytest.param(b"\nsctp # x\n", [(2, "sctp # x")], id="no comment behind"),
        pytest.param(b"sctp dccp\n", [(1, "sctp dccp")], id="one name on a line"),
        pytest.param("é\n".encode(), [(1, "\xc3\xa9")], id="bytes"),
    ],
)
def test_names(data: bytes, expected: list[tuple[int, str]]) -> None:
    """Each name with its line."""
    entries = list(parse(PATH, data))

    assert [(e.origin.line, e.name) for e in entries] == expected
    assert {e.origin.path for e in entries} <= {PATH}
