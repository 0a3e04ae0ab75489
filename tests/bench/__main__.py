"""`make bench`: measure beside others, and write the tables in the documentation."""

import argparse
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from tests.bench import largest, node, programs, quiet, tables, who
from tests.bench.attacked import Seen, attacked
from tests.bench.attacks import KINDS
from tests.bench.programs import Program
from tests.bench.quiet import Cost

_TLS = "TLS, connect and leave"


def main() -> None:
    """Measure everything and write the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--idle", type=float, default=60, help="seconds of idling")
    parser.add_argument("--scrapes", type=int, default=500, help="while it is quiet")
    parser.add_argument("--attack", type=float, default=10, help="seconds of each")
    parser.add_argument("--only", choices=_PARTS, help="a part of it, by default all")
    options = parser.parse_args()
    programs.install()
    for name, (document, measure) in _PARTS.items():
        if options.only in {None, name}:
            page = measure(options)
            tables.put(document, name, page)
            print(page)


def _who(options: argparse.Namespace) -> str:
    busy = who.root()
    compared = who.compared(busy)
    costs = who.costs(compared, options.scrapes)
    rows = _cost_rows(costs)
    rows.append(_idle_row(quiet.idle(compared, options.idle), options.idle))
    return "\n\n".join(
        [
            f"{tables.machine()} `{_command(options)}`",
            tables.table(["measured", *(p.name for p in compared)], rows),
            tables.table(["measured", "median"], who.rows(busy, compared[1])),
        ]
    )


def _idle_row(shares: Sequence[float], seconds: float) -> list[str]:
    shown = (f"{share * 100:.2f}" for share in shares)
    return [f"idle CPU over {seconds:g} s, % of a core", *shown]


def _quiet(options: argparse.Namespace) -> str:
    root, tls = _node(), programs.certificate()
    plain = programs.agent(root)
    compared = [
        plain,
        programs.everything(root, tls, "--workloads", "--watch-requests"),
        programs.node_exporter(),
        programs.blackbox_exporter(),
        programs.library(),
    ]
    costs = {p.name: quiet.cost(p, options.scrapes) for p in compared}
    shares = quiet.idle(compared, options.idle)
    head = ["measured", *(p.name for p in compared)]
    rows = _cost_rows([costs[p.name] for p in compared])
    rows.append(_idle_row(shares, options.idle))
    return "\n\n".join(
        [
            f"{tables.machine()} `{_command(options)}`",
            tables.table(head, rows),
            tables.table(["measured", "median", "longest"], _own_rows(root, plain)),
        ]
    )


def _cost_rows(costs: Sequence[Cost]) -> list[list[str]]:
    return [
        ["start to first report, median of 5", *(f"{c.start:.2f} s" for c in costs)],
        ["resident memory (private)", *(str(c.memory) for c in costs)],
        ["bytes of a scrape", *(f"{c.size}" for c in costs)],
        ["scrape p50", *(f"{c.p50 * 1e3:.2f} ms" for c in costs)],
        ["scrape p99", *(f"{c.p99 * 1e3:.2f} ms" for c in costs)],
        ["CPU of a scrape", *(f"{c.cpu * 1e3:.2f} ms" for c in costs)],
    ]


def _own_rows(root: Path, plain: Program) -> list[list[str]]:
    checks, cpu, wall = quiet.evaluation(root)
    seconds, used, peak = quiet.plugin()
    rows = [
        [f"one evaluation, CPU ({checks} checks)", f"{cpu * 1e3:.1f} ms", ""],
        ["one evaluation, wall", f"{wall * 1e3:.1f} ms", ""],
        ["changed file to new metrics", *_delays(quiet.changed_file(plain, root))],
    ]
    if heard := quiet.uevent(plain):
        rows.append(["uevent to new metrics", *_delays(heard)])
    most = largest.peak(programs.agent, node.build(programs.CACHE / "large"))
    rows.append(["memory at most, largest files", f"{most / 2**20:.1f} MiB", ""])
    return [
        *rows,
        ["shell plugin of one check, wall", f"{seconds * 1e3:.1f} ms", ""],
        ["shell plugin of one check, CPU", f"{used * 1e3:.1f} ms", ""],
        ["shell plugin, most memory of one process", f"{peak / 2**20:.1f} MiB", ""],
    ]


def _delays(found: tuple[float, float]) -> list[str]:
    return [f"{seconds * 1e3:.0f} ms" for seconds in found]


def _node() -> Path:
    return node.build(programs.CACHE / "node")


def _attacks(options: argparse.Namespace) -> str:
    root, tls, seconds = _node(), programs.certificate(), options.attack
    open_to_all = [
        programs.agent(root),
        programs.node_exporter(),
        programs.blackbox_exporter(),
        programs.library(),
    ]
    closed = [
        programs.agent(root, tls=tls),
        programs.node_exporter(tls),
        None,
        None,
    ]
    seen: dict[str, list[Seen | None]] = {}
    for kind in ("", *KINDS):
        of_kind = closed if kind == _TLS else open_to_all
        seen[kind] = [_seen(p, kind, seconds) for p in of_kind]
        print(kind or "quiet", *(seen[kind]), sep="; ", flush=True)
    seen["quiet, TLS"] = [_seen(p, "", seconds) for p in closed]
    head = ["attack", *(p.name for p in open_to_all)]
    command = f"`make bench BENCH_ARGS='--attack {seconds:g}'`"
    return "\n\n".join(
        [
            f"{tables.machine()} {command}, each attack for {seconds:g} s.",
            tables.table(head, _rows(seen)),
            tables.table(["memory", *head[1:]], _memory_rows(seen)),
        ]
    )


def _seen(program: Program | None, kind: str, seconds: float) -> Seen | None:
    return attacked(program, kind, seconds) if program else None


def _rows(seen: Mapping[str, Sequence[Seen | None]]) -> list[list[str]]:
    return [
        [kind or "quiet", *("-" if one is None else str(one) for one in found)]
        for kind, found in seen.items()
    ]


def _memory_rows(seen: Mapping[str, Sequence[Seen | None]]) -> list[list[str]]:
    return [
        [kind or "quiet", *("-" if one is None else one.memory for one in found)]
        for kind, found in seen.items()
    ]


def _command(options: argparse.Namespace) -> str:
    only = f" --only {options.only}" if options.only else ""
    arguments = f"--idle {options.idle:g} --scrapes {options.scrapes}{only}"
    return f"make bench BENCH_ARGS='{arguments}'"


#: What is measured, by the marks of its tables, and in which document these are.
_PARTS: Mapping[str, tuple[str, Callable[[argparse.Namespace], str]]] = {
    "bench": ("benchmarks.md", _quiet),
    "who": ("benchmarks.md", _who),
    "attacks": ("reliability.md", _attacks),
}

if __name__ == "__main__":
    main()
