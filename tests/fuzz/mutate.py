"""Spoil an input: flip, cut, repeat, splice, and words that formats know."""

import random
from collections.abc import Callable, Sequence

_WORDS = (
    *(b"\0", b"\n", b"\r\n", b"\\", b"\\\n", b'"', b"'", b"`", b"#", b";", b" ", b"\t"),
    *(
        b"=",
        b",",
        b".",
        b":",
        b"-",
        b"--",
        b"*",
        b"?",
        b"[",
        b"]",
        b"[!",
        b"[[:alpha:]",
    ),
    *(b"[=a=]", b"[.-.]", b"{", b"}", b"$", b"${a}", b"$a", b"%", b"%0A", b"data:,"),
    *(b";base64,", b"\xff", b"\xef\xbb\xbf", b"\xc2\xa0", b"\xe2\x80\xa8", b"\x1c"),
    *(b"\\ud800", b"\xed\xa0\x80", b"9" * 5000, b"-1", b"1e999", b"0x", b"\xd9\xa1"),
    *(b"sctp", b"pre:", b"post:", b"install ", b"alias ", b"blacklist ", b"softdep "),
    *(
        b"menuentry ",
        b"submenu ",
        b" --id ",
        b"set ",
        b"linux ",
        b"&a ",
        b"*a",
        b"<<: ",
    ),
    *(b"!!binary ", b"- ", b"---\n", b"? ", b"| ", b"null", b"true", b"{}", b"[]"),
)
_NUMBERS = (0, 1, 2, 12, 0x7F, 0xFF, 0x7FFFFFFF, 0x80000000, 0xE000000C, 0xFFFFFFFF)
_MOST_STEPS = 6
_LONG_IN = 150  # one input of so many becomes a long one


def mutated(rng: random.Random, seeds: Sequence[bytes], limit: int) -> bytes:
    """Return one of *seeds* after a few spoiling steps, at most *limit* bytes."""
    data = rng.choice(seeds)
    for _ in range(rng.randint(1, _MOST_STEPS)):
        data = rng.choice(_STEPS)(rng, data)
    if rng.randrange(3) == 0:
        data = _spliced(rng, data, rng.choice(seeds))
    if rng.randrange(_LONG_IN) == 0:
        data = _repeated(rng, data, limit)
    return data[:limit]


def _flip(rng: random.Random, data: bytes) -> bytes:
    if not data:
        return data
    at = rng.randrange(len(data))
    return data[:at] + bytes([data[at] ^ (1 << rng.randrange(8))]) + data[at + 1 :]


def _set(rng: random.Random, data: bytes) -> bytes:
    at = rng.randint(0, len(data))
    return data[:at] + rng.randbytes(1) + data[at + 1 :]


def _number(rng: random.Random, data: bytes) -> bytes:
    """Put a number of four bytes in place of others, often an offset of the file."""
    at = rng.randint(0, len(data))
    flags = rng.randrange(8) << 29
    value = rng.choice((*_NUMBERS, flags | rng.randint(0, len(data))))
    return data[:at] + value.to_bytes(4, rng.choice(("big", "little"))) + data[at + 4 :]


def _cut(rng: random.Random, data: bytes) -> bytes:
    start, end = _part(rng, data)
    return data[:start] + data[end:]


def _end(rng: random.Random, data: bytes) -> bytes:
    return data[: rng.randint(0, len(data))]


def _double(rng: random.Random, data: bytes) -> bytes:
    start, end = _part(rng, data)
    at = rng.randint(0, len(data))
    return data[:at] + data[start:end] * rng.randint(1, 8) + data[at:]


def _word(rng: random.Random, data: bytes) -> bytes:
    at = rng.randint(0, len(data))
    return data[:at] + rng.choice(_WORDS) + data[at:]


def _line(rng: random.Random, data: bytes) -> bytes:
    """Move, double or drop a line."""
    lines = data.splitlines(keepends=True) or [b""]
    line = lines.pop(rng.randrange(len(lines)))
    for _ in range(rng.randrange(4)):
        lines.insert(rng.randint(0, len(lines)), line)
    return b"".join(lines)


def _spliced(rng: random.Random, data: bytes, other: bytes) -> bytes:
    return data[: rng.randint(0, len(data))] + other[rng.randint(0, len(other)) :]


def _repeated(rng: random.Random, data: bytes, limit: int) -> bytes:
    """Repeat a part until the input is long: what costs the square shows then."""
    start, end = _part(rng, data)
    part = rng.choice((data[start:end], data[start : start + 2], rng.choice(_WORDS)))
    size = (limit >> rng.choice((0, 3, 6, 6, 8, 8, 10))) // max(len(part), 1)
    return data[:end] + part * size + data[end:]


def _part(rng: random.Random, data: bytes) -> tuple[int, int]:
    start = rng.randint(0, len(data))
    return start, min(len(data), start + rng.randint(0, 1 << rng.randrange(9)))


_STEPS: tuple[Callable[[random.Random, bytes], bytes], ...] = (
    *(_flip, _set, _number, _cut, _end, _double, _word, _word, _line),
)
