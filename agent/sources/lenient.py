"""Asking for what may matter or not: what cannot be seen becomes a gap."""

from collections.abc import Iterable, Iterator

from agent.facts import Gap
from agent.hostfs.host import Host
from agent.hostfs.values import Kind, NotGivenError, UnseenError

_LIMIT = 1 << 16  # bytes of one file: a unit, a script, a list


def gap_of(error: UnseenError) -> Gap:
    """Return the gap that *error* leaves."""
    return Gap(error.path, error.problem)


def list_names(host: Host, path: str, gaps: list[Gap]) -> tuple[str, ...]:
    """Return the names in the folder at *path*, none where there is none."""
    try:
        return host.listdir(path).names
    except UnseenError as error:
        gaps.append(gap_of(error))
        return ()


def files_in(host: Host, places: Iterable[str], gaps: list[Gap]) -> Iterator[str]:
    """Yield the files at *places*, and in those of them that are folders."""
    for place in places:
        listing = host.listdir(place)
        if listing.unseen:
            gaps.append(Gap(place, listing.problem))
        elif listing.kind == Kind.DIRECTORY:
            yield from (f"{place}/{name}" for name in listing.names)
        else:
            yield place


def read_text(host: Host, path: str, gaps: list[Gap], limit: int = _LIMIT) -> str:
    """Return the text of the file at *path*, "" where there is none."""
    try:
        return host.read(path, limit).text
    except UnseenError as error:
        gaps.append(gap_of(error))
        return ""


def text_of(host: Host, path: str, gaps: list[Gap]) -> str | None:
    """Return the text of the file at *path*, None where there is none or a gap."""
    file = host.read(path)
    if file.unseen:
        gaps.append(Gap(path, file.problem))
    return file.text if file.readable else None


def kind_of(host: Host, path: str, gaps: list[Gap]) -> Kind:
    """Say what *path* leads to; UNKNOWN is a gap, or what was not given."""
    try:
        return host.kind(path)
    except UnseenError as error:
        gaps.append(gap_of(error))
        return Kind.UNKNOWN


def real_path_of(host: Host, path: str, gaps: list[Gap]) -> str:
    """Return what *path* leads to, "" where it leads nowhere or was not given."""
    try:
        return host.real_path(path)
    except NotGivenError:
        return ""
    except UnseenError as error:
        gaps.append(gap_of(error))
        return ""


def given_names(host: Host, path: str) -> tuple[str, ...]:
    """Return the names in the folder at *path*, none where it was not given.

    For what matters only where it is seen. Raises UnseenError for all else.
    """
    try:
        return host.listdir(path).names
    except NotGivenError:
        return ()


def given_text(host: Host, path: str) -> str:
    """Return the text of the file at *path*, "" where it was not given.

    Raises UnseenError where it cannot be read for another reason.
    """
    try:
        return host.read(path).text
    except NotGivenError:
        return ""
