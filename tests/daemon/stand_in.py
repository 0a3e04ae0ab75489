"""A daemon whose evaluations do what the first argument says, for test_daemon."""

import sys
import threading
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from agent.daemon import logs, process
from agent.findings import Report
from tests.reports import SAMPLE, STARTING


def _evaluate() -> Report:
    match sys.argv[1]:
        case "sleeps":
            threading.Event().wait()
        case "spins":
            while True:
                pass
    return SAMPLE


if __name__ == "__main__":
    logs.configure(level="info", form="text")
    sys.exit(
        process.run(
            _evaluate,
            initial=STARTING,
            interval=15.0,
            serving=process.Serving(listen=["127.0.0.1:0"]),
            report_as_dict=lambda report: report.verdict.as_dict(),
        )
    )
