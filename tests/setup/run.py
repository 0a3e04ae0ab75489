"""Runs all tests, in lanes beside each other, one more than there are processors.

It says which lane begins, how far they are, and what fails as soon as it does. Each
lane's output is kept; that of failures is printed in the end, and the list of all
failures is the last thing on the screen. Arguments for pytest narrow it to one plain
run, which is not judged on coverage.
"""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence

from tests.setup.crew import TOP, Crew, Running, say
from tests.setup.lanes import COVERAGE, lanes

KEPT = TOP / ".cache" / "tests"
"""The folder of the lanes' outputs."""

FAST = "--fast"
WITHOUT_REAL_KERNELS = ("-m", "not vm")
LAST_WORDS = 200
"""Lines of a lane that failed in another way than by a test."""


def main(arguments: Sequence[str]) -> int:
    """Run what is asked for; 0 if nothing failed."""
    real, narrowed = FAST not in arguments, [one for one in arguments if one != FAST]
    if narrowed:
        chosen = () if real else WITHOUT_REAL_KERNELS
        return _python("pytest", *chosen, *narrowed)
    shutil.rmtree(KEPT, ignore_errors=True)
    KEPT.mkdir(parents=True)
    # One more than processors: most lanes also wait, for a download or a deadline.
    ended = Crew(lanes(real=real), len(os.sched_getaffinity(0)) + 1, KEPT).work()
    failures = [line for one in ended for line in one.failed]
    for one in filter(lambda one: one.failed, ended):
        say(f"\n{one.lane.name}:\n{_evidence(one)}")
    if not _judge_coverage():
        failures.append("coverage of agent/ is not complete, see above")
    return _conclude(ended, failures)


def _conclude(ended: Sequence[Running], failures: Sequence[str]) -> int:
    if not failures:
        say(f"Nothing failed: {sum(one.done for one in ended)} tests in all.")
        return 0
    say(f"\nWhat failed ({len(failures)}; outputs are in {KEPT}):")
    for line in failures:
        say(f"FAILED {line}")
    return 1


def _judge_coverage() -> bool:
    """Put together what the judged lanes have covered; say whether it is all."""
    _python("coverage", "combine", "--quiet", *map(str, KEPT.glob(f"{COVERAGE}*")))
    return _python("coverage", "report") == 0


def _evidence(one: Running) -> str:
    """Return what pytest says of failures, else the end of the output."""
    lines = one.log.read_text(encoding="utf-8", errors="replace").splitlines()
    return "\n".join(lines[_first(lines) :])


def _first(lines: Sequence[str]) -> int:
    titles = (" ERRORS ", " FAILURES ")
    found = (
        number
        for number, line in enumerate(lines)
        if line.startswith("===") and line.strip("=") in titles
    )
    return next(found, max(0, len(lines) - LAST_WORDS))


def _python(*module: str) -> int:
    sys.stdout.flush()
    argv = [sys.executable, "-m", *module]
    return subprocess.run(argv, cwd=TOP, check=False).returncode


if __name__ == "__main__":
    # So that the lanes end as well.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    sys.exit(main(sys.argv[1:]))
