"""A request for a module, followed through as libkmod and the kernel would."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from agent.findings import Cause, Origin, Reason
from agent.kmod import insert
from agent.kmod.config import ModprobeConfig, origins
from agent.kmod.grammar import Directive
from agent.kmod.insert import KernelPolicy
from agent.kmod.install import Effect, classify
from agent.kmod.lookup import Hit, lookup
from agent.kmod.plan import Step, plan
from agent.kmod.rules import KmodRules
from agent.kmod.tree import Tree
from agent.names import CMDLINE, SCTP

_MAX_NESTING = 8  # install lines that call modprobe for each other


@dataclass(slots=True)
class Loader:
    """The modules of a kernel while requests are followed.

    *loaded* grows with what certainly gets loaded, *maybe* with what an opaque
    install command may load. *programs* says which of those that install lines name
    are on the node. *causes* collects why something was refused.
    """

    config: ModprobeConfig
    tree: Tree
    kernel: KernelPolicy
    rules: KmodRules
    programs: Mapping[str, bool] = field(default_factory=dict)
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
            if hit.builtin or self.in_kernel(hit.module):
                touched.add(hit.module)
                continue
            refusal = self.config.blacklisted(hit.module)
            steps = self.plan(hit, ignore_install=ignore_install)
            touched.update(step.module for step in steps)
            if refusal and (blacklist or hit.alias is not None):
                self.causes.append(_blacklist_cause(hit.module, refusal))
                continue
            self._carry_out(steps, hit, nesting)
        return touched

    def fork(self) -> "Loader":
        """Return one that begins with these modules, and goes its own way."""
        loaded, maybe = set(self.loaded), set(self.maybe)
        return replace(self, loaded=loaded, maybe=maybe, causes=[])

    def in_kernel(self, module: str) -> bool:
        """Tell whether *module* is loaded or built in."""
        return module in self.loaded or self.tree.builtin(module)

    def lookup(self, name: str) -> tuple[Hit, ...]:
        """Return what *name* stands for; the first source with a hit wins."""
        return lookup(name, self.config, self.tree, self.rules)

    def plan(self, hit: Hit, *, ignore_install: bool = False) -> tuple[Step, ...]:
        """Return what libkmod would go through to load *hit*, in order."""
        return plan(
            hit, self.config, self.tree, self.lookup, ignore_install=ignore_install
        )

    def _carry_out(self, steps: tuple[Step, ...], hit: Hit, nesting: int) -> None:
        for step in steps:
            if step.builtin or step.module in self.loaded:
                continue
            count = len(self.causes)
            success = self._load(step, hit, nesting)
            if step.required and not success:
                return
            if not step.required and step.module != SCTP:
                del self.causes[count:]  # a softdep may fail without harm

    def _load(self, step: Step, hit: Hit, nesting: int) -> bool:
        """Load one module; False means modprobe stops here if it is required."""
        if step.install:
            return self._run(step.install, step, nesting)
        refusal = insert.refusal(
            self.kernel,
            self.tree,
            step.module,
            self.config.options(step.module, step.alias),
            self._present,
        )
        if refusal is None:
            self.loaded.add(step.module)
            self.maybe.discard(step.module)
            return True
        cause = refusal.cause
        if hit.via and cause.reason == Reason.MODULE_MISSING:
            cause = _diversion_cause(hit)
        self.causes.append(cause)
        if refusal.certain:
            return False
        self.maybe.add(step.module)
        return True

    def _present(self, module: str) -> bool | None:
        if self.in_kernel(module):
            return True
        return None if module in self.maybe else False

    def _run(self, install: Directive, step: Step, nesting: int) -> bool:
        command = classify(install.value, step.module, self.programs)
        needed = step.module != SCTP and self.tree.module(step.module) is not None
        if command.effect == Effect.LOADS and nesting < _MAX_NESTING:
            count = len(self.causes)
            self.request(command.module, ignore_install=True, nesting=nesting + 1)
            success = self.in_kernel(step.module) or step.module in self.maybe
            if not success and len(self.causes) == count:  # it loads another module
                self.causes.append(_install_cause(install, step.module, needed=needed))
            return success
        if command.effect in {Effect.NOTHING, Effect.FAILS}:
            self.causes.append(_install_cause(install, step.module, needed=needed))
        else:
            self.causes.append(_opaque_cause(install, step.module))
            self.maybe.add(step.module)
        return command.effect != Effect.FAILS


def _blacklist_cause(module: str, refusal: tuple[Directive, ...]) -> Cause:
    first = refusal[0].origin
    if first.path == CMDLINE:
        text = f"{module} is denied by the kernel argument `{first.text}`"
        return Cause(Reason.BLACKLISTED_BY_KERNEL_ARGUMENT, text, origins(refusal))
    text = f"{module} is denied by `{first.text}` at {first}"
    return Cause(Reason.BLACKLISTED, text, origins(refusal))


def _opaque_cause(install: Directive, module: str) -> Cause:
    where = f"`{install.origin.text}` at {install.origin}"
    text = f"only running it would tell what {where} does for {module}"
    return Cause(Reason.INSTALL_COMMAND_OPAQUE, text, (install.origin,))


def _install_cause(install: Directive, module: str, *, needed: bool) -> Cause:
    where = f"`{install.origin.text}` at {install.origin}"
    if needed:
        text = f"{module}, which sctp needs, is kept from loading by {where}"
        return Cause(Reason.DEPENDENCY_OVERRIDDEN, text, (install.origin,))
    text = f"{module} is kept from loading by {where}"
    return Cause(Reason.INSTALL_OVERRIDE, text, (install.origin,))


def _diversion_cause(hit: Hit) -> Cause:
    origin = hit.via.origin if hit.via else Origin("")
    text = f"`{origin.text}` at {origin} leads to {hit.module}, not to sctp"
    return Cause(Reason.ALIAS_DIVERTED, text, (origin,))
