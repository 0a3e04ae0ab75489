"""Would the nodes of one role have SCTP after the reboot? From files to a verdict."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from agent.checks import discover
from agent.checks.context import CheckContext
from agent.evaluation.checking import evaluate_all
from agent.findings import (
    CheckResult,
    Compliance,
    Expectation,
    Origin,
    Reason,
    State,
    Verdict,
)
from agent.ignition.entries import MachineConfig
from agent.ignition.problems import Place, Problem, has_error, warning
from agent.loading.assessment import Assessment
from agent.machineconfig import boot_facts
from agent.machineconfig.advice import advise, advise_on_units
from agent.machineconfig.base_node import Ground
from agent.machineconfig.effects import enablers
from agent.machineconfig.merge import NodeConfig, merge
from agent.machineconfig.selection import Target
from agent.names import CMDLINE
from agent.systemd.names import OWN
from agent.verdict.states import NodeStates, look
from agent.verdict.verdict import decide


@dataclass(frozen=True, slots=True)
class RoleResult:
    """The answer for the nodes of one role; no verdict where they get nothing."""

    role: str
    node_config: NodeConfig
    problems: tuple[Problem, ...]
    verdict: Verdict | None = None
    checks: tuple[CheckResult, ...] = ()

    @property
    def compliant(self) -> Compliance:
        """Whether the nodes would be as expected."""
        return self.verdict.compliant if self.verdict else Compliance.FALSE


def judge(target: Target, ground: Ground, expectation: Expectation) -> RoleResult:
    """Return what the nodes of *target* would be on *ground*."""
    node_config = merge(target.configs)
    problems = [p for config in node_config.configs for p in config.problems]
    problems += node_config.problems
    if not has_error(problems):
        problems += advise(node_config, ground.host)
    if has_error(problems):
        return RoleResult(target.role, node_config, _in_order(problems))
    node = boot_facts.assess(ground, node_config)
    problems += advise_on_units(node_config, node.facts.boot.loads)
    outlook = _after_reboot(look(node))
    verdict = _in_words(decide(node, outlook, expectation))
    verdict = _with_remedy(verdict, node_config, outlook)
    if verdict.compliant != Compliance.TRUE and expectation == Expectation.REQUIRED:
        problems += _deniers(node_config, outlook)
    return RoleResult(
        target.role,
        node_config,
        _in_order(problems),
        verdict,
        _checks(node, outlook, expectation),
    )


def _after_reboot(outlook: NodeStates) -> NodeStates:
    """Return the outlook with only what follows systemd-modules-load."""
    return replace(
        outlook,
        state=outlook.boot_state,
        causes=outlook.boot_causes,
        exposed=outlook.boot_exposed,
    )


def _in_words(verdict: Verdict) -> Verdict:
    """Return the verdict with a message that is about the boot only."""
    text = _AFTER_BOOT.get(verdict.boot_state)
    if verdict.reason != Reason.AS_EXPECTED or text is None:
        return verdict
    return replace(verdict, message=text)


_AFTER_BOOT = {
    State.READY: "sctp is loaded at boot",
    State.ON_DEMAND: "the first SCTP socket loads sctp",
    State.UNAVAILABLE: "no process can get SCTP after the reboot",
}


def _with_remedy(
    verdict: Verdict, node_config: NodeConfig, outlook: NodeStates
) -> Verdict:
    """Return the verdict with the remedy that what the input declares can go."""
    owners = dict.fromkeys(
        str(config)
        for cause in outlook.boot_causes
        if verdict.remedy and cause.message == verdict.message
        if cause.reason != Reason.BOOT_LOAD_OPAQUE  # it may be what is wanted
        for origin in cause.evidence
        for config, _ in declared_by(node_config, origin)
    )
    if not owners:
        return verdict
    return replace(verdict, remedy=f"take it out of {' and '.join(owners)}")


def _checks(
    node: Assessment, outlook: NodeStates, expectation: Expectation
) -> tuple[CheckResult, ...]:
    context = CheckContext(node, expectation, outlook)
    about = [check for check in discover() if check.name not in _NOT_ABOUT_BOOT]
    return evaluate_all(about, context)


# It compares a node with the config that it has, not with one that it may get.
_NOT_ABOUT_BOOT = frozenset({"config_drift"})


def _in_order(problems: Sequence[Problem]) -> tuple[Problem, ...]:
    """Return *problems*, each once, by their places."""

    def key(problem: Problem) -> tuple[str, int, int]:
        place = problem.place
        return place.file, place.document, place.line or 0

    return tuple(sorted(dict.fromkeys(problems), key=key))


def _deniers(node_config: NodeConfig, outlook: NodeStates) -> Iterator[Problem]:
    """Yield the lines of MachineConfigs that deny, beside what they deny."""
    against = [str(config) for config in enablers(node_config.files)]
    for cause in outlook.boot_causes:
        if cause.reason == Reason.BOOT_LOAD_OPAQUE:
            continue  # it denies nothing
        for origin in cause.evidence:
            for config, place in declared_by(node_config, origin):
                others = [other for other in against if other != str(config)]
                though = f", though {' and '.join(others)} enables it" if others else ""
                yield warning(place, f"{cause.message}: from {config}{though}")


def declared_by(
    node_config: NodeConfig, origin: Origin
) -> list[tuple[MachineConfig, Place]]:
    """Return which MachineConfigs put *origin* on the node, and where they say so."""
    if origin.path == CMDLINE:
        return [
            (config, argument.place)
            for config, argument in node_config.kernel_arguments
            if origin.text and origin.text in argument.value
        ]
    file = node_config.file(origin.path)
    if file is None:
        return [
            (config, unit.place)
            for config, unit in node_config.units
            if origin.path.startswith(f"{OWN}/{unit.name}.d/")
            or origin.path == f"{OWN}/{unit.name}"
        ]
    source = file.entry.source
    return [(file.writer, source.place if source else file.entry.place)]
