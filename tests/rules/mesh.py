"""Made-up meshes: nodes that probe each other, and what fails between them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from prometheus_client.metrics_core import Metric

from agent.echo.outcome import FailureClass
from agent.paths import targets as paths
from agent.paths.exposition import families
from agent.paths.names import Family
from agent.paths.record import Record
from tests.rules.fleet import SCRAPE

PREFIX = "sctp_node_path_probe_"
NODES = tuple(f"worker-{number}" for number in range(6))
_SCRAPED = {
    "cluster": "east",
    "job": "sctp-node-agent",
    "namespace": "sctp-node-agent",
    "pool": "amf",
}


@dataclass(frozen=True, slots=True)
class Path:
    """One path that is probed; *node* is the source."""

    node: str
    target: str
    path: str = "pod"
    form: str = "same"
    family: str = "ipv4"


#: Whether a path fails, or the class of its failure.
Fault = Callable[[Path], bool | str]


@dataclass(frozen=True, slots=True)
class Period:
    """Some minutes in which the same paths fail; without *scraped* nobody asks."""

    minutes: int
    fails: Fault
    scraped: bool = True


@dataclass(frozen=True, slots=True)
class Mesh:
    """Nodes in a ring with some neighbours, a Service in two forms, node ports.

    They are ready, and in the pool `amf`, unless *states* and *pools* say otherwise.
    Whoever is in *nameless* is a target without a name to all others, and in
    *unreached* is reached by nobody. *silent* agents are targets that do not answer,
    *gone* nodes are targets no more.
    """

    periods: tuple[Period, ...]
    nodes: Sequence[str] = NODES
    states: Mapping[str, str] = field(default_factory=dict)
    pools: Mapping[str, str] = field(default_factory=dict)
    neighbours: int = 3
    pod: str = "agent-a"
    nameless: frozenset[str] = frozenset()
    unreached: frozenset[str] = frozenset()
    silent: frozenset[str] = frozenset()
    gone: frozenset[str] = frozenset()

    def paths(self) -> Iterator[Path]:
        """Yield what is probed all the time."""
        count = len(self.nodes)
        for at, node in enumerate(self.nodes):
            for step in range(min(self.neighbours + 1, count)):
                yield Path(node, self.nodes[(at + step) % count])
            for form in ("same", "translated"):
                yield Path(node, "", "cluster_ip", form)
            for step in range(min(3, count)):
                target = self.nodes[(at + step) % count]
                yield Path(node, target, "node_port", "translated")

    def input_series(self) -> list[dict[str, str]]:
        """Return the series in promtool's form, one value per minute."""
        labelled: dict[tuple[str, ...], list[Path]] = {}
        for path in self.paths():
            named = path.target != path.node and path.target in self.nameless
            target = "" if named else path.target
            key = (path.node, target, path.path, path.form, path.family)
            labelled.setdefault(key, []).append(path)
        rows = [row for node in self.nodes for row in self._agent(node)]
        for labels, same in labelled.items():
            if labels[0] not in self.silent | self.gone | self._without:
                rows += self._path(labels, same)
        return rows

    @property
    def _without(self) -> frozenset[str]:
        """The nodes that have no SCTP to probe with."""
        return frozenset(
            n for n, state in self.states.items() if state == "unavailable"
        )

    def _path(
        self, key: tuple[str, ...], paths: list[Path]
    ) -> Iterator[dict[str, str]]:
        """Yield the success of paths that have the same labels, and their failures."""
        names = ("node", "target", "path", "form", "family")
        labels = self._scraped(key[0]) | dict(zip(names, key, strict=True))
        course = [
            frozenset(map(_class, filter(None, map(period.fails, paths))))
            if period.scraped
            else None
            for period in self.periods
            for _ in range(period.minutes)
        ]
        success = [_value(None if now is None else not now) for now in course]
        yield _row(f"{PREFIX}success", labels, success)
        for failure in sorted(frozenset().union(*filter(None, course))):
            failing = [
                _value(True if failure in (now or ()) else None) for now in course
            ]
            yield _row(f"{PREFIX}failing", labels | {"class": failure}, _stale(failing))

    def _agent(self, node: str) -> Iterator[dict[str, str]]:
        """Yield what a node says, and Prometheus of it, beside its paths."""
        labels, state = self._scraped(node), self.states.get(node, "ready")
        scraped = [one.scraped for one in self.periods for _ in range(one.minutes)]
        if node not in self.gone:
            answers = [_value(one and node not in self.silent) for one in scraped]
            yield _row("up", labels, answers)
        if node in self.silent | self.gone:
            return
        reached = 0 if node in self.unreached else self.neighbours
        told: dict[str, tuple[dict[str, str], float]] = {
            "sctp_node_state": ({"state": "ready"}, state == "ready"),
            "sctp_node_expectation": ({"expectation": "required"}, 1),
        }
        if node not in self._without:
            told[f"{PREFIX}peers"] = {}, len(self.nodes)
            told[f"{PREFIX}incoming_peers"] = {}, reached
        for name, (own, value) in told.items():
            values = [_value(value if one else None) for one in scraped]
            yield _row(name, labels | own, values)

    def _scraped(self, node: str) -> dict[str, str]:
        pool = self.pools.get(node, _SCRAPED["pool"])
        return _SCRAPED | {"node": node, "pod": self.pod, "pool": pool}


def probed() -> Iterator[Metric]:
    """Yield what the agent exports when every kind of path fails in every way."""
    record = Record()
    for path in paths.Path:
        for of in Family:
            for form in paths.Form:
                for number, failure in enumerate((*FailureClass, None)):
                    where = (f"192.0.2.{number}", 1)
                    record.note(paths.Target(path, of, form, *where), failure)
    return families(record, peers=0, visitors=0)


def nothing(_: Path) -> bool:
    """Say that no path fails."""
    return False


def faults(expected: Mapping[str, int], minute: int) -> dict[str, object]:
    """Return promtool's form of: as many paths are attributed to each fault."""
    name = "node_path_family_form_target_fault:sctp_node_path_probe_failing:group"
    return {
        "expr": f"count by (path, fault) ({name})",
        "eval_time": f"{minute * SCRAPE}s",
        "exp_samples": [
            {"labels": _selector({"path": path, "fault": fault}), "value": count}
            for (path, fault), count in (
                (key.split(), count) for key, count in expected.items()
            )
        ],
    }


def _class(fails: object) -> str:
    return "timeout" if fails is True else str(fails)


def _value(value: float | None) -> str:
    return "_" if value is None else str(int(value))


def _stale(values: Sequence[str]) -> list[str]:
    return [
        "stale" if (before, now) == ("1", "_") else now
        for before, now in zip(["_", *values], values, strict=False)
    ]


def _row(name: str, labels: Mapping[str, str], values: Sequence[str]) -> dict[str, str]:
    return {"series": name + _selector(labels), "values": " ".join(values)}


def _selector(labels: Mapping[str, str]) -> str:
    return "{" + ",".join(f'{key}="{value}"' for key, value in labels.items()) + "}"
