"""What a name stands for: libkmod's sources of modules, asked in its order."""

from dataclasses import dataclass

from agent.kmod.config import ModprobeConfig
from agent.kmod.grammar import Directive, canonical
from agent.kmod.rules import KmodRules
from agent.kmod.tree import Tree

_PATH_MAX = 4096  # the size of libkmod's buffers for names


@dataclass(frozen=True, slots=True)
class Hit:
    """One module that a name leads to, as libkmod keeps it apart from others.

    *alias* is set when an alias led there: the pattern of the line *via*, or the
    name that was asked for. *command* is the install line found by its exact
    name. *builtin* when an index of built-in modules has it.
    """

    module: str
    alias: str | None = None
    via: Directive | None = None
    command: Directive | None = None
    builtin: bool = False

    @property
    def key(self) -> tuple[str, str | None]:
        """What libkmod tells modules by: aliases make different ones."""
        return self.module, self.alias


def lookup(
    name: str, config: ModprobeConfig, tree: Tree, rules: KmodRules
) -> tuple[Hit, ...]:
    """Return the modules of the first source that has any for *name*.

    A name with an unbalanced bracket leads nowhere (libkmod-module.c,
    kmod_module_new_from_lookup).
    """
    spelling = canonical(name[: _PATH_MAX - 1])
    if spelling is None:
        return ()
    hits = (
        tuple(Hit(d.value, d.name, d) for d in config.aliases(spelling))
        or _by_name(spelling, tree)
        or tuple(Hit(module, spelling) for module in tree.symbols(spelling))
        or _by_command(spelling, config)
        or tuple(Hit(module, spelling) for module in tree.aliases(spelling))
        or _builtin(spelling, tree, rules)
    )
    return () if any(map(_too_long, hits)) else hits


def _too_long(hit: Hit) -> bool:
    # libkmod keeps both in one buffer (kmod_module_new_from_alias).
    return hit.alias is not None and len(hit.module) + len(hit.alias) + 2 > _PATH_MAX


def _by_name(name: str, tree: Tree) -> tuple[Hit, ...]:
    return (Hit(name),) if tree.module(name) else ()


def _by_command(name: str, config: ModprobeConfig) -> tuple[Hit, ...]:
    # A module's name ends at a dot: `install sctp.ko CMD` is found, and is sctp.
    module = name.partition(".")[0]
    command = config.install_named(name)
    if command:
        return (Hit(module, command=command),)
    return (Hit(module),) if config.remove_named(name) else ()


def _builtin(name: str, tree: Tree, rules: KmodRules) -> tuple[Hit, ...]:
    by_name = (Hit(name, builtin=True),) if tree.builtin(name) else ()
    by_alias = tree.builtin_aliases(name) if rules.builtin_alias else None
    hits = tuple(Hit(module, name, builtin=True) for module in by_alias or ())
    if rules.builtin_alias_first:
        return by_name if by_alias is None else hits
    return by_name or hits
