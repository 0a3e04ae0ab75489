"""Which init a node has, and whether its service that loads modules runs."""

from agent.facts import Gap, Init, ModuleService
from agent.findings import Origin
from agent.hostfs.host import Host
from agent.hostfs.mounts import NOT_GIVEN
from agent.hostfs.values import Kind, Presence
from agent.sources import capture
from agent.sources.lenient import list_names, read_text
from agent.systemd import unit
from agent.systemd.names import DIRECTORIES

_UNIT = "systemd-modules-load.service"
_PROGRAMS = (
    "/usr/lib/systemd/systemd-modules-load",
    "/lib/systemd/systemd-modules-load",
)
_SYSTEMD = ("/usr/lib/systemd/systemd", "/lib/systemd/systemd")
_OPENRC = ("/sbin/openrc-run", "/sbin/openrc", "/usr/bin/openrc-run")
_RUNLEVELS = "/etc/runlevels"
_OPENRC_SERVICES = ("modules", "modules-load")
_SYSVINIT = "/etc/init.d/kmod"
_BY_COMM = {"systemd": Init.SYSTEMD, "openrc-init": Init.OPENRC, "runit": Init.OTHER}
_OTHER = frozenset({"talos", "void", "chimera", "guix"})
#: Systems that have systemd, for archives that hold none of its files.
_BY_SYSTEMD = frozenset(
    {"rhel", "rhcos", "scos", "centos", "fedora", "rocky", "almalinux", "ol", "amzn"}
    | {"ubuntu", "debian", "sles", "suse", "opensuse", "sl-micro", "flatcar", "cos"}
    | {"azurelinux", "mariner", "bottlerocket", "arch", "nixos", "photon", "coreos"}
)


def gather(
    host: Host, names: tuple[str, ...], *, systemd_version: int | None
) -> ModuleService:
    """Return the service; *names* are ID and ID_LIKE of os-release."""
    match _init(host, names, systemd_version):
        case Init.SYSTEMD:
            return _modules_load(host)
        case Init.OPENRC:
            return _openrc(host)
        case other:
            return ModuleService(other)


def _init(host: Host, names: tuple[str, ...], systemd_version: int | None) -> Init:
    comm = read_text(host, "/proc/1/comm", []).strip() if host.live else ""
    if comm in _BY_COMM:
        return _BY_COMM[comm]
    if systemd_version is not None or _any(host, _SYSTEMD):
        return Init.SYSTEMD
    if _any(host, _OPENRC) or "alpine" in names:
        return Init.OPENRC
    if _any(host, (_SYSVINIT,)):
        return Init.SYSVINIT
    if capture.layout(host) == capture.Layout.MUST_GATHER:
        return Init.SYSTEMD  # it is RHCOS's
    if _OTHER & set(names):
        return Init.OTHER
    roots = {name.split("-")[0] for name in names} | set(names)
    return Init.SYSTEMD if roots & _BY_SYSTEMD else Init.UNKNOWN


def _openrc(host: Host) -> ModuleService:
    """Look for the service in a runlevel; an archive may lack them all."""
    levels = host.listdir(_RUNLEVELS)
    if levels.unseen:
        return ModuleService(Init.OPENRC, unseen=(Gap(_RUNLEVELS, levels.problem),))
    if levels.presence != Presence.PRESENT:
        return ModuleService(Init.OPENRC)
    links = (f"{_RUNLEVELS}/{n}/{s}" for n in levels.names for s in _OPENRC_SERVICES)
    if any(host.kind(link) != Kind.NOTHING for link in links):
        return ModuleService(Init.OPENRC)
    text = "OpenRC's service modules is in no runlevel"
    return ModuleService(Init.OPENRC, text, Origin(_RUNLEVELS))


def _modules_load(host: Host) -> ModuleService:
    """Say whether systemd-modules-load runs; what is in /run is gone by then."""
    for directory in DIRECTORIES:
        path = f"{directory}/{_UNIT}"
        kind = host.kind(path)
        file = host.read(path)
        if file.unseen and file.problem != NOT_GIVEN:
            return ModuleService(Init.SYSTEMD, unseen=(Gap(path, file.problem),))
        if kind == Kind.NULL or file.presence == Presence.EMPTY:
            return ModuleService(Init.SYSTEMD, f"{_UNIT} is masked", Origin(path))
        if file.presence == Presence.PRESENT:
            own = directory.startswith(("/etc", "/usr/local"))
            doubts = _doubts(path, file.text) if own else ()
            return _with_drop_ins(host, doubts)
    if _built_without(host):
        return ModuleService(Init.SYSTEMD, "systemd here has no systemd-modules-load")
    return _with_drop_ins(host, ())


def _with_drop_ins(host: Host, own: tuple[Origin, ...]) -> ModuleService:
    """Return the service with what is odd about it, the lines of its *own* first."""
    doubts = [*own]
    gaps: list[Gap] = []
    for directory in DIRECTORIES:
        for folder in (f"{directory}/{_UNIT}.d", f"{directory}/service.d"):
            names = list_names(host, folder, gaps)
            for path in (f"{folder}/{n}" for n in names if n.endswith(".conf")):
                doubts += _doubts(path, read_text(host, path, gaps))
    unseen = tuple(gap for gap in gaps if not gap.withheld)
    return ModuleService(Init.SYSTEMD, doubts=tuple(doubts), unseen=unseen)


def _doubts(path: str, text: str) -> tuple[Origin, ...]:
    """Return the lines that could keep the unit from doing its work."""
    stock = ("CAP_SYS_MODULE", "modules-load", "modules_load")
    return tuple(
        Origin(path, setting.line, f"{setting.key}={setting.value}")
        for setting in unit.parse(text)
        if (unit.decides(setting) or setting.key == "ExecStart")
        and not any(word in setting.value for word in stock)
    )


def _built_without(host: Host) -> bool:
    """Tell whether systemd is there whole, but for this program."""
    if not capture.holds_programs(host) or not host.gives("/usr/lib/systemd"):
        return False
    return _any(host, _SYSTEMD) and not _any(host, _PROGRAMS)


def _any(host: Host, paths: tuple[str, ...]) -> bool:
    return any(host.kind(path) == Kind.FILE for path in paths)
