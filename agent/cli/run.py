"""The command `run`: the daemon, with the neighbours that the flags ask for."""

from argparse import Namespace
from collections.abc import Callable

from agent.cli.settings import UsageError
from agent.daemon import logs, process
from agent.daemon.background import BackgroundTask
from agent.evaluation.evaluator import Evaluator
from agent.evaluation.gather import Scope
from agent.findings import Expectation, Report
from agent.report.as_json import as_dict
from agent.report.build import NodeSpec, starting


def run_daemon(settings: Namespace) -> int:
    """Serve until SIGTERM or SIGINT; return the exit code, raise UsageError."""
    logs.configure(level=settings.log_level, form=settings.log_format)
    spec = NodeSpec(settings.node_name, Expectation(settings.expect))
    scope = Scope(
        root=settings.root,
        allow_autoload=settings.allow_autoload,
        given=settings.given,
    )
    evaluate: Callable[[], Report] = Evaluator(scope, spec)
    if settings.nfd_features_file or settings.textfile:
        from agent.daemon.exports import handing_over

        evaluate = handing_over(evaluate, settings)
    return process.run(
        evaluate,
        initial=starting(spec),
        interval=settings.interval,
        listen=settings.web_listen_address,
        report_as_dict=as_dict,
        companion=path_probes(settings) if settings.path_port else None,
        web_config=settings.web_config_file,
    )


def path_probes(settings: Namespace) -> BackgroundTask:
    """Return the task that probes paths; raise UsageError."""
    # Imported only where it is on, so that else not even its code is read.
    from agent.paths.component import PathProbes
    from agent.paths.configuration import configured

    try:
        return PathProbes(configured(settings))
    except ValueError as error:
        raise UsageError(str(error)) from None
