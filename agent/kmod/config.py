"""The effective modprobe configuration: directives of all files in parse order."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from agent.findings import Origin
from agent.kmod import cmdline, softdep
from agent.kmod.glob import matches
from agent.kmod.grammar import BadLine, Directive, Keyword, parse
from agent.kmod.rules import KmodRules


@dataclass(frozen=True, slots=True)
class ConfigFile:
    """A configuration file that counts, with its content.

    *sort_name* decides the order of parsing: the base name.
    """

    path: str
    sort_name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class ModprobeConfig:
    """What libkmod knows after reading its configuration, in parse order."""

    directives: tuple[Directive, ...] = ()
    bad_lines: tuple[BadLine, ...] = ()

    def blacklisted(self, module: str) -> tuple[Directive, ...]:
        """Return every directive that blacklists *module*; names are exact."""
        return tuple(
            directive
            for directive in self._of(Keyword.BLACKLIST)
            if directive.name == module
        )

    def install(self, module: str) -> Directive | None:
        """Return the install directive that wins for *module*: the first match."""
        return self._first(Keyword.INSTALL, module)

    def install_named(self, name: str) -> Directive | None:
        """Return the first install directive with exactly this *name*, no glob."""
        return self._exact(Keyword.INSTALL, name)

    def remove_named(self, name: str) -> Directive | None:
        """Return the first remove directive with exactly this *name*, no glob."""
        return self._exact(Keyword.REMOVE, name)

    def aliases(self, name: str) -> tuple[Directive, ...]:
        """Return all alias directives whose pattern matches the request *name*."""
        return tuple(
            directive
            for directive in self._of(Keyword.ALIAS)
            if matches(directive.name, name)
        )

    def options(self, module: str, alias: str | None) -> tuple[Directive, ...]:
        """Return all options directives for *module* or the *alias* used."""
        return tuple(
            directive
            for directive in self._of(Keyword.OPTIONS)
            if directive.name in {module, alias}
        )

    def softdeps(self, module: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the names of the first softdep line for *module*: pre, post."""
        directive = self._first(Keyword.SOFTDEP, module)
        return softdep.split(directive.value) if directive else ((), ())

    def _of(self, keyword: Keyword) -> Iterator[Directive]:
        return (d for d in self.directives if d.keyword == keyword)

    def _exact(self, keyword: Keyword, name: str) -> Directive | None:
        return next((d for d in self._of(keyword) if d.name == name), None)

    def _first(self, keyword: Keyword, module: str) -> Directive | None:
        return next((d for d in self._of(keyword) if matches(d.name, module)), None)


def build(
    files: Iterable[ConfigFile], kernel_arguments: str, rules: KmodRules
) -> ModprobeConfig:
    """Parse *files* in libkmod's order, then the kernel's command line."""
    directives: list[Directive] = []
    bad_lines: list[BadLine] = []
    for file in sorted(files, key=lambda file: os.fsencode(file.sort_name)):
        for item in parse(file.path, file.data, rules):
            if isinstance(item, BadLine):
                bad_lines.append(item)
            else:
                directives.append(item)
    directives += cmdline.directives(kernel_arguments)
    return ModprobeConfig(tuple(directives), tuple(bad_lines))


def origins(directives: Iterable[Directive]) -> tuple[Origin, ...]:
    """Return where *directives* stand."""
    return tuple(directive.origin for directive in directives)
