"""The command with everything on, its clock run ahead, and a count of evaluations.

The file that the environment's SOAK_COUNT names holds how many there were.
"""

import os
import sys

from agent.cli.main import main
from agent.daemon import loop
from agent.evaluation.evaluator import Evaluator
from agent.findings import Report
from tests.bench.started import everything

_EVERY = 20
_PAUSE = 0.002  # seconds, in place of fifteen

_evaluate = Evaluator.__call__


class _Counted:
    """Evaluations, counted where somebody else can read it."""

    def __init__(self) -> None:
        self._file = os.open(os.environ["SOAK_COUNT"], os.O_WRONLY | os.O_CREAT, 0o600)
        self._count = 0

    def __call__(self, evaluator: Evaluator) -> Report:
        self._count += 1
        if self._count % _EVERY == 0:
            os.pwrite(self._file, str(self._count).encode(), 0)
        return _evaluate(evaluator)


if __name__ == "__main__":
    counted = _Counted()
    setattr(Evaluator, "__call__", lambda evaluator: counted(evaluator))  # noqa: B010, PLW0108
    setattr(loop, "_SPACING", _PAUSE)  # noqa: B010
    setattr(loop, "_SETTLING", _PAUSE)  # noqa: B010
    setattr(loop.Cycle, "_next_interval", lambda _: _PAUSE)  # noqa: B010
    everything.prepare()
    sys.exit(main())
