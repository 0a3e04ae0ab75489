"""The command `check`: one evaluation, in the form that was asked for."""

import json
import sys
from collections.abc import Callable

from agent.cli.settings import CheckSettings
from agent.evaluation.evaluator import Evaluator
from agent.evaluation.gather import Scope
from agent.findings import Report
from agent.printable import well_formed
from agent.report.build import NodeSpec
from agent.report.exit_codes import COULD_NOT_TELL, EXIT_CODES
from agent.terminal.progress import shown_while

_HOUR = 3600.0


def run_check(settings: CheckSettings) -> int:
    """Evaluate this node, write the report, and return the exit code."""
    scope = Scope(
        root=settings.root,
        offline=settings.offline,
        release=settings.kernel_release,
        allow_autoload=settings.allow_autoload,
        mounts=settings.mounts,
    )
    spec = NodeSpec(
        settings.node_name,
        settings.expect,
        pool=settings.node_pool,
        cluster=settings.node_cluster,
    )
    workloads = None
    if settings.workloads:
        from agent.evaluation.workload_looks import WorkloadLooks

        once = not settings.watch
        workloads = WorkloadLooks(settings.root, settings.mounts, once=once)
    evaluate = Evaluator(scope, spec, workloads=workloads)
    if settings.watch:
        return _watch(evaluate, settings.watch_interval)
    with shown_while("evaluating this node", sys.stderr):
        report = evaluate()
    _show(report, settings.output)
    sys.stdout.flush()
    return EXIT_CODES[report.verdict.compliant]


def _watch(evaluate: Callable[[], Report], interval: float) -> int:
    from agent.terminal.text import write_report
    from agent.terminal.watch import watch

    last = watch(evaluate, write_report, stream=sys.stdout, interval=interval)
    return EXIT_CODES[last.verdict.compliant] if last else COULD_NOT_TELL


def _show(report: Report, output: str) -> None:
    if output == "json":
        from agent.report.as_json import as_dict

        sys.stdout.write(json.dumps(well_formed(as_dict(report)), indent=2) + "\n")
    elif output == "prometheus":
        from agent.report.prometheus import render

        sys.stdout.write(render(report, openmetrics=False).decode())
    elif output == "npd":
        from agent.report.npd import line

        sys.stdout.write(line(report) + "\n")
    elif output == "nfd":
        from agent.report.nfd import feature_file

        sys.stdout.write(feature_file(report, _HOUR))
    else:
        from agent.terminal.text import write_report

        write_report(report, sys.stdout)
