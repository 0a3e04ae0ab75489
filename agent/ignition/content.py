"""The bytes of a file that an Ignition config declares: URL, compression, sum."""

import hashlib
import zlib

from agent.gzip_format import GZIP
from agent.ignition import dataurl
from agent.ignition.entries import FileEntry

_REMOTE = frozenset({"arn", "gs", "http", "https", "oem", "s3", "tftp"})
_LIMIT = 16 << 20  # bytes; etcd takes 1.5 MB compressed


class ContentError(ValueError):
    """The daemon on the node could not make the file; says why."""


def content(entry: FileEntry) -> bytes:
    """Return what the node writes; raise ContentError."""
    if entry.source is None:
        if entry.overwrite and not entry.overwrite.value:
            return b""
        raise ContentError(
            "no source: the rendered config gets `overwrite: true`, which Ignition "
            "refuses without one; an empty file is `data:,`"
        )
    if is_remote(entry.source.value):
        raise ContentError("only data URLs are for MachineConfigs: nobody fetches this")
    try:
        data = dataurl.decode(entry.source.value)
    except dataurl.DataUrlError as error:
        # Ignition takes an empty source, the daemon that writes the files does not.
        raise ContentError(f"not a data URL: it {error}") from error
    if entry.compression and entry.compression.value == "gzip":
        data = _unzip(data)
    _compare(entry, data)
    return data


def is_remote(source: str) -> bool:
    """Tell whether *source* is of a scheme that Ignition would fetch."""
    return source.partition(":")[0].lower() in _REMOTE


def _unzip(data: bytes) -> bytes:
    """Return what gzip's members hold, each one whole."""
    whole = b""
    while data or not whole:
        member = zlib.decompressobj(wbits=GZIP)
        try:
            whole += member.decompress(data, _LIMIT + 1 - len(whole))
        except zlib.error as error:
            raise ContentError("says gzip, but the data are none") from error
        if len(whole) > _LIMIT:
            raise ContentError(f"unpacks to more than {_LIMIT >> 20} MiB")
        if not member.eof:
            raise ContentError("the gzip data end too early")
        data = member.unused_data
        if not whole and not data:
            break
    return whole


def _compare(entry: FileEntry, data: bytes) -> None:
    if entry.digest is None:
        return
    function, _, digits = entry.digest.value.partition("-")
    if hashlib.new(function, data).hexdigest() != digits.lower():
        raise ContentError(
            f"the content does not have the {function} sum that is given"
        )
