"""Which lines have to go so that nothing in modprobe.d denies sctp any more.

Found by taking them out on paper, one after the other, and asking again: a node whose
hardening writes an install line beside a blacklist line needs both gone.
"""

from dataclasses import replace

from agent.kmod.config import ModprobeConfig
from agent.kmod.grammar import Directive
from agent.kmod.insert import KernelPolicy
from agent.kmod.request import Loader
from agent.kmod.rules import KmodRules
from agent.loading.context import LoadContext
from agent.loading.forecast import Removal
from agent.names import SCTP

_MOST = 64  # lines; a node where more deny sctp has another problem
#: What a socket asks for (IPv4, then IPv6), and what systemd-modules-load asks for.
_REQUESTS = (
    (("net-pf-2-proto-132-type-1", "net-pf-2-proto-132"), False),
    (("net-pf-10-proto-132-type-1", "net-pf-10-proto-132"), False),
    ((SCTP,), True),
)


def removal(context: LoadContext) -> Removal:
    """Return what has to go under the first set of rules that the node may have."""
    if not context.modprobe.configs:
        return Removal()
    rules, config = context.modprobe.configs[0]
    deniers: list[Directive] = []
    enough = all(
        _clear(context, rules, config, deniers, names, blacklist=blacklist)
        for names, blacklist in _REQUESTS
    )
    lines = tuple(dict.fromkeys(directive.origin for directive in deniers))
    paths = {origin.path for origin in lines}
    rest = (d.origin for d in config.directives if d.origin not in lines)
    shared = frozenset(origin.path for origin in rest if origin.path in paths)
    return Removal(lines, shared, enough)


def _clear(  # noqa: PLR0913  # what a request is made of, and what is gone so far
    context: LoadContext,
    rules: KmodRules,
    config: ModprobeConfig,
    deniers: list[Directive],
    names: tuple[str, ...],
    *,
    blacklist: bool,
) -> bool:
    """Take out what denies *names* until they load sctp; False where nothing helps."""
    while len(deniers) <= _MOST:
        rest = tuple(d for d in config.directives if d not in deniers)
        loader = Loader(
            replace(config, directives=rest),
            context.tree,
            KernelPolicy(),
            rules,
            context.modprobe.programs,
        )
        for name in names:
            if SCTP not in loader.loaded:
                loader.request(name, blacklist=blacklist)
        if SCTP in loader.loaded:
            return True
        evidence = {origin for cause in loader.causes for origin in cause.evidence}
        denying = [directive for directive in rest if directive.origin in evidence]
        if not denying:
            return False
        deniers += denying
    return False
