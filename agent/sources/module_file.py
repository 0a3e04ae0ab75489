"""The state of one module file: complete, truncated, signed or not."""

import os
import struct
from collections.abc import Callable, Iterator

from agent.gzip_format import GZIP
from agent.hostfs.host import Host
from agent.kmod.tree import Health
from agent.sources.cache import FileIdentity, Memory

_SIGNATURE = b"~Module signature appended~\n"  # include/linux/module_signature.h
_VERMAGIC = b"\0vermagic="
_TAIL = 512  # bytes kept of what was read: a signature's end, a whole vermagic
_CHUNK = 1 << 16
_LIMIT = 1 << 26  # no module is larger unpacked; a bomb ends here
_HEADER = 64
_ZSTD_CHUNK = 256  # may become 32,768 times as much at once


def inspect(host: Host, path: str, memory: Memory) -> Health:
    """Judge the module file at *path*; a file seen before is not read again.

    Unless it had just been written: its end may have come in the same moment.
    """
    try:
        with host.open(path) as fd:
            identity = FileIdentity.of(os.fstat(fd))
            is_settled = identity.is_settled()
            earlier = memory.health.get(path)
            if earlier and earlier[0] == identity:
                return earlier[1]
            health, memory.magic[path] = _judge(fd, path)
    except FileNotFoundError:
        return Health.MISSING
    except IsADirectoryError:
        return Health.DAMAGED
    except OSError:
        return Health.UNKNOWN
    if is_settled:
        memory.health[path] = (identity, health)
    return health


def _judge(fd: int, path: str) -> tuple[Health, str]:
    """Return the state of the file, and its vermagic ("": none was found)."""
    unpack = _unpacker(path)
    if unpack is None:
        return Health.UNKNOWN, ""
    head = tail = magic = b""
    size = 0
    try:
        for chunk in unpack(_chunks(fd)):
            if len(head) < _HEADER:
                head = (head + chunk)[:_HEADER]
            window = tail + chunk
            magic = magic or _magic(window)
            tail = window[-_TAIL:]
            size += len(chunk)
            if size > _LIMIT:
                return Health.UNKNOWN, ""
    except _CutShortError:
        return Health.DAMAGED, ""
    whole = _elf_size(head)
    if whole is None or size < whole:
        return Health.DAMAGED, ""
    signed = tail.endswith(_SIGNATURE)
    return Health.GOOD if signed else Health.UNSIGNED, magic.decode("ascii", "replace")


def _magic(window: bytes) -> bytes:
    """Return the vermagic that stands whole in *window*, a part of .modinfo."""
    start = window.find(_VERMAGIC)
    end = window.find(b"\0", start + len(_VERMAGIC))
    if start < 0 or end < 0:
        return b""
    return window[start + len(_VERMAGIC) : end][:_TAIL]


def _elf_size(head: bytes) -> int | None:
    """Return the bytes an ELF file has at least: up to its section headers' end."""
    if len(head) < _HEADER or head[:4] != b"\x7fELF":
        return None
    order = {1: "<", 2: ">"}.get(head[5])
    if order is None:
        return None
    if head[4] == 1:
        (offset,) = struct.unpack_from(f"{order}I", head, 0x20)
        entry, count = struct.unpack_from(f"{order}HH", head, 0x2E)
    else:
        (offset,) = struct.unpack_from(f"{order}Q", head, 0x28)
        entry, count = struct.unpack_from(f"{order}HH", head, 0x3A)
    return int(offset + entry * count)


class _CutShortError(Exception):
    """The compressed data ends too early or is no such data."""


def _chunks(fd: int) -> Iterator[bytes]:
    while chunk := os.read(fd, _CHUNK):
        yield chunk


_Unpack = Callable[[Iterator[bytes]], Iterator[bytes]]


def _unpacker(path: str) -> _Unpack | None:
    return {
        ".ko": _plain,
        ".gz": _gzip,
        ".xz": _xz,
        ".zst": _zstd,
    }.get(os.path.splitext(path)[1])


def _plain(chunks: Iterator[bytes]) -> Iterator[bytes]:
    return chunks


def _gzip(chunks: Iterator[bytes]) -> Iterator[bytes]:
    import zlib

    stream = zlib.decompressobj(wbits=GZIP)
    try:
        for chunk in chunks:
            yield stream.decompress(chunk, _CHUNK)
            while stream.unconsumed_tail and not stream.eof:
                yield stream.decompress(stream.unconsumed_tail, _CHUNK)
            if stream.eof:
                return
    except zlib.error as error:
        raise _CutShortError from error
    raise _CutShortError


def _xz(chunks: Iterator[bytes]) -> Iterator[bytes]:
    import lzma

    stream = lzma.LZMADecompressor(memlimit=2 * _LIMIT)
    try:
        for chunk in chunks:
            yield stream.decompress(chunk, _CHUNK)
            while not stream.needs_input and not stream.eof:
                yield stream.decompress(b"", _CHUNK)
            if stream.eof:
                return
    except lzma.LZMAError as error:
        raise _CutShortError from error
    raise _CutShortError


def _zstd(chunks: Iterator[bytes]) -> Iterator[bytes]:
    import zstandard

    stream = zstandard.ZstdDecompressor(max_window_size=_LIMIT).decompressobj()
    try:
        for chunk in chunks:
            for at in range(0, len(chunk), _ZSTD_CHUNK):
                yield stream.decompress(chunk[at : at + _ZSTD_CHUNK])
                if stream.eof:
                    return
    except zstandard.ZstdError as error:
        raise _CutShortError from error
    raise _CutShortError
