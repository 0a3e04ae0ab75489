"""Would a node of each role have SCTP after the reboot? From objects to answers."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from agent.findings import Compliance, Expectation
from agent.ignition import objects
from agent.ignition.documents import Item
from agent.ignition.entries import MachineConfig
from agent.ignition.problems import Problem, has_error, warning
from agent.ignition.wrappers import Unwrapped, unwrap
from agent.machineconfig import neighbours
from agent.machineconfig.base_node import Ground
from agent.machineconfig.judge import RoleResult, judge
from agent.machineconfig.selection import Target, targets
from agent.names import SCTP

_BUTANE = "this is Butane (`butane FILE` makes a MachineConfig of it)"
_ABOUT = re.compile(rf"{SCTP}|modprobe\.d|modules-load\.d|\bmodprobe\b")


@dataclass(frozen=True, slots=True)
class Result:
    """All answers; *skipped* are the roles that say nothing about SCTP.

    *unjudged* are MachineConfigs inside other objects that may reach the nodes too.
    """

    ground: Ground
    expectation: Expectation
    problems: tuple[Problem, ...]
    roles: tuple[RoleResult, ...]
    skipped: tuple[str, ...] = ()
    unjudged: tuple[Problem, ...] = ()

    @property
    def compliant(self) -> Compliance:
        """Whether everything is as expected; an error is not."""
        answers = {role.compliant for role in self.roles}
        if Compliance.FALSE in answers or has_error(self.problems):
            return Compliance.FALSE
        unanimous = answers == {Compliance.TRUE} and not self.unjudged
        return Compliance.TRUE if unanimous else Compliance.UNKNOWN


class NothingToVerifyError(Exception):
    """The input has no MachineConfig, or none of the role asked for."""


def verify(
    items: Sequence[Item],
    ground: Ground,
    expectation: Expectation,
    *,
    role: str = "",
    oddities: Sequence[Problem] = (),
) -> Result:
    """Judge the MachineConfigs among *items*; raise NothingToVerifyError."""
    content = _with_others(unwrap(items), items)
    configs = objects.machine_configs(content.items)
    if not configs:
        raise NothingToVerifyError(_nothing(items, content))
    all_targets, problems = targets(configs, objects.pools(content.items))
    oddities = [*oddities, *content.notes, *content.unjudged]
    if role and role not in {target.role for target in all_targets}:
        roles = ", ".join(sorted({target.role for target in all_targets})) or "none"
        text = f"no MachineConfig is for the role {role} (there are: {roles})"
        raise NothingToVerifyError(text)
    subjects = [target for target in all_targets if target.role == role] or _about_sctp(
        all_targets, expectation
    )
    results = tuple(judge(target, ground, expectation) for target in subjects)
    return Result(
        ground,
        expectation,
        problems=tuple(
            dict.fromkeys([*oddities, *_loose(configs, all_targets), *problems])
        ),
        roles=results,
        skipped=tuple(
            sorted({t.role for t in all_targets} - {t.role for t in subjects})
        ),
        unjudged=content.unjudged,
    )


def _with_others(content: Unwrapped, items: Sequence[Item]) -> Unwrapped:
    """Return *content*; what else changes nodes, and Butane, was not judged."""
    butane = [
        warning(item.source.place(item.keys), f"{_BUTANE}, which was not judged")
        for item in items
        if _is_butane(item) and _ABOUT.search(repr(item.value))
    ]
    others = neighbours.unjudged(items)
    return replace(content, unjudged=(*content.unjudged, *butane, *others))


def _is_butane(item: Item) -> bool:
    return item.value.get("variant") in {"openshift", "fcos"}


def _nothing(items: Sequence[Item], unwrapped: Unwrapped) -> str:
    text = "there is no MachineConfig in the input"
    if any(map(_is_butane, items)):
        text += ": it is Butane; `butane FILE | sctp-node-agent machineconfig verify -`"
    return "; ".join([text, *(f"{p.place}: {p.message}" for p in unwrapped.unjudged)])


def _about_sctp(
    all_targets: Sequence[Target], expectation: Expectation
) -> list[Target]:
    """Return the targets to judge when nobody named one.

    Where SCTP is forbidden it must be nowhere; otherwise a role that no
    MachineConfig about SCTP is for was hardly meant.
    """
    about_sctp = [target for target in all_targets if target.concerns_sctp]
    if expectation == Expectation.FORBIDDEN or not about_sctp:
        return list(all_targets)
    return about_sctp


def _loose(
    configs: Sequence[MachineConfig], all_targets: Sequence[Target]
) -> Iterator[Problem]:
    """Yield the problems of MachineConfigs that are in no target."""
    members = {config.place for target in all_targets for config in target.configs}
    for config in configs:
        if config.place not in members and not config.pool:
            yield from config.problems
