"""The steps of one request: libkmod's probe list, before anything is tried."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import Enum, auto

from agent.kmod.config import ModprobeConfig
from agent.kmod.grammar import Directive
from agent.kmod.lookup import Hit
from agent.kmod.tree import Health, Tree

_Key = tuple[str, str | None]


@dataclass(frozen=True, slots=True)
class Step:
    """One module's turn: *install* is the line that runs instead of inserting it.

    *required* when a failure ends the request. *builtin* when libkmod takes the
    module for built in. *alias* counts for its options.
    """

    module: str
    alias: str | None
    required: bool
    builtin: bool
    install: Directive | None


class _Do(Enum):
    ADD = auto()
    ADD_WITH_SOFTDEPS = auto()
    APPEND = auto()
    APPEND_WITHOUT_INSTALL = auto()


def plan(
    hit: Hit,
    config: ModprobeConfig,
    tree: Tree,
    find: Callable[[str], Iterable[Hit]],
    *,
    ignore_install: bool = False,
) -> tuple[Step, ...]:
    """Return the steps that load *hit*; *find* looks up the names of softdeps.

    Its hard dependencies come first, each between its own softdeps (libkmod-module.c,
    kmod_module_get_probe_list).
    """
    planner = _Planner(config, tree, find)
    planner.run(hit, ignore_install=ignore_install)
    return planner.steps()


@dataclass(slots=True)
class _Planner:
    """What libkmod keeps in its objects, by the key that tells them apart.

    *todo* is a stack in place of recursion: a chain of softdeps may be long.
    """

    config: ModprobeConfig
    tree: Tree
    find: Callable[[str], Iterable[Hit]]
    todo: list[tuple[_Do, Hit]] = field(default_factory=list)
    order: list[Hit] = field(default_factory=list)
    visited: set[_Key] = field(default_factory=set)
    required: set[_Key] = field(default_factory=set)
    by_path: set[_Key] = field(default_factory=set)
    builtin: set[_Key] = field(default_factory=set)
    ignored: dict[_Key, bool] = field(default_factory=dict)
    commands: dict[_Key, Directive] = field(default_factory=dict)

    def run(self, hit: Hit, *, ignore_install: bool) -> None:
        needs = self._needs(hit.module)
        self.required = {hit.key, *(need.key for need in needs)}
        self._note((hit,))
        self._add(hit, ignore_install=ignore_install)
        while self.todo:
            action, subject = self.todo.pop()
            match action:
                case _Do.ADD:
                    self._add(subject)
                case _Do.ADD_WITH_SOFTDEPS:
                    self._add_with_softdeps(subject)
                case _:  # it is the module's own turn
                    self.order.append(subject)
                    ignored = action == _Do.APPEND_WITHOUT_INSTALL
                    self.ignored[subject.key] = ignored

    def steps(self) -> tuple[Step, ...]:
        return tuple(map(self._step, self.order))

    def _step(self, hit: Hit) -> Step:
        install = None
        if not self.ignored[hit.key]:
            install = self.commands.get(hit.key) or self.config.install(hit.module)
        builtin = hit.key in self.builtin or (
            hit.key not in self.by_path and self.tree.builtin(hit.module)
        )
        required = hit.key in self.required
        return Step(hit.module, hit.alias, required, builtin, install)

    def _add(self, hit: Hit, *, ignore_install: bool = False) -> None:
        if hit.key in self.visited:
            return
        self.visited.add(hit.key)
        needs = self._needs(hit.module)
        self.by_path |= {need.key for need in needs}
        own = _Do.APPEND_WITHOUT_INSTALL if ignore_install else _Do.ADD_WITH_SOFTDEPS
        self._next((*((_Do.ADD_WITH_SOFTDEPS, need) for need in needs), (own, hit)))

    def _add_with_softdeps(self, hit: Hit) -> None:
        # A softdep that leads to any module makes the install line void
        # (libkmod-module.c, __kmod_module_fill_softdep).
        names_before, names_after = self.config.softdeps(hit.module)
        before, after = self._resolve(names_before), self._resolve(names_after)
        own = _Do.APPEND_WITHOUT_INSTALL if before or after else _Do.APPEND
        adding = [[(_Do.ADD, other) for other in hits] for hits in (before, after)]
        self._next((*adding[0], (own, hit), *adding[1]))

    def _next(self, actions: tuple[tuple[_Do, Hit], ...]) -> None:
        self.todo += reversed(actions)

    def _resolve(self, names: Iterable[str]) -> list[Hit]:
        hits = [hit for name in names for hit in self.find(name)]
        self._note(hits)
        return hits

    def _note(self, hits: Iterable[Hit]) -> None:
        for hit in hits:
            if hit.command:
                self.commands[hit.key] = hit.command
            if hit.builtin:
                self.builtin.add(hit.key)

    def _needs(self, module: str) -> list[Hit]:
        """Return the hard dependencies in the order of loading.

        One file missing makes libkmod forget them all (kmod_module_parse_depline).
        """
        entry = self.tree.module(module)
        needs = entry.needs if entry else ()
        if any(map(self._lacks_file, needs)):
            return []
        return [Hit(need) for need in reversed(needs)]

    def _lacks_file(self, module: str) -> bool:
        entry = self.tree.module(module)
        return entry is not None and self.tree.health(entry.path) == Health.MISSING
