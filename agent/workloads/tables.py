"""The kernel's tables of SCTP, /proc/net/sctp/{eps,assocs,remaddr}, as values. Pure.

Their columns are net/sctp/proc.c's, and told by the first line: it has grown with the
kernels. A line that does not fit it is counted, not guessed at.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from ipaddress import ip_address
from typing import TypeVar

from agent.workloads.usage import (
    Association,
    AssociationState,
    Endpoint,
    Path,
    PathState,
    Style,
)

_STATES = tuple(state for state in AssociationState if state != "unknown")
_PATH_STATES = (
    PathState.INACTIVE,
    PathState.POTENTIALLY_FAILED,
    PathState.ACTIVE,
    PathState.UNCONFIRMED,
)
_STYLES = (Style.ONE_TO_MANY, Style.PEELED_OFF, Style.ONE_TO_ONE)
_LOCAL, _BETWEEN, _REMOTE = "LADDRS", "<->", "RADDRS"
_PRIMARY = "*"
_MOST_ADDRESSES = 4096  # that are remembered in the form for people
_LONGEST_NUMBER = 20  # digits, those of 64 bits

T = TypeVar("T")

#: The rows of remaddr by number of the association and address.
Paths = Mapping[tuple[int, str], Path]


@dataclass(frozen=True, slots=True)
class Table:
    """What one namespace uses; *problems* say what was not understood."""

    endpoints: tuple[Endpoint, ...] = ()
    associations: tuple[Association, ...] = ()
    problems: tuple[str, ...] = ()


def parse(eps: str, assocs: str, remaddr: str) -> Table:
    """Return what the three tables of one network namespace say."""
    problems: list[str] = []
    endpoints = [*_rows("eps", eps, _endpoint, problems)]
    paths: dict[tuple[int, str], Path] = {}
    for key, path in _rows("remaddr", remaddr, _path, problems):
        twice = key in paths and paths[key] != path
        paths[key] = Path(path.address) if twice else path
    associate = partial(_association, paths)
    associations = [*_rows("assocs", assocs, associate, problems)]
    return Table(tuple(endpoints), tuple(associations), tuple(problems))


def _rows(
    name: str,
    text: str,
    build: Callable[[Sequence[str], Sequence[str]], T],
    problems: list[str],
) -> Iterator[T]:
    """Yield what *build* makes of the columns' names and each line's words."""
    first, *lines = text.split("\n")
    columns = first.split()
    if not columns:
        problems.append(f"{name}: its columns have no names")
        return
    strange = 0
    for line in lines:
        words = line.split()
        if not words:
            continue
        try:
            yield build(columns, words)
        except (KeyError, ValueError):
            strange += 1
    if strange:
        problems.append(f"{name}: lines that were not understood: {strange}")


def _endpoint(columns: Sequence[str], words: Sequence[str]) -> Endpoint:
    count = columns.index(_LOCAL)
    row = dict(zip(columns[:count], words, strict=False))
    return Endpoint(
        port=_number(row["LPORT"]),
        style=_style(row),
        addresses=tuple(_address(word) for word in words[count:]),
        uid=_number(row["UID"]),
        inode=_number(row["INODE"]),
    )


def _association(
    paths: Paths, columns: Sequence[str], words: Sequence[str]
) -> Association:
    """Read one line: fixed columns, addresses, and fixed columns again.

    The second ones are counted from the end, for there are any number of addresses.
    """
    local, after = columns.index(_LOCAL), columns[columns.index(_REMOTE) + 1 :]
    middle, end = words.index(_BETWEEN), len(words) - len(after)
    row = dict(zip(columns[:local], words, strict=False))
    row |= dict(zip(after, words[end:], strict=False))
    if not middle < end - 1:
        raise ValueError("no remote address")
    number = _number(row["ASSOC-ID"])
    return Association(
        number=number,
        state=_state(row),
        style=_style(row),
        local_port=_number(row["LPORT"]),
        remote_port=_number(row["RPORT"]),
        local_addresses=tuple(_address(word) for word in words[local:middle]),
        paths=tuple(_remote(number, w, paths) for w in words[middle + 1 : end]),
        send_queue=_number(row["TX_QUEUE"]),
        receive_queue=_number(row["RX_QUEUE"]),
        uid=_number(row["UID"]),
        inode=_number(row["INODE"]),
        retransmissions=_optional(row, "RTXC"),
        heartbeat_interval=_optional(row, "HBINT"),
        streams_in=_optional(row, "INS"),
        streams_out=_optional(row, "OUTS"),
    )


def _path(columns: Sequence[str], words: Sequence[str]) -> tuple[tuple[int, str], Path]:
    row = dict(zip(columns, words, strict=False))
    address = _address(row["ADDR"])
    state = _optional(row, "STATE")  # kernels before 3.19 do not tell
    in_range = state is not None and 0 <= state < len(_PATH_STATES)
    return (_number(row["ASSOC_ID"]), address), Path(
        address,
        state=_PATH_STATES[state or 0] if in_range else PathState.UNKNOWN,
        heartbeat=_number(row["HB_ACT"]) != 0,
        rto=_number(row["RTO"]),
        most_retransmissions=_number(row["MAX_PATH_RTX"]),
    )


def _remote(number: int, word: str, paths: Paths) -> Path:
    """Return an address with what remaddr says of it, if it says one thing."""
    address = _address(word)
    path = paths.get((number, address)) or Path(address)
    return replace(path, primary=True) if word.startswith(_PRIMARY) else path


def _number(word: str) -> int:
    if len(word) > _LONGEST_NUMBER:
        raise ValueError("too long a number")
    return int(word)


def _optional(row: Mapping[str, str], name: str) -> int | None:
    return _number(row[name]) if name in row else None


@lru_cache(_MOST_ADDRESSES)
def _address(word: str) -> str:
    return str(ip_address(word.removeprefix(_PRIMARY)))


def _style(row: Mapping[str, str]) -> Style:
    number = _number(row["STY"])
    return _STYLES[number] if 0 <= number < len(_STYLES) else Style.UNKNOWN


def _state(row: Mapping[str, str]) -> AssociationState:
    number = _number(row["ST"])
    in_range = 0 <= number < len(_STATES)
    return _STATES[number] if in_range else AssociationState.UNKNOWN
