"""Which MachineConfigs the nodes of which pool get. Pure."""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass

from agent.ignition.content import ContentError, content
from agent.ignition.entries import (
    ROLE_LABEL,
    FileEntry,
    MachineConfig,
    Pool,
    Requirement,
)
from agent.ignition.problems import Problem, error, warning
from agent.names import SCTP

_BUILT_IN = ("master", "worker", "arbiter")
_WORKER = "worker"
_CONFIGURATION = "/mod"  # modprobe.d, modules-load.d and what is meant to be


@dataclass(frozen=True, slots=True)
class Target:
    """A pool to judge: its name and the MachineConfigs its nodes get."""

    role: str
    configs: tuple[MachineConfig, ...]

    @property
    def concerns_sctp(self) -> bool:
        """True when one of its MachineConfigs says something about SCTP."""
        return any(mentions_sctp(config) for config in self.configs)


def targets(
    configs: Sequence[MachineConfig], pools: Sequence[Pool]
) -> tuple[tuple[Target, ...], tuple[Problem, ...]]:
    """Return what there is to judge, and what no pool takes.

    Every cluster has the pools master, worker and arbiter. Another role needs a
    pool of its own: without any pool in the input it is taken to exist.
    """
    own = [config for config in configs if not config.pool]
    names = {pool.name for pool in pools}
    candidates = [*pools, *(_pool(name) for name in _BUILT_IN if name not in names)]
    problems: list[Problem] = []
    for config in own:
        if any(pool.selects(config) for pool in candidates):
            continue
        problem = _orphan(config, [p.name for p in candidates], pools_given=bool(pools))
        problems.append(problem)
        if config.role and not pools:
            candidates.append(_pool(config.role))

    others = {config.pool for config in configs if config.pool}
    others -= {pool.name for pool in candidates}
    candidates += [_pool(name) for name in sorted(others)]
    choice = (target for pool in candidates for target in _targets(pool, configs))
    return tuple(choice), tuple(problems)


def mentions_sctp(config: MachineConfig) -> bool:
    """Tell whether *config* says anything about SCTP."""
    texts = [argument.value for argument in config.kernel_arguments]
    texts += [unit.text for unit in config.config.units]
    in_text = any(SCTP in text for text in texts)
    return in_text or any(map(_mentions_sctp, config.config.files))


def _mentions_sctp(file: FileEntry) -> bool:
    if SCTP in file.path:
        return True
    if _CONFIGURATION not in file.path:
        return False
    try:
        return SCTP.encode() in content(file)
    except ContentError:
        return True


def _pool(name: str) -> Pool:
    roles = (name,) if name in _BUILT_IN else (_WORKER, name)
    return Pool(name, (Requirement(ROLE_LABEL, "In", roles),))


def _targets(pool: Pool, configs: Sequence[MachineConfig]) -> list[Target]:
    choice = tuple(c for c in configs if not c.pool and pool.selects(c))
    if choice:
        return [Target(pool.name, choice)]
    rendered = [config for config in configs if config.pool == pool.name]
    current = [config for config in rendered if config.name == pool.rendered]
    return [Target(pool.name, (config,)) for config in current or rendered]


def _orphan(config: MachineConfig, names: list[str], *, pools_given: bool) -> Problem:
    place = config.label_place
    if not config.role:
        text = f"no label {ROLE_LABEL}: no pool takes it"
        return error(place, text)
    close = difflib.get_close_matches(config.role, names, n=1, cutoff=0.8)
    hint = f"; is {close[0]} meant?" if close else ""
    if pools_given:
        text = f"no MachineConfigPool of the input takes the role {config.role}"
        return error(place, f"{text}: it applies to no node{hint}")
    text = (
        f"the role {config.role} needs a MachineConfigPool that takes it and worker: "
        f"without one it applies to no node{hint}"
    )
    return warning(place, text)
