"""`make soak`: a day in minutes, judged, and its table in docs/reliability.md."""

import argparse
import sys
import time
from pathlib import Path

from tests.bench import node, process, programs, tables
from tests.soak.churn import Churn
from tests.soak.judgement import Sample, judge

_A_DAY = 20_000  # evaluations; at 15 seconds it has 5,760
_PAUSE = 0.5  # seconds between two samples
_FEWEST = 40  # samples


def main() -> int:
    """Soak, judge, write; the exit code says whether it is flat."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--evaluations", type=int, default=_A_DAY)
    parser.add_argument("--minutes", type=float, default=15, help="at most")
    options = parser.parse_args()
    programs.install()
    root = node.build(programs.CACHE / "node")
    programs.COUNT.unlink(missing_ok=True)
    program = programs.everything(root, programs.certificate(), start="soak")
    began, samples = time.monotonic(), []
    with programs.running(program) as (pid, _):
        churn = Churn(program.address, pid, root)
        with churn.going_on():
            while time.monotonic() - began < options.minutes * 60:
                time.sleep(_PAUSE)
                samples.append(_sample(pid))
                enough = min(samples[-1].evaluations, churn.done["scrapes"])
                if enough >= options.evaluations and len(samples) >= _FEWEST:
                    break
    judgement = judge(samples)
    done = {"evaluations": samples[-1].evaluations, **dict(sorted(churn.done.items()))}
    counted = ", ".join(f"{count:,} {what}" for what, count in done.items())
    minutes = (time.monotonic() - began) / 60
    command = f"`make soak SOAK_ARGS='--evaluations {options.evaluations}'`"
    page = "\n\n".join(
        [
            f"{tables.machine()} {command}, {minutes:.1f} minutes.",
            f"There were {counted}.",
            judgement.table,
            f"Grown: {'; '.join(judgement.faults) or 'nothing'}.",
        ]
    )
    print(page)
    if enough < options.evaluations:
        print("too few evaluations or scrapes in this time", file=sys.stderr)
        return 1
    tables.put("reliability.md", "soak", page)
    return 1 if judgement.faults else 0


def _sample(pid: int) -> Sample:
    taken, proc = process.memory(pid), Path(f"/proc/{pid}")
    count = programs.COUNT.read_text() if programs.COUNT.exists() else ""
    return Sample(
        int(count or 0),
        taken.resident,
        taken.private,
        len([*(proc / "fd").iterdir()]),
        len([*(proc / "task").iterdir()]),
    )


if __name__ == "__main__":
    sys.exit(main())
