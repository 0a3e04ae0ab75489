"""Requests and replies as bytes: versioned, bounded, and whole or not at all.

A message is a header, a JSON object and padding. The header is the magic, the
version, the kind, the length of the JSON text, the length of the message and the
CRC-32 of all the rest, in network byte order.
"""

import json
import re
import struct
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

LARGEST = 16 << 10
"""Bytes of a message at most, padding included."""

SMALLEST_REPLY = 640
"""Bytes that a reply may have although its request is shorter."""

MOST_ASKED = 64
"""Addresses in one request at most."""

_HEADER = struct.Struct("!4sBBHI")
_CRC = struct.Struct("!I")
_START = _HEADER.size + _CRC.size
_MAGIC = b"SNAP"
_VERSION = 1
_REQUEST, _REPLY = 1, 2
_PADDING = bytes(range(1, 252))  # a prime's length: no two packets carry it alike
Item = TypeVar("Item", bound=tuple[str, ...])

_LONGEST_NAME = 253  # characters, as in DNS
_LONGEST_VERSION = 32
_NONCE = re.compile("[0-9a-f]{0,32}")
_CHECKSUM = re.compile("[0-9a-f]{0,8}")
_ADDRESS = re.compile("[0-9A-Za-z:.%_-]{0,64}")


class MessageError(ValueError):
    """The bytes are no message of this protocol and version."""


class CorruptError(MessageError):
    """The bytes were one, until some of them changed on the way."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a responder is: node name, agent version, addresses of its node."""

    node: str
    version: str
    host_addresses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Request:
    """What an asker sends: *node* is the asker's, *ask* addresses it cannot name."""

    nonce: str
    node: str = ""
    ask: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reply:
    """What a responder says of itself and of the request as it arrived.

    *nonce* is the request's, "" when the request was not to be read.

    *reached* is the local address of the association there and *seen* the
    peer's; *checksum* is that of the whole request, as *checksum* makes it.
    *host_addresses* and *names* (address to node name) hold what there was room
    for: a reply is no longer than its request.
    """

    nonce: str
    node: str
    version: str = ""
    reached: str = ""
    seen: str = ""
    checksum: str = ""
    host_addresses: tuple[str, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)


def checksum(data: bytes) -> str:
    """Return the CRC-32 of *data* in hexadecimal."""
    return f"{zlib.crc32(data):08x}"


def encode_request(request: Request, size: int = 0) -> bytes:
    """Return the request, padded to *size* bytes, or as long as it must be.

    Addresses in *ask* beyond MOST_ASKED are left out. Raise MessageError when it
    does not fit LARGEST.
    """
    text = _text(
        {
            "nonce": request.nonce,
            "node": request.node[:_LONGEST_NAME],
            "ask": request.ask[:MOST_ASKED],
        }
    )
    return _message(_REQUEST, text, size)


def encode_reply(reply: Reply, size: int) -> bytes:
    """Return the reply to a request of *size* bytes, padded to that size.

    Host addresses and names that find no room in it, or in SMALLEST_REPLY, are
    left out.
    """
    fields: dict[str, Any] = {
        "nonce": reply.nonce,
        "node": reply.node[:_LONGEST_NAME],
        "version": reply.version[:_LONGEST_VERSION],
        "reached": reply.reached,
        "seen": reply.seen,
        "checksum": reply.checksum,
        "host_addresses": [],
        "names": {},
    }
    room = max(size, SMALLEST_REPLY) - _START - len(_text(fields))
    addresses, room = _fitting(((each,) for each in reply.host_addresses), room)
    names, _ = _fitting(reply.names.items(), room)
    fields["host_addresses"] = [address for (address,) in addresses]
    fields["names"] = dict(names)
    return _message(_REPLY, _text(fields), size)


