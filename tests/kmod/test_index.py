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


@pytest.mark.parametrize(
    ("mapped", "found"),
    [
        pytest.param(True, ["3", "2", "1", "c", "b", "a"], id="mapped"),
        pytest.param(False, ["1", "2", "3", "a", "b", "c"], id="read"),
    ],
)
def test_equal_priorities(*, mapped: bool, found: list[str]) -> None:
    """The last one found comes first, however the values of a key are read."""
    data = encode({"net*": ("a", "b", "c"), "net": ("1", "2", "3")}, ranked=False)

    assert Index(_reader(data), mapped=mapped).search("net") == found


def test_text_of_many_chunks() -> None:
    """Keys and values may be longer than what is read at once."""
    key, value = "k" * 1000, "v" * 1000
    index = _index({key: (value,)})

    assert index.exact(key) == value
    assert index.search(key) == [value]


def test_keys_of_brackets_are_no_way_round_the_bound() -> None:
    """Matching costs their length times their brackets."""
    start = "[" * 450
    index = _index({f"{start}a": ("x",), f"{start}b": ("y",)})

    with pytest.raises(BadIndexError, match="absurdly large"):
        index.search("a")


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
    ("data", "problem"),
    [
        pytest.param(b"", "ends at byte 0", id="empty"),
        pytest.param(b"\xb0\x07\xf4\x57", "ends at byte 4", id="cut off"),
        pytest.param(struct.pack(">III", 1, 0x20001, 0), "no", id="other magic"),
        pytest.param(
            struct.pack(">III", 0xB007F457, 0x30001, 0), "version 2", id="other version"
        ),
    ],
)
def test_no_index(data: bytes, problem: str) -> None:
    """What is no index of this version is refused at once."""
    with pytest.raises(BadIndexError, match=problem):
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
