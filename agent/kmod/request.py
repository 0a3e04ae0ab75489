"""A request for a module, followed through as libkmod and the kernel would."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from agent.findings import Cause, Origin, Reason
from agent.kmod import insert
from agent.kmod.cmdline import PATH as CMDLINE
from agent.kmod.config import ModprobeConfig, origins
from agent.kmod.grammar import Directive, canonical
from agent.kmod.insert import Kernel
from agent.kmod.install import Effect, classify
from agent.kmod.rules import KmodRules
from agent.kmod.tree import Tree

_MAX_NESTING = 8  # install lines that call modprobe for each other


@dataclass(frozen=True, slots=True)
class Hit:
    """One module that a name leads to; *alias* is set when an alias led there."""

    module: str
    alias: str | None = None
    via: Directive | None = None


@dataclass(slots=True)
class Loader:
    """The modules of a kernel while requests are followed.

    *loaded* grows with what certainly gets loaded, *maybe* with what an opaque
    install command may load. *causes* collects why something was refused.
    """

    config: ModprobeConfig
    tree: Tree
    kernel: Kernel
    rules: KmodRules
    loaded: set[str] = field(default_factory=set)
    maybe: set[str] = field(default_factory=set)
    causes: list[Cause] = field(default_factory=list)

    def request(
        self,
        name: str,
        *,
        blacklist: bool = False,
        ignore_install: bool = False,
        nesting: int = 0,
    ) -> set[str]:
        """Follow `modprobe NAME` and return all modules it would have touched.

        With *blacklist* (systemd-modules-load, udev, modprobe -b) a blacklisted
        module is refused; without, only when an alias led to it.
        """
        touched: set[str] = set()
        for hit in self.lookup(name):
            if self.in_kernel(hit.module):
                touched.add(hit.module)
                continue
            refusal = self.config.blacklisted(hit.module)
            plan = self._plan(hit.module, ignore_install=ignore_install)
            touched.update(step.module for step in plan)
            if refusal and (blacklist or hit.alias is not None):
                self.causes.append(_blacklisted(hit.module, refusal))
                continue
            self._carry_out(plan, hit, nesting)
        return touched

    def in_kernel(self, module: str) -> bool:
        """Tell whether *module* is loaded or built in."""
        return module in self.loaded or self.tree.builtin(module)

    def lookup(self, name: str) -> tuple[Hit, ...]:
        """Return what *name* stands for; the first source with a hit wins."""
        name = canonical(name) or ""
        aliases = self.config.aliases(name)
        if aliases:
            return tuple(Hit(d.value, d.name, d) for d in aliases)
        if self.tree.module(name) or self.config.command_for(name):
            return (Hit(name),)
        found = self.tree.aliases(name)
        if found:
            return tuple(Hit(module, name) for module in found)
        return self._lookup_builtin(name)

    def _lookup_builtin(self, name: str) -> tuple[Hit, ...]:
        by_name = (Hit(name),) if self.tree.builtin(name) else ()
        by_alias = self.tree.builtin_aliases(name) if self.rules.builtin_alias else None
        hits = tuple(Hit(module, name) for module in by_alias or ())
        if self.rules.builtin_alias_first:
            return by_name if by_alias is None else hits
        return by_name or hits

    def _plan(self, module: str, *, ignore_install: bool) -> list["_Step"]:
        plan = _Plan(self)
        plan.add_required(module, ignore_install=ignore_install)
        return plan.steps

    def _carry_out(self, plan: list["_Step"], hit: Hit, nesting: int) -> None:
        for step in plan:
            if self.in_kernel(step.module):
                continue
            alias = hit.alias if step.module == hit.module else None
            if not self._load(step, hit, alias, nesting) and step.required:
                return

    def _load(self, step: "_Step", hit: Hit, alias: str | None, nesting: int) -> bool:
        """Load one module; False means modprobe stops here if it is required."""
        install = self.config.install(step.module)
        if install and not step.ignore_install:
            return self._run(install, step, nesting)
        refusal = insert.refusal(
            self.kernel,
            self.tree,
            step.module,
            self.config.options(step.module, alias),
            loaded=self.in_kernel,
            maybe=self.maybe.__contains__,
        )
        if refusal is None:
            self.loaded.add(step.module)
            self.maybe.discard(step.module)
            return True
        cause = refusal.cause
        if hit.via and cause.reason == Reason.MODULE_MISSING:
            cause = _diverted(hit)
        self.causes.append(cause)
        if refusal.certain:
            return False
        self.maybe.add(step.module)
        return True

    def _run(self, install: Directive, step: "_Step", nesting: int) -> bool:
        command = classify(install.value, step.module)
        if command.effect == Effect.LOADS and nesting < _MAX_NESTING:
            self.request(command.module, ignore_install=True, nesting=nesting + 1)
            return self.in_kernel(step.module) or step.module in self.maybe
        opaque = command.effect not in {Effect.NOTHING, Effect.FAILS}
        self.causes.append(_overridden(install, step.module, opaque=opaque))
        if opaque:
            self.maybe.add(step.module)
        return command.effect != Effect.FAILS


@dataclass(frozen=True, slots=True)
class _Step:
    module: str
    required: bool
    ignore_install: bool


@dataclass(slots=True)
class _Plan:
    """libkmod's probe list: dependencies with their softdeps, then the module.

    A softdep that resolves to any module makes libkmod ignore the install line
    of the module that has it (libkmod-module.c, __kmod_module_fill_softdep).
    """

    loader: Loader
    steps: list[_Step] = field(default_factory=list)
    visited: set[str] = field(default_factory=set)
    required: set[str] = field(default_factory=set)

    def add_required(self, module: str, *, ignore_install: bool) -> None:
        self.required = {module, *self._needs(module)}
        self._add(module, ignore_install=ignore_install)

    def _add(self, module: str, *, ignore_install: bool = False) -> None:
        if module in self.visited:
            return
        self.visited.add(module)
        for need in self._needs(module):
            self._add_with_softdeps(need)
        if ignore_install:
            self._append(module, ignore_install=True)
        else:
            self._add_with_softdeps(module)

    def _add_with_softdeps(self, module: str) -> None:
        before, after = (
            self._resolve(names) for names in self.loader.config.softdeps(module)
        )
        for name in before:
            self._add(name)
        self._append(module, ignore_install=bool(before or after))
        for name in after:
            self._add(name)

    def _append(self, module: str, *, ignore_install: bool) -> None:
        self.steps.append(_Step(module, module in self.required, ignore_install))

    def _resolve(self, names: Iterable[str]) -> list[str]:
        hits = (self.loader.lookup(name) for name in names)
        return [hit.module for found in hits for hit in found]

    def _needs(self, module: str) -> tuple[str, ...]:
        entry = self.loader.tree.module(module)
        return tuple(reversed(entry.needs)) if entry else ()


def _blacklisted(module: str, refusal: tuple[Directive, ...]) -> Cause:
    first = refusal[0].origin
    if first.path == CMDLINE:
        text = f"{module} is denied by the kernel argument `{first.text}`"
        return Cause(Reason.BLACKLISTED_BY_KERNEL_ARGUMENT, text, origins(refusal))
    text = f"{module} is denied by `{first.text}` at {first}"
    return Cause(Reason.BLACKLISTED, text, origins(refusal))


def _overridden(install: Directive, module: str, *, opaque: bool) -> Cause:
    where = f"`{install.origin.text}` at {install.origin}"
    if opaque:
        text = f"only running it would tell what {where} does for {module}"
        return Cause(Reason.INSTALL_COMMAND_OPAQUE, text, (install.origin,))
    reason = Reason.INSTALL_OVERRIDE
    text = f"{module} is kept from loading by {where}"
    if module != "sctp":
        reason = Reason.DEPENDENCY_OVERRIDDEN
        text = f"{module}, which sctp needs, is kept from loading by {where}"
    return Cause(reason, text, (install.origin,))


def _diverted(hit: Hit) -> Cause:
    origin = hit.via.origin if hit.via else Origin("")
    text = f"`{origin.text}` at {origin} leads to {hit.module}, not to sctp"
    return Cause(Reason.ALIAS_DIVERTED, text, (origin,))