def decode_request(data: bytes) -> Request:
    """Return the request in *data*; raise CorruptError or MessageError."""
    fields = _fields(data, _REQUEST)
    ask = fields.get("ask")
    if not isinstance(ask, list) or len(ask) > MOST_ASKED:
        raise MessageError("ask")
    return Request(
        nonce=_matching(fields, "nonce", _NONCE),
        node=_name(fields.get("node"), _LONGEST_NAME),
        ask=tuple(_address(each) for each in ask),
    )


def decode_reply(data: bytes) -> Reply:
    """Return the reply in *data*; raise CorruptError or MessageError."""
    fields = _fields(data, _REPLY)
    addresses, names = fields.get("host_addresses"), fields.get("names")
    if not isinstance(addresses, list) or not isinstance(names, dict):
        raise MessageError("host_addresses, names")
    return Reply(
        nonce=_matching(fields, "nonce", _NONCE),
        node=_name(fields.get("node"), _LONGEST_NAME),
        version=_name(fields.get("version"), _LONGEST_VERSION),
        reached=_address(fields.get("reached")),
        seen=_address(fields.get("seen")),
        checksum=_matching(fields, "checksum", _CHECKSUM),
        host_addresses=tuple(_address(each) for each in addresses),
        names={
            _address(address): _name(name, _LONGEST_NAME)
            for address, name in names.items()
        },
    )


def missing(data: bytes | bytearray) -> int:
    """Return how many bytes a message lacks that begins with *data*.

    0 when it is whole. Raise MessageError as soon as it cannot become one.
    """
    if data[: len(_MAGIC)] != _MAGIC[: len(data)]:
        raise MessageError("another protocol")
    if len(data) < _START:
        return _START - len(data)
    *_, length = _HEADER.unpack_from(data)
    if not len(data) <= length <= LARGEST:
        raise MessageError(f"length {length}")
    return int(length) - len(data)


def _message(kind: int, text: bytes, size: int) -> bytes:
    length = max(_START + len(text), min(size, LARGEST))
    if length > LARGEST:
        raise MessageError(f"length {length}")
    header = _HEADER.pack(_MAGIC, _VERSION, kind, len(text), length)
    count = length - _START - len(text)
    rest = text + (_PADDING * (count // len(_PADDING) + 1))[:count]
    return header + _CRC.pack(zlib.crc32(rest, zlib.crc32(header))) + rest


def _fields(data: bytes, kind: int) -> dict[str, Any]:
    if len(data) < _START or missing(data):
        raise MessageError("cut off")
    header, rest = data[: _HEADER.size], data[_START:]
    _, version, their_kind, length, _ = _HEADER.unpack(header)
    (crc,) = _CRC.unpack_from(data, _HEADER.size)
    if crc != zlib.crc32(rest, zlib.crc32(header)):
        raise CorruptError("CRC")
    if (version, their_kind) != (_VERSION, kind):
        raise MessageError(f"version {version}, kind {their_kind}")
    try:
        fields = json.loads(rest[:length])
    except (ValueError, RecursionError) as error:
        raise MessageError("JSON") from error
    if not isinstance(fields, dict):
        raise MessageError("JSON")
    return fields


def _text(fields: Mapping[str, object]) -> bytes:
    return json.dumps(fields, separators=(",", ":")).encode()


def _fitting(items: Iterable[Item], room: int) -> tuple[list[Item], int]:
    """Return the first of *items* that fit *room*, and the room that is left."""
    first = []
    for item in items:
        room -= sum(len(json.dumps(part)) + 1 for part in item)
        if room < 0:
            break
        first.append(item)
    return first, room


def _matching(fields: Mapping[str, Any], key: str, pattern: re.Pattern[str]) -> str:
    value = fields.get(key)
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise MessageError(key)
    return value


def _address(value: object) -> str:
    return _matching({"address": value}, "address", _ADDRESS)


def _name(value: object, longest: int) -> str:
    if (
        not isinstance(value, str)
        or len(value) > longest
        or not (value.isascii() and value.isprintable())
    ):
        raise MessageError("name")
    return value
