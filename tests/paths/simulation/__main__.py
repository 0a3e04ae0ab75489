"""`python -m tests.paths.simulation`: the tables of docs/paths.md (some minutes)."""

import sys
import time
from collections.abc import Iterable

from tests.paths.simulation import arithmetic as sizes_of
from tests.paths.simulation.arithmetic import AAAA, A, answer, most_records, series
from tests.paths.simulation.gossip import Coverage, Fleet
from tests.paths.simulation.rings import agrees, moved, names, pairs, watchers

K = 5
_SIZES = (5_000, 50_000)
_NAME = "sctp-node-agent-peers.sctp-node-agent.svc.cluster.local"


def rings() -> None:
    """Print coverage and churn of the ring at rest."""
    print("\n| nodes | watched by | 1 % leave: pairs that move | 1 % join |")
    print("|---|---|---|---|")
    for size in _SIZES:
        everybody = list(names(size))
        before = pairs(everybody, K)
        assert agrees(everybody, before, K, samples=10)
        counts = set(watchers(before).values())
        few = size // 100
        left = moved(before, pairs(everybody[few:], K))
        joined = moved(before, pairs([*everybody, *names(few, prefix="new")], K))
        per = f"{left / few:.1f} per node, {left / len(before):.1%}"
        per_new = f"{joined / few:.1f} per node, {joined / len(before):.1%}"
        print(f"| {size:,} | {counts} | {per} | {per_new} |")


def spread(title: str, fleet: Fleet, *, rounds: int, start: float) -> None:
    """Print how names get about, round by round."""
    print(f"\n{title}\n")
    print("| round | least watchers | by name alone | names known | pods probed |")
    print("|---|---|---|---|---|")
    for number in range(1, rounds + 1):
        turn = fleet.turn()
        print(_row(number, turn), flush=True)
    print(f"\n({time.monotonic() - start:.0f} s)")


def _row(number: int, turn: Coverage) -> str:
    known = f"{turn.known:.1%}"
    cells: Iterable[object] = (number, turn.least, turn.least_by_name, known)
    return "| " + " | ".join(map(str, cells)) + f" | {turn.probes:.1f} |"


def fleets(size: int) -> None:
    """Print a cold start, newcomers and a rolling restart."""
    begun = time.monotonic()
    few = size // 100
    fleet = Fleet(size + few, neighbours=K)
    old = sorted(fleet._random.sample(range(size + few), size))  # noqa: SLF001
    fleet.start(old)
    spread(f"Cold start of {size:,} nodes", fleet, rounds=22, start=begun)
    fleet.know_everything()
    before = fleet.pairs()
    fleet.start(set(range(size + few)) - set(old))
    spread(f"{few} newcomers", fleet, rounds=22, start=begun)
    new = len(fleet.pairs() - before)
    print(f"\n{new} pairs are new, {new / few:.1f} per newcomer")
    fleet.know_everything()
    fleet.start(fleet._random.sample(sorted(fleet.alive), size // 10))  # noqa: SLF001
    spread("A tenth is restarted", fleet, rounds=22, start=begun)


def sizes() -> None:
    """Print what DNS answers, and how many series there are."""
    print(
        f"\nMost records: {most_records(_NAME)} A, {most_records(_NAME, record=AAAA)}"
    )
    print("\n| nodes | A | AAAA | series, IPv4 | dual stack |\n|---|---|---|---|---|")
    for size in (100, 1_000, 4_000, *_SIZES):
        one, both = (
            series(
                targets=sizes_of.targets(
                    neighbours=K, services=2, others=2, families=families
                ),
                kinds=3 * families,
            )
            for families in (1, 2)
        )
        bytes_ = [answer(_NAME, size, record=record) for record in (A, AAAA)]
        print(
            f"| {size:,} | {bytes_[0]:,} | {bytes_[1]:,} "
            f"| {one} x {size:,} = {one * size:,} | {both} x = {both * size:,} |"
        )


def main() -> int:
    """Run everything."""
    sizes()
    rings()
    fleets(_SIZES[0])
    return 0


if __name__ == "__main__":
    sys.exit(main())
