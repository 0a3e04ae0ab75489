"""What every check is given, and the few conclusions that many checks share."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from agent.facts import Gap, NodeFacts
from agent.findings import (
    Cause,
    Expectation,
    Finding,
    ModuleState,
    Origin,
    Reason,
    SocketResult,
    Status,
)
from agent.kmod.tree import Health
from agent.loading.assessment import Assessment
from agent.loading.causes import unreadable_cause
from agent.loading.forecast import LoadForecasts
from agent.names import SCTP
from agent.times import span
from agent.verdict.remedies import remedy_for
from agent.verdict.states import NodeStates, socket_failure


@dataclass(frozen=True, slots=True)
class CheckContext:
    """One node under judgement: its facts, what is intended, what follows."""

    node: Assessment
    expectation: Expectation
    outlook: NodeStates

    @property
    def facts(self) -> NodeFacts:
        """What was observed."""
        return self.node.facts

    @property
    def forecasts(self) -> LoadForecasts:
        """What would load sctp, now and at the next boot."""
        return self.node.forecasts

    @property
    def required(self) -> bool:
        """True when SCTP has to work here."""
        return self.expectation == Expectation.REQUIRED

    @property
    def forbidden(self) -> bool:
        """True when SCTP must not be available here."""
        return self.expectation == Expectation.FORBIDDEN

    @property
    def in_kernel(self) -> bool:
        """True when sctp is loaded or built in."""
        return self.facts.module.state in {ModuleState.LOADED, ModuleState.BUILTIN}

    @property
    def built_in(self) -> bool:
        """True when no module is needed, so that nothing about modules matters."""
        return self.facts.module.state == ModuleState.BUILTIN

    def causes(self, *reasons: Reason) -> tuple[Cause, ...]:
        """Return the obstacles of these *reasons* on any way to load sctp."""
        forecasts = self.forecasts
        ways = (
            forecasts.autoload,
            forecasts.boot_load,
            forecasts.boot_autoload,
            forecasts.unrestricted,
        )
        obstacles = (c for f in ways for c in f.causes if c.reason in reasons)
        return tuple(dict.fromkeys(obstacles))

    def denial(self, cause: Cause) -> Finding:
        """Judge something that denies sctp.

        Where SCTP is required it is a failure if a state suffers, a warning if
        something else overrules it; where SCTP is forbidden it is as intended.
        """
        outlook = self.outlook
        remedy = remedy_for(cause, self.node)
        if self.forbidden:
            return Finding(Status.PASS, cause.reason, cause.message, cause.evidence)
        suffers = not (outlook.state.usable and outlook.boot_state.usable)
        if suffers and self.required:
            status, text = Status.FAIL, cause.message
        elif suffers:
            status, text = Status.WARN, cause.message
        else:
            status, text = Status.WARN, f"{cause.message}, but something overrules it"
        return Finding(status, cause.reason, text, cause.evidence, remedy)

    def denials(self, causes: Iterable[Cause]) -> Finding | None:
        """Judge the first of *causes*, with the evidence of all; None for none."""
        all_causes = tuple(causes)
        if not all_causes:
            return None
        first = min(all_causes, key=lambda cause: cause.reason.precedence)
        evidence = tuple(
            dict.fromkeys(o for cause in all_causes for o in cause.evidence)
        )
        return self.denial(replace(first, evidence=evidence))

    def unknown(self, cause: Cause) -> Finding:
        """Say that something could not be told, with the remedy."""
        remedy = remedy_for(cause, self.node)
        return Finding(
            Status.UNKNOWN, cause.reason, cause.message, cause.evidence, remedy
        )

    def unread(self, gaps: tuple[Gap, ...]) -> Finding | None:
        """Say that *gaps* hide the answer, None when there are none."""
        if not gaps:
            return None
        return self.unknown(unreadable_cause(gaps))

    def unread_modprobe(self) -> Finding | None:
        """Say what of modprobe.d hides the answer, None for nothing.

        /run decides over a load before the next boot only.
        """
        facts = self.facts.modprobe
        unseen = facts.unseen_at_boot if self.in_kernel else facts.unseen
        return self.unread((*facts.gaps, *unseen))

    def unread_at(self, *starts: str) -> Finding | None:
        """Say that the kernel's files whose paths start so could not be read."""
        gaps = (*self.facts.kernel.gaps, *self.facts.system.gaps)
        hiding = (gap for gap in gaps if gap.late or gap.path.startswith(starts))
        return self.unread(tuple(hiding))

    def unread_module(self, *names: str) -> Finding | None:
        """Say that the file of one of these modules could not be read."""
        module = self.facts.module
        health = {SCTP: module.health, **dict(module.needs)}
        for name in names:
            if health[name] == Health.UNKNOWN:
                evidence = (Origin(module.path),) if name == SCTP else ()
                text = f"the file of {name} could not be read"
                return self.unknown(Cause(Reason.FACT_UNREADABLE, text, evidence))
        return None

    def warning(self, cause: Cause) -> Finding:
        """Say that something works but not as one would want."""
        remedy = remedy_for(cause, self.node)
        return Finding(Status.WARN, cause.reason, cause.message, cause.evidence, remedy)

    def failure(self, cause: Cause) -> Finding:
        """Say that something is not as expected; where nothing is, it only warns."""
        if self.expectation == Expectation.OBSERVE:
            return self.warning(cause)
        remedy = remedy_for(cause, self.node)
        return Finding(Status.FAIL, cause.reason, cause.message, cause.evidence, remedy)


@dataclass(frozen=True, slots=True)
class Check:
    """One question about the node.

    *name* is that of its file, *title* the good case in a few words,
    *explanation* what it looks at and why that matters.
    """

    name: str
    title: str
    explanation: str
    evaluate: Callable[[CheckContext], Finding]


def passed(message: str, *evidence: Origin) -> Finding:
    """Say that the good case holds."""
    return Finding(Status.PASS, Reason.AS_EXPECTED, message, evidence)


def skipped(message: str) -> Finding:
    """Say that the question does not arise on this node."""
    return Finding(Status.SKIP, Reason.NOT_APPLICABLE, message)


def judge(context: CheckContext, result: SocketResult, *, required: bool) -> Finding:
    """Turn a socket's *result* into a finding; failing warns unless *required*."""
    what = f"{result.style} over {result.family} in the {result.netns} namespace"
    when = f", {span(result.age)} ago" if result.age >= 1 else ""
    if result.success:
        took = f"{result.seconds * 1000:.1f} ms"
        return passed(f"{what}: data went both ways in {took}{when}")
    text = f"{what}: {result.stage} failed with {result.error}{when}"
    cause = socket_failure(result, text)
    if cause.reason != Reason.SOCKET_FAILED:
        return context.unknown(cause)
    if required and not context.forbidden:
        return context.failure(cause)
    return context.warning(cause)


BUILT_IN = "sctp is built into the kernel: no module has to be loaded"
NO_MODULES = "the kernel has no support for modules"
