"""The modprobe.d files of a node, chosen as its kmod chooses them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from agent.facts import DropIn, Gap, ModprobeFacts
from agent.hostfs.host import Host
from agent.hostfs.mounts import NOT_GIVEN
from agent.hostfs.values import Kind, Presence
from agent.kernel import arguments
from agent.kmod.config import ConfigFile, ModprobeConfig, build
from agent.kmod.install import PATH, programs_in
from agent.kmod.rules import KmodRules, rules_for
from agent.names import SCTP
from agent.sources import capture, modprobe_strays
from agent.sources.lenient import kind_of, real_path_of
from agent.sources.text_index import only_lists

#: Bytes of one file. Real ones have some thousand; one tool writes a line for each
#: module there is, 580 kB. It bounds the memory that a hostile one takes.
FILE_LIMIT = 1 << 21
_REQUESTS = (SCTP, "net_pf_2_proto_132", "net_pf_10_proto_132")
_DRACUT = "rd.driver.blacklist"
_RUN = "/run/modprobe.d"
#: Of the shell itself.
_BUILTINS = frozenset(
    {":", "true", "false", "echo", "printf", "exit", "test", "[", "cd", "umask", "wait"}
)
_SHORTEST_NAME = 6  # kmod wants at least one character before .conf


def gather(  # noqa: PLR0913  # all that kmod's choice of files depends on
    host: Host,
    *,
    kmod_version: int | None,
    tree: str,
    command_line: str,
    needs: Sequence[str] = (),
    with_run: bool = True,
) -> ModprobeFacts:
    """Read the configuration; *tree* is the kernel's module directory or "".

    *needs* are the modules that sctp needs. /run is empty after a boot: without
    *with_run* it counts only where the initramfs writes a blacklist there.
    """
    writes_run = _writes_run(command_line)
    left_out = "" if with_run or writes_run else _RUN
    configs: list[tuple[KmodRules, ModprobeConfig]] = []
    choices: list[_Choice] = []
    for rules in rules_for(kmod_version):
        choice = _choose(host, rules, tree, left_out)
        config = build(choice.files, command_line, rules)
        if all(config != other for _, other in configs):
            configs.append((rules, config))
            choices.append(choice)
    gaps = {str(gap): gap for choice in choices for gap in choice.gaps}
    gaps |= {str(gap): gap for gap in _softdeps_unseen(host, tree, configs, needs)}
    drop_ins = {s.path: s for choice in choices for s in choice.drop_ins}
    unseen = _unseen(host, kmod_version)
    return ModprobeFacts(
        configs=tuple(configs),
        programs=_programs(host, configs, (*_REQUESTS, *needs)),
        drop_ins=tuple(drop_ins.values()),
        strays=modprobe_strays.gather(host),
        unseen=unseen,
        unseen_at_boot=tuple(
            gap for gap in unseen if writes_run or not gap.path.startswith("/run/")
        ),
        gaps=tuple(gaps.values()),
    )


def _programs(
    host: Host,
    configs: list[tuple[KmodRules, ModprobeConfig]],
    modules: Sequence[str],
) -> dict[str, bool]:
    """Say which programs that install lines for *modules* name the node has."""
    if not capture.holds_programs(host):
        return {}
    lines = (config.install(name) for _, config in configs for name in modules)
    names = (name for line in lines if line for name in programs_in(line.value))
    presence = {name: _has(host, name) for name in dict.fromkeys(names)}
    return {name: there for name, there in presence.items() if there is not None}


def _has(host: Host, name: str) -> bool | None:
    """Tell whether the program *name* is there, None where that is not known."""
    paths = (name,) if name.startswith("/") else [f"{d}/{name}" for d in PATH]
    if "/" in name and not name.startswith("/"):
        return None
    kinds = {kind_of(host, path, []) for path in paths}
    if Kind.UNKNOWN in kinds:
        return None
    return bool(kinds - {Kind.NOTHING, Kind.DANGLING}) or name in _BUILTINS


def _unseen(host: Host, kmod_version: int | None) -> tuple[Gap, ...]:
    """Return the folders that were not given, those of all rules to follow."""
    folders = (d for rules in rules_for(kmod_version) for d in rules.directories)
    listings = (host.listdir(folder) for folder in dict.fromkeys(folders))
    gaps = (Gap(listing.path, listing.problem) for listing in listings)
    return tuple(gap for gap in gaps if gap.withheld)


def _writes_run(command_line: str) -> bool:
    """Tell whether a boot may write a blacklist of sctp into /run/modprobe.d.

    dracut-ng does since its version 102; otherwise the folder is empty then.
    """
    split = arguments.split(command_line)
    return any(a.key == _DRACUT and SCTP in arguments.value_names(a) for a in split)


def _softdeps_unseen(
    host: Host,
    tree: str,
    configs: list[tuple[KmodRules, ModprobeConfig]],
    needs: Sequence[str],
) -> Iterator[Gap]:
    """Yield a gap where a softdep of a list that was not copied would decide.

    An install line is void for a module whose softdeps lead anywhere.
    """
    path = f"{tree}/modules.softdep"
    if host.kind(path) == Kind.FILE or not only_lists(host, tree):
        return
    if any(config.install(need) for _, config in configs for need in needs):
        yield Gap(path, capture.uncollected(host, path) or "is not among the files")


@dataclass(slots=True)
class _Choice:
    files: list[ConfigFile] = field(default_factory=list)
    drop_ins: list[DropIn] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    by_name: dict[str, str] = field(default_factory=dict)
    dangling: dict[str, str] = field(default_factory=dict)


def _choose(host: Host, rules: KmodRules, tree: str, left_out: str) -> _Choice:
    choice = _Choice()
    if tree:
        names = ("modules.softdep", "modules.weakdep")
        for name in names[: 1 + rules.weakdep]:
            _take(host, choice, f"{tree}/{name}", name)
    folders: set[str] = set()
    for directory in rules.directories:
        if directory == left_out:
            continue
        real = real_path_of(host, directory, choice.gaps)
        if real and real in folders:
            continue  # /lib is /usr/lib: the same files once more
        folders.add(real)
        _read_directory(host, choice, directory, rules)
    return choice


def _read_directory(
    host: Host, choice: _Choice, directory: str, rules: KmodRules
) -> None:
    listing = host.listdir(directory)
    if listing.problem == NOT_GIVEN:
        return
    problem = capture.uncollected(host, directory)
    if problem:
        choice.gaps.append(Gap(directory, problem))
    if listing.unseen:
        choice.gaps.append(Gap(directory, listing.problem))
        return
    if listing.kind not in {Kind.DIRECTORY, Kind.NOTHING}:
        _take(host, choice, directory, directory.rsplit("/", 1)[-1])
    for name in listing.names:
        if _counts(name, rules):
            _take_listed(host, choice, f"{directory}/{name}", rules)


def _take_listed(host: Host, choice: _Choice, path: str, rules: KmodRules) -> None:
    name = path.rsplit("/", 1)[-1]
    kind = kind_of(host, path, choice.gaps)
    if kind == Kind.DANGLING:
        if not rules.stat_checked:
            choice.dangling.setdefault(name, path)
    elif kind != Kind.DIRECTORY:
        _take(host, choice, path, name)


def _counts(name: str, rules: KmodRules) -> bool:
    if name.startswith(".") or len(name.encode("utf-8", "surrogateescape")) < (
        _SHORTEST_NAME
    ):
        return False
    return name.endswith(".conf") or (rules.alias_files and name.endswith(".alias"))


def _take(host: Host, choice: _Choice, path: str, name: str) -> None:
    if name in choice.by_name:
        hidden = DropIn(path, Presence.PRESENT, masked_by=choice.by_name[name])
        choice.drop_ins.append(hidden)
        return
    if name in choice.dangling:
        # Without the check of stat's result, whether the name masks is chance.
        problem = f"is a dangling link, which may or may not mask {path}"
        choice.gaps.append(Gap(choice.dangling[name], problem))
    if kind_of(host, path, choice.gaps) == Kind.NULL:
        choice.by_name[name] = path
        choice.drop_ins.append(DropIn(path, Presence.EMPTY))
        return
    file = host.read(path, limit=FILE_LIMIT)
    if file.presence == Presence.ABSENT:
        return
    choice.by_name[name] = path
    choice.drop_ins.append(DropIn(path, file.presence))
    if file.readable:
        choice.files.append(ConfigFile(path, name, file.data))
    else:
        choice.gaps.append(Gap(path, file.problem))
