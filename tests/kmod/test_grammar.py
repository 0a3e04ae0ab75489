"""One modprobe.d file, line by line, as libkmod parses it."""

import pytest

from agent.findings import Origin
from agent.kmod.grammar import BadLine, Directive, Keyword, canonical, parse
from agent.kmod.rules import KmodRules

PATH = "/etc/modprobe.d/x.conf"
BLACKLIST, INSTALL = Keyword.BLACKLIST, Keyword.INSTALL
Parsed = tuple[Keyword, str, str] | None


def _parsed(data: bytes, version: int) -> list[tuple[int, Parsed]]:
    found: list[tuple[int, Parsed]] = []
    for item in parse(PATH, data, KmodRules(version)):
        assert item.origin.path == PATH
        parsed = None
        if isinstance(item, Directive):
            parsed = (item.keyword, item.name, item.value)
        found.append((item.origin.line or 0, parsed))
    return found


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param(b"", [], id="empty file"),
        pytest.param(b"\n \n\t\n# blacklist sctp\n", [], id="blank and comment"),
        pytest.param(
            b"blacklist sctp", [(1, (BLACKLIST, "sctp", ""))], id="no end of line"
        ),
        pytest.param(
            b"blacklist dccp sctp # x\n",
            [(1, (BLACKLIST, "dccp", ""))],
            id="blacklist takes one name",
        ),
        pytest.param(
            b" \tblacklist\t xt-sctp\n",
            [(1, (BLACKLIST, "xt_sctp", ""))],
            id="blanks and dashes",
        ),
        pytest.param(b"BLACKLIST sctp\n", [(1, None)], id="capitals"),
        pytest.param(
            b" \t\nblacklist sctp\n",
            [(2, (BLACKLIST, "sctp", ""))],
            id="after a line of blanks",
        ),
        pytest.param(b"\vblacklist sctp\n", [(1, None)], id="another blank"),
        pytest.param(
            b"options sctp a=1\tb=2\n",
            [(1, (Keyword.OPTIONS, "sctp", "a=1 b=2"))],
            id="tabs between options",
        ),
        pytest.param(b" # blacklist sctp\n", [(1, None)], id="comment not in column 0"),
        pytest.param(b"; blacklist sctp\n", [(1, None)], id="other comment character"),
        pytest.param(
            b"\xef\xbb\xbfblacklist sctp\n", [(1, None)], id="byte order mark"
        ),
        pytest.param(
            b"\nblacklist sctp\r\n",
            [(2, (BLACKLIST, "sctp\r", ""))],
            id="CR is a letter",
        ),
        pytest.param(
            b'blacklist "sctp"\n',
            [(1, (BLACKLIST, '"sctp"', ""))],
            id="quotes are letters",
        ),
        pytest.param(
            b"blacklist\xc2\xa0sctp\n", [(1, None)], id="no-break space is a letter"
        ),
        pytest.param(
            b"# old \\\nblacklist sctp\nblacklist dccp\n",
            [(3, (BLACKLIST, "dccp", ""))],
            id="comment that goes on",
        ),
        pytest.param(
            b"black\\\nlist sc\\\ntp\nblacklist dccp\n",
            [(1, (BLACKLIST, "sctp", "")), (4, (BLACKLIST, "dccp", ""))],
            id="joined lines count from the first",
        ),
        pytest.param(b"blacklist\\\nsctp\n", [(1, None)], id="joining inserts nothing"),
        pytest.param(
            b"blacklist sc\\tp\\\\\n",
            [(1, (BLACKLIST, "sctp\\", ""))],
            id="backslash before another byte",
        ),
        pytest.param(
            b"blacklist sctp\0 dccp\nblacklist x\n",
            [(1, (BLACKLIST, "sctp", "")), (2, (BLACKLIST, "x", ""))],
            id="NUL hides the rest of the line",
        ),
        pytest.param(
            b"install sctp  /bin/true \n",
            [(1, (INSTALL, "sctp", " /bin/true "))],
            id="one blank after the pattern is eaten",
        ),
        pytest.param(b"install sctp\n", [(1, None)], id="install without a command"),
        pytest.param(b"options sctp\n", [(1, None)], id="options without options"),
        pytest.param(b"blacklist\n", [(1, None)], id="blacklist without a name"),
        pytest.param(
            b"alias net-pf-*-proto-132 xt-sctp off\n",
            [(1, (Keyword.ALIAS, "net_pf_*_proto_132", "xt_sctp"))],
            id="alias",
        ),
        pytest.param(b"alias sctp\n", [(1, None)], id="alias without a module"),
        pytest.param(
            b"alias a-[b-c]-d x\n",
            [(1, (Keyword.ALIAS, "a_[b-c]_d", "x"))],
            id="dashes in brackets stay",
        ),
        pytest.param(b"blacklist a]b\n", [(1, None)], id="stray bracket"),
        pytest.param(b"blacklist a[b\n", [(1, None)], id="open bracket"),
        pytest.param(b"include /etc/other\n", [(1, None)], id="include"),
    ],
)
def test_parse(data: bytes, expected: list[tuple[int, Parsed]]) -> None:
    """Line number and directive; None is a line that kmod passes over."""
    assert _parsed(data, 30) == expected


@pytest.mark.parametrize(
    ("data", "version", "expected"),
    [
        pytest.param(b"blacklist sctp\\", 33, "sctp\xff", id="backslash at the end"),
        pytest.param(b"blacklist sctp\\", 34, "sctp", id="the same since kmod 34"),
        pytest.param(b"weakdep sctp x\n", 32, None, id="weakdep before kmod 33"),
        pytest.param(b"weakdep sctp x\n", 33, "sctp", id="weakdep since kmod 33"),
        pytest.param(b"weakdep sctp\n", 33, None, id="weakdep without a module"),
    ],
)
def test_versions(data: bytes, version: int, expected: str | None) -> None:
    """What differs between versions of kmod."""
    [(_, parsed)] = _parsed(data, version)

    assert (parsed[1] if parsed else None) == expected


def test_text_is_shown_as_it_is_meant() -> None:
    """Bytes decide, but people see UTF-8, and escapes where it is none."""
    items = parse(PATH, "alias é x\n".encode() + b"x \xff\n", KmodRules(30))

    assert [item.origin for item in items] == [
        Origin(PATH, 1, "alias é x"),
        Origin(PATH, 2, "x \\xff"),
    ]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("", ""),
        ("a-b_c", "a_b_c"),
        ("[a-b]-c", "[a-b]_c"),
        ("a-[b-c]-[d-e]-f", "a_[b-c]_[d-e]_f"),
        ("[a-[b-c]-", "[a-[b-c]_"),
        ("[\n-]-", "[\n-]_"),
        ("[]a]", None),
        ("[a]-[b", None),
        ("a]", None),
        ("[", None),
    ],
)
def test_canonical(name: str, expected: str | None) -> None:
    """Dashes become underscores, except inside brackets."""
    assert canonical(name) == expected


def test_bad_line_is_no_directive() -> None:
    """The two are told apart by type, not by a flag."""
    [item] = parse(PATH, b"blaclist sctp", KmodRules(30))

    assert item == BadLine(Origin(PATH, 1, "blaclist sctp"))
