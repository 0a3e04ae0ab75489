"""depmod's indexes: what is found in them, and what a damaged one costs."""

import struct
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.kmod.glob import matches
from agent.kmod.index import BadIndexError, Index
from tests.indexes import encode

ENTRIES: Mapping[str, Sequence[str]] = {
    "net_pf_2_proto_132": ("sctp",),
    "net_pf_2_proto_132_type_5": ("first", "second"),
    "net_pf_*_proto_132": ("glob",),
    "net_pf_?_proto_[0-9]*": ("brackets",),
    "net": ("short",),
}
_keys = st.text("ab_*?[]-", min_size=1, max_size=6)
_names = st.text("ab_-", max_size=6)


def _reader(data: bytes) -> Callable[[int, int], bytes]:
    return lambda at, size: data[at : at + size]


def _index(entries: Mapping[str, Sequence[str]]) -> Index:
    return Index(_reader(encode(entries)))


@pytest.mark.parametrize(
    ("name", "exact", "found"),
    [
        ("net_pf_2_proto_132", "sctp", ["sctp", "glob", "brackets"]),
        ("net_pf_2_proto_132_type_5", "first", ["first", "second", "brackets"]),
        ("net_pf_10_proto_132", None, ["glob"]),
        ("net", "short", ["short"]),
        ("ne", None, []),
        ("", None, []),
    ],
)
def test_look_up(name: str, exact: str | None, found: list[str]) -> None:
    """Exactly, and as globs in the order of priority."""
    index = _index(ENTRIES)

    assert index.exact(name) == exact
    assert index.search(name) == found


def test_empty_index() -> None:
    """An index without entries is valid and knows nothing."""
    index = _index({})

    assert index.exact("sctp") is None
    assert index.search("sctp") == []


@given(entries=st.dictionaries(_keys, st.just(("x",))), name=_names)
def test_search_is_matching_every_key(
    entries: dict[str, tuple[str, ...]], name: str
) -> None:
    """The trie finds what going through all keys one by one would find."""
    index = _index({key: (key,) for key in entries})

    assert sorted(index.search(name)) == sorted(k for k in entries if matches(k, name))
    assert index.exact(name) == (name if name in entries else None)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"\xb0\x07\xf4\x57", id="cut off"),
        pytest.param(struct.pack(">III", 1, 0x20001, 0), id="other magic"),
        pytest.param(struct.pack(">III", 0xB007F457, 0x30001, 0), id="other version"),
    ],
)
def test_no_index(data: bytes) -> None:
    """What is no index of this version is refused at once."""
    with pytest.raises(BadIndexError):
        Index(_reader(data))


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    "rest",
    [
        pytest.param(struct.pack(">BBI", 97, 97, 0x2000000C), id="node in itself"),
        pytest.param(
            struct.pack(">BB", 0, 255) + struct.pack(">I", 0x2000000C) * 256,
            id="tree without an end",
        ),
    ],
)
def test_loop_ends(rest: bytes) -> None:
    """A hostile index costs a bounded search, then an error."""
    head = struct.pack(">III", 0xB007F457, 0x20001, 0x2000000C)
    index = Index(_reader(head + rest))

    with pytest.raises(BadIndexError):
        index.exact("a" * 100_000)
    with pytest.raises(BadIndexError):
        index.search("a" * 100_000)


@given(cut=st.integers(12, len(encode(ENTRIES)) - 1))
def test_cut_off_index_answers_or_says_so(cut: int) -> None:
    """No other error than the one that says what is wrong."""
    index = Index(_reader(encode(ENTRIES)[:cut]))
    for name in ENTRIES:
        for ask in (index.exact, index.search):
            with suppress(BadIndexError):
                ask(name)


def test_text_without_an_end_is_an_error() -> None:
    """Text of a file that never says where it ends is not read for ever."""
    head = struct.pack(">III", 0xB007F457, 0x20001, 0x8000000C)

    with pytest.raises(BadIndexError, match="no end of text"):
        Index(_reader(head + b"a" * 100_000)).exact("a")
