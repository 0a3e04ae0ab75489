"""Scripts, jobs and rules that run at a boot, or after it, and load sctp."""

from collections.abc import Callable, Iterable, Iterator

from agent.facts import BootLoad, Gap, Init
from agent.findings import Origin
from agent.hostfs.host import Host
from agent.hostfs.values import Kind, UnseenError
from agent.names import SCTP
from agent.sources.lenient import files_in, gap_of, kind_of, list_names, read_text
from agent.sources.load_calls import calls_in
from agent.startup import stages, udev
from agent.startup.cloud_init import boot_commands
from agent.startup.commands import Call, calls
from agent.systemd.names import DIRECTORIES

_SCRIPTS = (
    "/etc/rc.local",
    "/etc/rc.d/rc.local",
    "/etc/rc.modules",
    "/etc/sysconfig/modules",
    "/etc/local.d",
    *("/etc/init.d/boot.local", "/etc/init.d/after.local"),
    "/etc/systemd/system-generators",
    *("/etc/network/if-pre-up.d", "/etc/network/if-up.d"),
    *("/etc/NetworkManager/dispatcher.d", "/etc/networkd-dispatcher/routable.d"),
    "/var/lib/cloud/scripts/per-boot",
    "/var/lib/cloud/instance/boothooks",
    *(f"/etc/cron.{when}" for when in ("hourly", "daily", "weekly", "monthly")),
)
#: Jobs of root's; those of others may load nothing.
_CRON = (
    *("/etc/crontab", "/etc/cron.d", "/etc/crontabs/root"),
    *("/var/spool/cron/root", "/var/spool/cron/crontabs/root"),
)
_CLOUD_INIT = (
    *("/etc/cloud/cloud.cfg", "/etc/cloud/cloud.cfg.d"),
    "/var/lib/cloud/instance/user-data.txt",
)
_INTERFACES = ("/etc/network/interfaces", "/etc/network/interfaces.d")
#: What Elemental, Kairos and k3OS do at each boot.
_STAGES = (
    *("/oem", "/system/oem", "/usr/local/cloud-config"),
    "/var/lib/rancher/k3os/config.yaml",
)
_RULES = ("/etc/udev/rules.d", "/usr/local/lib/udev/rules.d")
_SYSV = tuple(f"/etc/rc{level}.d" for level in "S2345")
_RUNLEVELS = "/etc/runlevels"
_Calls = Callable[[str], Iterable[Call]]


def gather(host: Host, init: Init, gaps: list[Gap]) -> Iterator[BootLoad]:
    """Yield the loads of sctp; whether and when each runs is not known."""
    executable = (p for p in files_in(host, _SCRIPTS, gaps) if _is_run(host, p, gaps))
    yield from _in_files(host, executable, "a script", gaps)
    yield from _in_files(host, _enabled(host, init, gaps), "a script", gaps)
    yield from _in_files(host, files_in(host, _CRON, gaps), "a job of cron", gaps)
    rules = (p for p in files_in(host, _RULES, gaps) if p.endswith(".rules"))
    yield from _in_files(host, rules, "a rule of udev", gaps, udev.loads)
    interfaces = files_in(host, _INTERFACES, gaps)
    yield from _in_files(host, interfaces, "a network interface", gaps)
    texts = (p for p in files_in(host, _STAGES, gaps) if p.endswith((".yaml", ".yml")))
    yield from _in_files(host, texts, "a stage of the image", gaps, stages.loads)
    settings = files_in(host, _CLOUD_INIT, gaps)
    yield from _in_files(host, settings, "cloud-init", gaps, _at_each_boot)


def _at_each_boot(text: str) -> Iterable[Call]:
    return calls(boot_commands(text))


def _in_files(
    host: Host,
    paths: Iterable[str],
    by: str,
    gaps: list[Gap],
    find: _Calls | None = None,
) -> Iterator[BootLoad]:
    for path in paths:
        text = read_text(host, path, gaps)
        for call in find(text) if find else calls_in(host, text, gaps):
            if SCTP in call.names:
                origin = Origin(path, call.line, call.text)
                yield BootLoad(SCTP, origin, by, call.blacklist)


def _enabled(host: Host, init: Init, gaps: list[Gap]) -> Iterator[str]:
    """Yield the scripts that a runlevel starts, each once.

    systemd starts those of sysvinit, too, which no unit of its own stands for
    (systemd-sysv-generator(8)).
    """
    names: set[str] = set()
    folders = _SYSV
    if init == Init.OPENRC:
        levels = list_names(host, _RUNLEVELS, gaps)
        folders = tuple(f"{_RUNLEVELS}/{level}" for level in levels)
    for folder in folders:
        for entry in list_names(host, folder, gaps):
            name = entry if init == Init.OPENRC else entry[3:]
            starts = init == Init.OPENRC or entry.startswith("S")
            if starts and name not in names and not _has_unit(host, init, name, gaps):
                names.add(name)
                yield f"{folder}/{entry}"


def _has_unit(host: Host, init: Init, name: str, gaps: list[Gap]) -> bool:
    if init != Init.SYSTEMD:
        return False
    paths = (f"{directory}/{name}.service" for directory in DIRECTORIES)
    return any(kind_of(host, path, gaps) != Kind.NOTHING for path in paths)


def _is_run(host: Host, path: str, gaps: list[Gap]) -> bool:
    """Tell whether the script is one that a boot starts."""
    if "sysconfig" in path:
        return True
    try:
        return bool((host.mode(path) or 0) & 0o111)
    except UnseenError as error:
        gaps.append(gap_of(error))
        return False
