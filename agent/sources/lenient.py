"""Reading many small files of which any may matter: what fails becomes a gap."""

from agent.facts import Gap
from agent.hostfs.host import Host
from agent.hostfs.values import Presence

_LIMIT = 1 << 16  # bytes of one file: a unit, a script, a list


def list_names(host: Host, path: str, gaps: list[Gap]) -> tuple[str, ...]:
    """Return the names in the folder at *path*, none where there is none."""
    listing = host.listdir(path)
    if listing.presence == Presence.UNREADABLE:
        gaps.append(Gap(path, listing.problem))
    return listing.names


def read_text(host: Host, path: str, gaps: list[Gap]) -> str:
    """Return the text of the file at *path*, "" where there is none."""
    file = host.read(path, _LIMIT)
    if file.presence == Presence.UNREADABLE:
        gaps.append(Gap(path, file.problem))
    return file.text
