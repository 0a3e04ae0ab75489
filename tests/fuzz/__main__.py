"""Fuzz all readers in turn: python -m tests.fuzz --seconds N [--seed S]."""

import argparse
import resource
import sys

from tests.fuzz.session import Session
from tests.fuzz.targets import TARGETS

_MEMORY = 2 << 30  # address space: more in one input is a failure (MemoryError)


def main() -> int:
    """Return 1 when an input failed or memory grew."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--seconds", type=float, default=600, help="for all together")
    parser.add_argument("--seed", type=int, default=132)
    parser.add_argument("--target", action="append", help="only these")
    options = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    chosen = [t for t in TARGETS if not options.target or t.name in options.target]
    print(f"{'target':14} {'inputs':>8} {'slowest':>10} {'growth':>10}  failures")
    sessions = [Session(target) for target in chosen]
    for session in sessions:
        session.run(options.seed, options.seconds / len(chosen))
        _show(session)
    failed = sum(session.failed for session in sessions)
    inputs = sum(session.inputs for session in sessions)
    print(f"{inputs} inputs, seed {options.seed}: {failed} targets failed")
    return 1 if failed else 0


def _show(session: Session) -> None:
    print(
        f"{session.target.name:14} {session.inputs:8} {session.slowest * 1e3:7.0f} ms"
        f" {session.growth >> 10:6} KiB  {len(session.failures)}",
        flush=True,
    )
    for path, cause in session.failures:
        print(f"  {path}: {cause}")


sys.exit(main())
