"""Messages: what is written is read, and nothing else is."""

import json
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.echo import message
from agent.echo.message import (
    LARGEST,
    MOST_ASKED,
    SMALLEST_REPLY,
    CorruptError,
    MessageError,
    Reply,
    Request,
    checksum,
    decode_reply,
    decode_request,
    encode_reply,
    encode_request,
    missing,
)

REQUEST = Request("00ff" * 4, "worker-1", ("192.0.2.1", "2001:db8::1"))
REPLY = Reply(
    nonce="00ff" * 4,
    node="worker-2",
    version="0.1.0",
    reached="192.0.2.2",
    seen="192.0.2.1",
    checksum=checksum(b"sent"),
    host_addresses=("198.51.100.1",),
    names={"192.0.2.3": "worker-3"},
)
GOOD_REQUEST = {"nonce": "", "node": "", "ask": []}
BAD_REQUEST_FIELDS: tuple[dict[str, object], ...] = (
    {"nonce": "xyz"},
    {"nonce": None},
    {"node": "\n"},
    {"node": "\ud800"},
    {"node": "n" * 254},
    {"node": 1},
    {"ask": {}},
    {"ask": ["a b"]},
    {"ask": ["192.0.2.1"] * 65},
)
GOOD_REPLY = {
    "nonce": "",
    "node": "",
    "version": "",
    "reached": "",
    "seen": "",
    "checksum": "",
    "host_addresses": [],
    "names": {},
}


def raw(text: bytes, *, kind: int = 1, version: int = 1) -> bytes:
    """Return a message with a valid header around any text."""
    header = struct.pack("!4sBBHI", b"SNAP", version, kind, len(text), 16 + len(text))
    return header + struct.pack("!I", zlib.crc32(text, zlib.crc32(header))) + text


@given(st.integers(0, LARGEST))
def test_request_comes_back(size: int) -> None:
    """Whatever its size, and that is kept."""
    data = encode_request(REQUEST, size)

    assert decode_request(data) == REQUEST
    assert len(data) == max(size, len(encode_request(REQUEST)))
    assert missing(data) == 0


@given(st.integers(0, LARGEST))
def test_reply_comes_back_within_the_size_of_its_request(size: int) -> None:
    """A reply never has more bytes than its request, but for a few at the start."""
    data = encode_reply(REPLY, size)

    assert decode_reply(data) == REPLY
    assert size <= len(data) <= max(size, SMALLEST_REPLY)


def test_names_without_room_are_left_out() -> None:
    """The first ones are kept; the path is proven all the same."""
    names = {f"192.0.2.{n}": f"worker-{n}" for n in range(100)}
    reply = Reply("", "node", host_addresses=("192.0.2.1",) * 9, names=names)
    found = decode_reply(encode_reply(reply, 1400))

    assert found.host_addresses == reply.host_addresses
    assert 10 < len(found.names) < len(names)
    assert decode_reply(encode_reply(reply, 0)).host_addresses


def test_no_more_is_asked_than_may_be() -> None:
    """Addresses beyond the bound are left out."""
    asked = tuple(f"192.0.2.{n}" for n in range(MOST_ASKED + 1))

    assert decode_request(encode_request(Request("", "", asked))).ask == asked[:-1]


def test_message_too_large_is_not_made() -> None:
    """Neither is one that the other side would refuse."""
    with pytest.raises(MessageError):
        encode_request(Request("0" * LARGEST))


@given(st.integers(0, 255), st.integers(1, 255))
def test_every_changed_byte_is_noticed(at: int, change: int) -> None:
    """In the header, the text or the padding."""
    data = bytearray(encode_request(REQUEST, 256))
    data[at] ^= change

    with pytest.raises(MessageError):
        decode_request(bytes(data))


def test_changed_padding_is_corrupt_and_not_foreign() -> None:
    """The two have different causes, and different classes."""
    data = encode_request(REQUEST, 256)

    with pytest.raises(CorruptError):
        decode_request(data[:-1] + b"\0")


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(encode_request(REQUEST)[:15], id="half a header"),
        pytest.param(encode_request(REQUEST)[:-1], id="cut off"),
        pytest.param(encode_request(REQUEST) + b"\0", id="too long"),
        pytest.param(b"GET / HTTP/1.1\r\n\r\n", id="another protocol"),
        pytest.param(raw(b"{}", version=2), id="another version"),
        pytest.param(encode_reply(REPLY, 0), id="a reply"),
        pytest.param(raw(b"[]"), id="no object"),
        pytest.param(raw(b"[" * 9000), id="nested deeply"),
        pytest.param(raw(b'{"nonce": 1' + b"9" * 5000 + b"}"), id="a huge number"),
        pytest.param(raw(b"\xff"), id="no text"),
        *(
            pytest.param(raw(json.dumps({**GOOD_REQUEST, **bad}).encode()), id=str(bad))
            for bad in BAD_REQUEST_FIELDS
        ),
    ],
)
def test_foreign_bytes_are_no_request(data: bytes) -> None:
    """They are refused as a whole."""
    with pytest.raises(MessageError):
        decode_request(data)


@pytest.mark.parametrize(
    "bad",
    [
        *({"host_addresses": {}}, {"names": []}, {"names": {"a b": "x"}}),
        *({"names": {"192.0.2.1": 1}}, {"checksum": "x"}, {"version": "1" * 33}),
        *({"seen": 1}, {"reached": "\n"}, {"host_addresses": [1]}),
    ],
    ids=str,
)
def test_foreign_fields_are_no_reply(bad: dict[str, object]) -> None:
    """A good reply with one bad field is none."""
    good = json.dumps(GOOD_REPLY).encode()
    assert decode_reply(raw(good, kind=2)).node == ""

    with pytest.raises(MessageError):
        decode_reply(raw(json.dumps({**GOOD_REPLY, **bad}).encode(), kind=2))


def test_what_is_missing_is_known_from_the_header() -> None:
    """So a message in parts is put together, and a foreign one ends at once."""
    data = encode_request(REQUEST, 300)

    assert missing(b"") == missing(data[:16]) - 300 + 32
    assert missing(data[:100]) == 200
    with pytest.raises(MessageError):
        missing(b"SNAPx" + b"\xff" * 11)
    assert message.LARGEST < 64 << 10
