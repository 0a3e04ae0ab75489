"""The modules-load.d and sysctl.d files of a node, chosen as systemd does."""

from collections.abc import Sequence

from agent.facts import Assignment, BootFacts, DropIn, Gap, Init
from agent.findings import Origin
from agent.hostfs.host import Host
from agent.hostfs.values import Kind, Presence, UnseenError
from agent.kernel.arguments import Argument
from agent.names import CMDLINE, SCTP
from agent.sources import boot_loads, capture, openrc, strays
from agent.sources.lenient import gap_of, kind_of, list_names
from agent.sources.strays import in_vain
from agent.startup.module_list import ETC_MODULES, first_words
from agent.startup.openrc import Script
from agent.systemd import modules_load, sysctl
from agent.systemd.arguments import diversion, module_names
from agent.systemd.mask import masked_by
from agent.systemd.modules_load import Entry

_PREFIXES = ("/etc", "/run", "/usr/local/lib", "/usr/lib", "/lib")
_RUN = "/run"  # a tmpfs: empty when a boot begins
_UNIT = "systemd-modules-load.service"
_ENTRIES = "modules-load.d"
_SYSCTL_ARGUMENT = "sysctl."  # since Linux 5.8, applied before anything starts


def gather(
    host: Host,
    arguments: tuple[Argument, ...],
    init: Init,
    *,
    command_line: str = "",
    with_run: bool = False,
) -> BootFacts:
    """Read what is loaded and set at boot by *init*; *arguments* are the kernel's.

    /run is empty when a boot begins; *with_run* reads it all the same.

    systemd reads *command_line*, of which the kernel's words are what is known
    otherwise.
    """
    drop_ins: list[DropIn] = []
    gaps: list[Gap] = []
    command_line = command_line or " ".join(a.text for a in arguments)
    prefixes = [p for p in _PREFIXES if with_run or p != _RUN]
    service = openrc.script(host, gaps) if init == Init.OPENRC else Script()
    entries = _entries(host, init, prefixes, drop_ins, gaps)
    entries = [*openrc.entries(host, service, gaps), *entries]
    if init == Init.SYSTEMD:
        entries = [*module_names(command_line), *entries]
    settings: dict[str, Assignment] = {}
    for argument in arguments:
        if argument.key.startswith(_SYSCTL_ARGUMENT):
            key = argument.key.removeprefix(_SYSCTL_ARGUMENT)
            settings[f"{_SYSCTL_ARGUMENT}{sysctl.normalize(key)}"] = Assignment(
                argument.value or "", argument.origin
            )
    for path, data in _files(host, "sysctl.d", prefixes, drop_ins, gaps):
        for setting in sysctl.parse(path, data):
            settings[setting.key] = Assignment(setting.value, setting.origin)
    unseen, unseen_settings, others = _sorted_out(gaps)
    stray_lines = strays.gather(host, init, [each.path for each in drop_ins])
    mask, other = masked_by(command_line, _UNIT), diversion(command_line)
    loads, unseen_loads = boot_loads.gather(host, init, arguments, command_line)
    if init == Init.OPENRC:
        loads = (*openrc.loads(host, service, gaps), *loads)
    return BootFacts(
        entries=tuple(entries),
        heeds_blacklist=service.heeds_blacklist if init == Init.OPENRC else False,
        fleeting=() if with_run else _fleeting(host),
        in_vain=(*(e.origin for e in entries if in_vain(e)), *stray_lines),
        loads=loads,
        unseen_loads=unseen_loads,
        diverted_by=Origin(CMDLINE, None, other) if other else Origin(""),
        masked_by=Origin(CMDLINE, None, mask) if mask else Origin(""),
        drop_ins=tuple(drop_ins),
        sysctls=settings,
        unseen=(*_unseen(host), *unseen),
        unseen_settings=unseen_settings,
        gaps=others,
    )


def _fleeting(host: Host) -> tuple[Origin, ...]:
    """Return the lines about sctp in /run, which the next boot will not find."""
    folder = f"{_RUN}/{_ENTRIES}"
    unseen: list[Gap] = []  # nobody misses what is gone after a boot
    paths = [f"{folder}/{name}" for name in list_names(host, folder, unseen)]
    entries = (e for p in paths for e in modules_load.parse(p, _data(host, p, unseen)))
    return tuple(entry.origin for entry in entries if SCTP in entry.name)


