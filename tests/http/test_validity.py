"""When certificates end, held to the library that made them."""

import base64
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import pytest
import trustme
from cryptography import x509

from agent.http.validity import Validity, first_to_end


def _utc(*date: int) -> datetime:
    return datetime(*date, tzinfo=UTC)  # type: ignore[misc, arg-type]


_EARLY, _LATE = _utc(2026, 1, 2, 3, 4, 5), _utc(2031, 5, 6)
_FAR = _utc(2071, 5, 6, 7, 8, 9)  # after what fits in years of two digits


def _issued(begins: datetime, ends: datetime) -> bytes:
    leaf = trustme.CA().issue_cert("x", not_before=begins, not_after=ends)
    return leaf.cert_chain_pems[0].bytes()


def _read(pem: bytes) -> Validity:
    found = x509.load_pem_x509_certificate(pem)
    return Validity(
        found.not_valid_before_utc.timestamp(), found.not_valid_after_utc.timestamp()
    )


@pytest.mark.parametrize("ends", [_LATE, _FAR])
def test_certificate(ends: datetime) -> None:
    """Both ends are what the library has written."""
    pem = _issued(_EARLY, ends)
    assert first_to_end(pem) == _read(pem)


def test_chain() -> None:
    """A chain is good as long as each of its certificates; a key among them is none."""
    first, last = _issued(_EARLY, _LATE), _issued(_EARLY, _FAR)
    key = trustme.CA().issue_cert("x").private_key_pem.bytes()

    assert first_to_end(last + key + first) == _read(first)


def _der(tag: int, *content: bytes) -> bytes:
    data = b"".join(content)
    return bytes([tag, len(data)]) + data


def _pem(der: bytes) -> bytes:
    text = base64.encodebytes(der)
    return b"-----BEGIN CERTIFICATE-----\n" + text + b"-----END CERTIFICATE-----\n"


def _made(*fields: bytes) -> bytes:
    return _pem(_der(0x30, _der(0x30, *fields)))


def _times(*texts: bytes) -> bytes:
    return _der(0x30, *(_der(0x17, text) for text in texts))


def test_first_version() -> None:
    """It has no field for the version; and there were certificates before 2000."""
    other = _der(0x02, b"\1")
    pem = _made(other, other, other, _times(b"990102030405Z", b"300102030405Z"))

    begins, ends = _utc(1999, 1, 2, 3, 4, 5), _utc(2030, 1, 2, 3, 4, 5)
    assert first_to_end(pem) == (begins.timestamp(), ends.timestamp())


@pytest.mark.parametrize(
    "pem",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(_pem(b""), id="empty"),
        pytest.param(_pem(b"\x30"), id="cut short"),
        pytest.param(_made(), id="no fields"),
        pytest.param(_made(*[_der(2, b"\1")] * 3, _times(b"when?", b"")), id="no time"),
        pytest.param(_made(*[_der(2, b"\1")] * 3, _times(b"9901")), id="half a time"),
        pytest.param(_made(*[_der(2, b"\1")] * 3, _times(b"\xff")), id="no text"),
    ],
)
def test_nothing_to_read(pem: bytes) -> None:
    """What is not understood is unknown, and no failure."""
    assert first_to_end(pem) is None


def test_real_ones(tmp_path: Path) -> None:
    """An authority's own certificate is read as well: it has other fields."""
    pem: Iterable[bytes] = [trustme.CA().cert_pem.bytes() for _ in range(2)]
    path = tmp_path / "chain.pem"
    path.write_bytes(b"".join(pem))

    assert first_to_end(path.read_bytes()) is not None
