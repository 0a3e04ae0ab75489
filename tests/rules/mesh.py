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


Fault = Callable[[Path], bool]


@dataclass(frozen=True, slots=True)
class Period:
    """Some minutes in which the same paths fail; without *scraped* nobody asks."""

    minutes: int
    fails: Fault
    scraped: bool = True


@dataclass(frozen=True, slots=True)
class Mesh:
    """Nodes in a ring with some neighbours, a Service in two forms, node ports."""

    periods: tuple[Period, ...]
    nodes: Sequence[str] = NODES
    states: Mapping[str, str] = field(default_factory=dict)
    neighbours: int = 3
    pod: str = "agent-a"

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
        rows = [self._success(path) for path in self.paths()]
        minutes = sum(period.minutes for period in self.periods)
        for node, state in self.states.items():
            labels = _SCRAPED | {"node": node, "state": "ready"}
            value = str(int(state == "ready"))
            rows.append(_row("sctp_node_state", labels, [value] * minutes))
        return rows

    def _success(self, path: Path) -> dict[str, str]:
        values = [
            ("0" if period.fails(path) else "1") if period.scraped else "_"
            for period in self.periods
            for _ in range(period.minutes)
        ]
        names = ("node", "target", "path", "form", "family")
        labels = _SCRAPED | {name: getattr(path, name) for name in names}
        labels["pod"] = self.pod
        return _row(f"{PREFIX}success", labels, values)


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


def _row(name: str, labels: Mapping[str, str], values: Sequence[str]) -> dict[str, str]:
    return {"series": name + _selector(labels), "values": " ".join(values)}


def _selector(labels: Mapping[str, str]) -> str:
    return "{" + ",".join(f'{key}="{value}"' for key, value in labels.items()) + "}"