def _entries(
    host: Host,
    init: Init,
    prefixes: Sequence[str],
    drop_ins: list[DropIn],
    gaps: list[Gap],
) -> list[Entry]:
    """Return the entries of the next boot.

    sysvinit reads /etc/modules as well. It and OpenRC read the first word of a line.
    """
    files = _files(host, _ENTRIES, prefixes, drop_ins, gaps)
    if init == Init.SYSVINIT:
        files = [(ETC_MODULES, _data(host, ETC_MODULES, gaps)), *files]
    entries: list[Entry] = []
    for path, data in files:
        if init in {Init.OPENRC, Init.SYSVINIT}:
            text = data.decode("utf-8", "backslashreplace")
            entries += (Entry(name, o) for name, o in first_words(path, text))
        else:
            entries += modules_load.parse(path, data)
    return entries


def _sorted_out(gaps: list[Gap]) -> tuple[tuple[Gap, ...], ...]:
    """Return what was not given of entries and of settings, and the other gaps.

    A boot finds /run empty. /etc could hide the entries of the other folders.
    """
    whole = f"/etc/{_ENTRIES}"
    withheld = [gap for gap in gaps if gap.withheld and gap.path != whole]
    lasting = [gap for gap in withheld if not gap.path.startswith("/run/")]
    entries = tuple(gap for gap in lasting if f"/{_ENTRIES}" in gap.path)
    settings = tuple(gap for gap in lasting if gap not in entries)
    return entries, settings, tuple(gap for gap in gaps if gap not in withheld)


def _unseen(host: Host) -> tuple[Gap, ...]:
    """Return the folders that could only add entries and were not copied."""
    folders = (f"{prefix}/{_ENTRIES}" for prefix in ("/usr/local/lib", "/usr/lib"))
    problems = ((folder, capture.uncollected(host, folder)) for folder in folders)
    return tuple(Gap(folder, problem) for folder, problem in problems if problem)


def _files(
    host: Host,
    folder: str,
    prefixes: Sequence[str],
    drop_ins: list[DropIn],
    gaps: list[Gap],
) -> list[tuple[str, bytes]]:
    """Return path and content of the files that count, in systemd's order."""
    by_name: dict[str, str] = {}
    for prefix in prefixes:
        directory = f"{prefix}/{folder}"
        names = list_names(host, directory, gaps)
        problem = "" if prefix == "/lib" else capture.uncollected(host, directory)
        if problem and not (folder == _ENTRIES and prefix != "/etc"):
            gaps.append(Gap(directory, problem))
        for name in names:
            if not name.endswith(".conf") or name.startswith("."):
                continue
            path = f"{directory}/{name}"
            if name in by_name:
                _note_masked(host, drop_ins, gaps, path, by_name[name])
            else:
                by_name[name] = path
    pairs = sorted(by_name.items(), key=lambda item: _bytes(item[0]))
    return [
        (path, data)
        for _, path in pairs
        if (data := _read(host, path, drop_ins, gaps)) is not None
    ]


def _note_masked(
    host: Host, drop_ins: list[DropIn], gaps: list[Gap], path: str, masked_by: str
) -> None:
    try:
        differ = host.real_path(path) != host.real_path(masked_by)
    except UnseenError as error:
        gaps.append(gap_of(error))
        return
    if differ:
        drop_ins.append(DropIn(path, Presence.PRESENT, masked_by=masked_by))


def _read(
    host: Host, path: str, drop_ins: list[DropIn], gaps: list[Gap]
) -> bytes | None:
    """Return the content; dangling links and directories mask and say nothing."""
    kind = kind_of(host, path, gaps)
    if kind in {Kind.NULL, Kind.DANGLING, Kind.DIRECTORY}:
        drop_ins.append(DropIn(path, Presence.EMPTY))
        return None
    file = host.read(path)
    drop_ins.append(DropIn(path, file.presence))
    if not file.readable:
        gaps.append(Gap(path, file.problem))
        return None
    return file.data


def _data(host: Host, path: str, gaps: list[Gap]) -> bytes:
    try:
        return host.read(path).data
    except UnseenError as error:
        gaps.append(gap_of(error))
        return b""


def _bytes(name: str) -> bytes:
    return name.encode("utf-8", "surrogateescape")
