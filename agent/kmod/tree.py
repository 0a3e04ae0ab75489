"""What a kernel's module tree offers to kmod: the shape the simulation asks."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol


class Health(StrEnum):
    """The state of one module file, as far as the kernel would care."""

    GOOD = "good"
    UNSIGNED = "unsigned"
    MISSING = "missing"
    DAMAGED = "damaged"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class TreeModule:
    """One entry of modules.dep: *path* in the node, *needs* in modules.dep order."""

    name: str
    path: str
    needs: tuple[str, ...] = ()


class Tree(Protocol):
    """The answers of /lib/modules/RELEASE; names are canonical."""

    def module(self, name: str) -> TreeModule | None:
        """Return the entry of modules.dep for *name*."""

    def aliases(self, name: str) -> tuple[str, ...]:
        """Return the modules whose alias in modules.alias matches *name*."""

    def symbols(self, name: str) -> tuple[str, ...]:
        """Return the modules that export what *name* asks for: `symbol:hook`."""

    def builtin(self, name: str) -> bool:
        """Tell whether modules.builtin has *name*."""

    def builtin_aliases(self, name: str) -> tuple[str, ...] | None:
        """Return what modules.builtin.alias has, None without that index."""

    def health(self, path: str) -> Health:
        """Return the state of the module file at *path*."""

    def magic(self, path: str) -> str:
        """Return the vermagic of the module file at *path*, "" if not known."""


@dataclass(frozen=True, slots=True)
class StaticTree:
    """A tree given in full, for tests and for trees known from elsewhere."""

    modules: dict[str, TreeModule] = field(default_factory=dict)
    alias_table: dict[str, tuple[str, ...]] = field(default_factory=dict)
    builtin_names: frozenset[str] = frozenset()
    damaged: dict[str, Health] = field(default_factory=dict)
    magics: dict[str, str] = field(default_factory=dict)
    symbol_table: dict[str, tuple[str, ...]] = field(default_factory=dict)
    builtin_alias_table: dict[str, tuple[str, ...]] | None = None

    def module(self, name: str) -> TreeModule | None:
        """Return the entry of modules.dep for *name*."""
        return self.modules.get(name)

    def aliases(self, name: str) -> tuple[str, ...]:
        """Return the modules whose alias is exactly *name*."""
        return self.alias_table.get(name, ())

    def symbols(self, name: str) -> tuple[str, ...]:
        """Return the modules given for the symbol *name*."""
        return self.symbol_table.get(name, ())

    def builtin(self, name: str) -> bool:
        """Tell whether *name* is built in."""
        return name in self.builtin_names

    def builtin_aliases(self, name: str) -> tuple[str, ...] | None:
        """Return the built-in modules with the alias *name*, None without a table."""
        table = self.builtin_alias_table
        return None if table is None else table.get(name, ())

    def health(self, path: str) -> Health:
        """Return the state given for *path*, good if none was."""
        return self.damaged.get(path, Health.GOOD)

    def magic(self, path: str) -> str:
        """Return the vermagic given for *path*, "" if none was."""
        return self.magics.get(path, "")
