"""The command: check once, run as a daemon, or explain a name."""

import json
import os
import sys
import traceback
from argparse import Namespace
from collections.abc import Sequence

from agent.findings import Compliance, Expectation, Report
from agent.settings import UsageError, parse

_EXIT = {Compliance.TRUE: 0, Compliance.FALSE: 1, Compliance.UNKNOWN: 2}
_COULD_NOT_TELL = 2


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
    )
    intent = Intent(settings.node_name, Expectation(settings.expect))
    report = Evaluator(scope, intent)()
    _show(report, settings.output)
    sys.stdout.flush()
    return _EXIT[report.verdict.compliant]


def _show(report: Report, output: str) -> None:
    if output == "json":
        from agent.report import as_dict

        sys.stdout.write(json.dumps(as_dict(report), indent=2) + "\n")
    elif output == "prometheus":
        from agent.exposition import render

        sys.stdout.write(render(report, openmetrics=False).decode())
    elif output == "npd":
        from agent.npd import line

        sys.stdout.write(line(report) + "\n")
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
    scope = Scope(root=settings.root, allow_autoload=settings.allow_autoload)
    return daemon.run(
        Evaluator(scope, intent),
        initial=report.starting(intent),
        interval=settings.interval,
        listen=settings.web_listen_address,
        report_as_dict=report.as_dict,
    )


def _explain(settings: Namespace) -> int:
    from agent.explain import explain

    text = explain(settings.name)
    if text is None:
        raise UsageError(f"{settings.name}: neither a check nor a reason; try `all`")
    sys.stdout.write(text)
    return 0


def _render(settings: Namespace) -> int:
    from agent.machineconfig.command import run_render

    return run_render(settings)


def _verify(settings: Namespace) -> int:
    from agent.machineconfig.command import run_verify

    return _EXIT[run_verify(settings)]


_COMMANDS = {
    "check": _check,
    "run": _run,
    "explain": _explain,
    "machineconfig render": _render,
    "machineconfig verify": _verify,
}
