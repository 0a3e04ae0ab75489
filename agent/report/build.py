"""The report: built from facts, checks and verdict."""

import time
from dataclasses import dataclass

from agent import __version__
from agent.findings import CheckResult, Expectation, Report, Verdict
from agent.loading.assessment import Assessment
from agent.report.as_json import facts_as_dict


@dataclass(frozen=True, slots=True)
class NodeSpec:
    """What this node is called, what is expected of it, and how often it is judged.

    *interval* is in seconds; None for a single time. *pool* and *cluster* are "" where
    they are not known.
    """

    node: str
    expectation: Expectation
    interval: float | None = None
    pool: str = ""
    cluster: str = ""


def starting(intent: NodeSpec) -> Report:
    """Return the report before the first evaluation: everything unknown."""
    return Report(
        __version__,
        intent.node,
        time.time(),
        "",
        intent.expectation,
        pool=intent.pool,
        cluster=intent.cluster,
        interval=intent.interval,
    )


def build(
    node: Assessment,
    checks: tuple[CheckResult, ...],
    verdict: Verdict,
    *,
    intent: NodeSpec,
    seconds: float,
) -> Report:
    """Return the report of one evaluation, which took so many *seconds*."""
    facts = node.facts
    return Report(
        agent_version=__version__,
        node=intent.node,
        pool=intent.pool,
        cluster=intent.cluster,
        time=time.time(),
        kernel_release=facts.kernel.release,
        expectation=intent.expectation,
        verdict=verdict,
        module_state=facts.module.state,
        references=facts.module.references,
        checks=checks,
        sockets=facts.sockets,
        stack=facts.stack,
        facts=facts_as_dict(node),
        os_name=facts.system.os_name,
        os_id=facts.system.os_id,
        os_version=facts.system.os_version,
        boot_time=facts.kernel.boot_time,
        seconds=seconds,
        interval=intent.interval,
    )
