"""What lies in memory is written anew at a boot, or not: no forecast rests on it."""

from dataclasses import dataclass, replace

from agent.facts import NodeFacts
from agent.findings import Cause, Origin, Reason
from agent.hostfs.host import Host
from agent.hostfs.values import Kind, UnseenError
from agent.kernel.mountinfo import Mount, mount_in_memory, parse
from agent.loading.forecast import Forecast, LoadForecasts, TriState, open_again
from agent.names import MOUNTS

_LIMIT = 1 << 22  # bytes; a node has some thousand mounts
_ETC = "/etc/"
#: Systems that write their /etc by their settings at each boot.
_REWRITTEN = frozenset({"bottlerocket"})


@dataclass(frozen=True, slots=True)
class _Doubt:
    """Why a file may be gone, in words; *is_certain* when its mount was read."""

    words: str
    is_certain: bool = True


def without_volatile(
    host: Host, facts: NodeFacts, forecasts: LoadForecasts
) -> LoadForecasts:
    """Return *forecasts*; those of the next boot that rest on files in memory are open.

    Container-Optimized OS has such an /etc, and so has any node without a disk.
    """
    if not host.live or facts.system.os_id in _REWRITTEN:
        return forecasts
    masking = {s.masked_by for s in facts.modprobe.drop_ins if s.masked_by}
    boot = (
        forecasts.boot_load,
        forecasts.boot_autoload,
        forecasts.boot_any_autoload,
    )
    paths = {path for forecast in boot for path in _paths(forecast)} | masking
    doubts = _in_memory(host, {p for p in paths if p.startswith(_ETC)})
    if not doubts:
        return forecasts
    load, autoload, any_autoload = (
        _open(each, doubts, {*_paths(each), *masking}) for each in boot
    )
    return replace(
        forecasts,
        boot_load=load,
        boot_autoload=autoload,
        boot_any_autoload=any_autoload,
    )


def _paths(forecast: Forecast) -> tuple[str, ...]:
    origins = (*forecast.entries, *(o for c in forecast.causes for o in c.evidence))
    return tuple(origin.path for origin in origins)


def _open(forecast: Forecast, doubts: dict[str, _Doubt], paths: set[str]) -> Forecast:
    """Return *forecast* as unknown where it rests on one of the *paths* in doubt."""
    loads = forecast.entries and forecast.likelihood == TriState.YES
    for path in sorted(paths & doubts.keys()):
        doubt = doubts[path]
        # A load that may not be made leaves what the first socket does.
        leaves_sockets = loads and doubt.is_certain
        reason = Reason.BOOT_LOAD_OPAQUE if leaves_sockets else Reason.FACT_UNREADABLE
        origins = (Origin(MOUNTS, None, doubt.words), Origin(path))
        text = f"{path} {doubt.words}, and a boot may not write it again"
        return open_again(forecast, Cause(reason, text, origins))
    return forecast


def _in_memory(host: Host, paths: set[str]) -> dict[str, _Doubt]:
    """Return those of *paths* that are in memory, with their mount in words."""
    if not paths:
        return {}
    file = host.read(MOUNTS, _LIMIT)  # first: a read that hangs is named
    if host.of_init("mountinfo") is None:
        return {}
    try:
        mounts = parse(file.text)
        places = {path: host.real_path(path) or path for path in paths}
    except UnseenError as error:
        text = f"may lie in memory ({error})"
        return dict.fromkeys(paths, _Doubt(text, is_certain=False))
    words = {p: _mount_in_words(host, mounts, real) for p, real in places.items()}
    return {path: _Doubt(text) for path, text in words.items() if text}


def _mount_in_words(host: Host, mounts: tuple[Mount, ...], path: str) -> str:
    mount = mount_in_memory(mounts, path)
    if mount is None or (mount.upper and _is_of_image(host, mount, path)):
        return ""
    return f"lies in memory ({mount.point} is {mount.type})"


def _is_of_image(host: Host, mount: Mount, path: str) -> bool:
    """Tell whether an overlay shows the file as the image below has it."""
    copy = mount.upper + path.removeprefix(mount.point.rstrip("/"))
    try:
        is_seen = host.kind(mount.upper) == Kind.DIRECTORY
        return is_seen and host.kind(copy) == Kind.NOTHING
    except UnseenError:
        return False
