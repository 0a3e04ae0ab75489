"""The command `run`: the daemon, with the neighbours that the flags ask for."""

import signal
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from itertools import chain
from typing import TYPE_CHECKING

from agent.cli.settings import RunSettings
from agent.daemon import files, logs, process
from agent.daemon.background import BackgroundTask
from agent.evaluation.evaluator import Evaluator
from agent.evaluation.gather import Scope
from agent.findings import Report
from agent.report.as_json import as_dict
from agent.report.build import NodeSpec, starting
from agent.report.metric_families import Metric

#: What answers late may do so twice in a row, then it is unknown.
_INTERVALS_KEPT = 2.5

if TYPE_CHECKING:  # path probes that are off cost nothing, not even their import
    from agent.paths.configuration import Configuration
    from agent.requests.component import RequestWatch


def run_daemon(settings: RunSettings) -> int:
    """Serve until SIGTERM or SIGINT, and return the exit code."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # until it is known what to do then
    log = logs.configure(level=settings.log_level, form=settings.log_format)
    metric_sources: list[Callable[[], Iterable[Metric]]] = [log.families]
    spec = NodeSpec(
        settings.node_name,
        settings.expect,
        settings.interval,
        settings.node_pool,
        settings.node_cluster,
    )
    watches = files.watches()
    scope = Scope(
        root=settings.root,
        allow_autoload=settings.allow_autoload,
        mounts=settings.mounts,
        patience=_INTERVALS_KEPT * settings.interval,
        watches=watches,
    )
    workloads = None
    if settings.workloads:
        from agent.evaluation.workload_looks import WorkloadLooks

        workloads = WorkloadLooks(settings.root, settings.mounts)
    evaluate: Callable[[], Report] = Evaluator(scope, spec, workloads=workloads)
    with ExitStack() as at_the_end:
        if settings.nfd_features_file or settings.textfile:
            from agent.daemon.exports import handing_over

            evaluate = handover = handing_over(
                evaluate,
                features_file=settings.nfd_features_file,
                textfile=settings.textfile,
                interval=settings.interval,
            )
            at_the_end.callback(handover.withdraw)
            metric_sources.append(handover.families)
        watch = _request_watch(settings) if settings.watch_requests else None
        if watch:
            evaluate = watch.explained(evaluate)
            at_the_end.callback(watch.withdraw)
        return process.run(
            evaluate,
            initial=starting(spec),
            interval=settings.interval,
            serving=process.Serving(
                listen=settings.web_listen_address,
                config=settings.web_config_file,
                metrics=settings.web_telemetry_path,
                most_scrapes=settings.web_max_requests,
                tells_of_itself=not settings.web_disable_exporter_metrics,
            ),
            report_as_dict=as_dict,
            companion=_path_probes(settings.paths) if settings.paths else None,
            watch=watch,
            watches=watches,
            beside=lambda: chain.from_iterable(tell() for tell in metric_sources),
        )


def _path_probes(configuration: "Configuration") -> BackgroundTask:
    from agent.paths.component import PathProbes

    return PathProbes(configuration)


def _request_watch(settings: RunSettings) -> "RequestWatch":
    from agent.requests.component import RequestWatch

    return RequestWatch(settings.root, settings.mounts)
