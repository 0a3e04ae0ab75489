"""The command: one function for each thing the agent can be told to do."""

import json
import os
import sys
import traceback
from argparse import Namespace
from collections.abc import Callable, Sequence

from agent.findings import Expectation, Report
from agent.npd import EXIT_CODES, line
from agent.progress import shown_while
from agent.settings import UsageError, parse

_COULD_NOT_TELL = 2
_HOUR = 3600.0


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line *argv* and return the exit code."""
    try:
        settings = parse(sys.argv[1:] if argv is None else argv, os.environ)
        return _COMMANDS[settings.command](settings)
    except UsageError as error:
        sys.stderr.write(f"sctp-node-agent: {error}\n")
        return _COULD_NOT_TELL
    except BrokenPipeError:
        # Whoever read the output has gone; Python would complain once more.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _COULD_NOT_TELL
    except Exception:  # noqa: BLE001  # Python's 1 would mean: not as expected
        traceback.print_exc()
        return _COULD_NOT_TELL


def entrypoint() -> None:
    """Exit with the code of main: what the installed command calls."""
    sys.exit(main())


def _check(settings: Namespace) -> int:
    from agent.evaluate import Evaluator
    from agent.gather import Scope
    from agent.report import Intent

    scope = Scope(
        root=settings.root,
        offline=settings.offline,
        release=settings.kernel_release,
        allow_autoload=settings.allow_autoload,
        given=settings.given,
    )
    intent = Intent(settings.node_name, Expectation(settings.expect))
    evaluate = Evaluator(scope, intent)
    if settings.watch:
        return _watch(evaluate, settings.watch_interval)
    with shown_while("evaluating this node", sys.stderr):
        report = evaluate()
    _show(report, settings.output)
    sys.stdout.flush()
    return EXIT_CODES[report.verdict.compliant]


def _watch(evaluate: Callable[[], Report], interval: float) -> int:
    from agent.text import write_report
    from agent.watch import watch

    last = watch(evaluate, write_report, stream=sys.stdout, interval=interval)
    return EXIT_CODES[last.verdict.compliant] if last else _COULD_NOT_TELL


def _show(report: Report, output: str) -> None:
    if output == "json":
        from agent.report import as_dict

        sys.stdout.write(json.dumps(as_dict(report), indent=2) + "\n")
    elif output == "prometheus":
        from agent.exposition import render

        sys.stdout.write(render(report, openmetrics=False).decode())
    elif output == "npd":
        sys.stdout.write(line(report) + "\n")
    elif output == "nfd":
        from agent.nfd import feature_file

        sys.stdout.write(feature_file(report, _HOUR))
    else:
        from agent.text import write_report

        write_report(report, sys.stdout)


def _run(settings: Namespace) -> int:
    from agent import daemon, logs, report
    from agent.evaluate import Evaluator
    from agent.gather import Scope
    from agent.report import Intent

    logs.configure(level=settings.log_level, form=settings.log_format)
    intent = Intent(settings.node_name, Expectation(settings.expect))
    scope = Scope(
        root=settings.root,
        allow_autoload=settings.allow_autoload,
        given=settings.given,
    )
    companion = None
    if settings.path_port:  # else not even its code is read
        from agent.paths.component import path_probes

        companion = path_probes(settings)
    evaluate: Callable[[], Report] = Evaluator(scope, intent)
    if settings.nfd_features_file or settings.textfile:
        from agent.handover import handing_over

        evaluate = handing_over(evaluate, settings)
    return daemon.run(
        evaluate,
        initial=report.starting(intent),
        interval=settings.interval,
        listen=settings.web_listen_address,
        report_as_dict=report.as_dict,
        companion=companion,
        web_config=settings.web_config_file,
    )


def _explain(settings: Namespace) -> int:
    from agent.explain import write_explanation

    if not write_explanation(settings.name, sys.stdout):
        raise UsageError(f"{settings.name}: neither a check nor a reason; try `all`")
    return 0


def _completion(settings: Namespace) -> int:
    from agent.completion import completion

    sys.stdout.write(completion(settings.shell))
    return 0


def _render(settings: Namespace) -> int:
    from agent.machineconfig.command import run_render

    return run_render(settings)


def _verify(settings: Namespace) -> int:
    from agent.machineconfig.command import run_verify

    return EXIT_CODES[run_verify(settings)]


def _respond(settings: Namespace) -> int:
    from agent.paths.command import run_respond

    return run_respond(settings)


def _probe(settings: Namespace) -> int:
    from agent.paths.command import run_probe

    return run_probe(settings)


def _fleet(settings: Namespace) -> int:
    from agent.fleet.command import run_fleet

    return run_fleet(settings)


_COMMANDS = {
    "check": _check,
    "run": _run,
    "fleet": _fleet,
    "explain": _explain,
    "completion": _completion,
    "respond": _respond,
    "probe": _probe,
    "machineconfig render": _render,
    "machineconfig verify": _verify,
}
