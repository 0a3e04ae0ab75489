"""What is rendered: every overlay with every set of components that goes with it."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, combinations
from pathlib import Path

import yaml

from tests.manifests.kubectl import kustomize

DAEMONSET = Path(__file__).parents[2] / "daemonset"
LEAST_PRIVILEGE, FURTHER_POOL = "least-privilege", "further-pool"
PLATFORM, PATHS, FORBIDDEN = "platform-monitoring", "path-probes", "forbidden"
OVERLAYS = ("openshift", "kubernetes", "plain")
EVERYWHERE = (PATHS, LEAST_PRIVILEGE, "tolerate-all", FORBIDDEN)
EVERY_NODE = "with-control-plane"
CAPABILITIES, SECCOMP = "capabilities", "seccomp-profile"
FEWER_SERIES = "fewer-series"
#: Files for others on the node, and a Service for another.
HANDOVERS = ("nfd-features", "textfile")
DETECTOR = "node-problem-detector"
WORKLOADS, REQUESTS = "workloads", "watch-requests"
CONSOLE, GRAFANA = "console-dashboards", "grafana-dashboards"
#: What contradicts itself.
SENSELESS = frozenset({PATHS, FORBIDDEN})


@dataclass(frozen=True, slots=True)
class Case:
    """One folder under daemonset/ with components on top of it, or one file."""

    folder: str
    components: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """A phrase for a test's id."""
        return " with ".join((self.folder, *filter(None, [", ".join(self.components)])))

    def render(self, scratch: Path) -> str:
        """Return what is applied; *scratch* is an empty folder."""
        if self.folder.endswith(".yaml"):
            return (DAEMONSET / self.folder).read_text(encoding="utf-8")
        if not self.components:
            return kustomize(DAEMONSET / self.folder)
        there = Path(os.path.relpath(DAEMONSET, scratch.resolve()))
        document = {
            "apiVersion": "kustomize.config.k8s.io/v1beta1",
            "kind": "Kustomization",
            "resources": [str(there / self.folder)],
            "components": [
                str(there / "components" / name) for name in self.components
            ],
        }
        text = yaml.safe_dump(document)
        (scratch / "kustomization.yaml").write_text(text, encoding="utf-8")
        return kustomize(scratch)


def _subsets(components: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    sizes = range(len(components) + 1)
    return chain.from_iterable(combinations(components, size) for size in sizes)


def _cases() -> Iterator[Case]:
    for overlay in OVERLAYS:
        fitting = (*EVERYWHERE, PLATFORM) if overlay == "openshift" else EVERYWHERE
        for components in _subsets(fitting):
            if not set(components) >= SENSELESS:
                yield Case(f"overlays/{overlay}", components)
        for probing in ((), (PATHS,)):
            pool = (*probing, LEAST_PRIVILEGE, FURTHER_POOL)
            yield Case(f"overlays/{overlay}", pool)
        for privileged in ((), (LEAST_PRIVILEGE,)):
            yield Case(f"overlays/{overlay}", (*HANDOVERS, *privileged, DETECTOR))
        yield Case(f"overlays/{overlay}", (WORKLOADS, FORBIDDEN))
        for other in (WORKLOADS, LEAST_PRIVILEGE):
            yield Case(f"overlays/{overlay}", (REQUESTS, other))
        yield Case(f"overlays/{overlay}", (LEAST_PRIVILEGE, FEWER_SERIES))
        for confined in (CAPABILITIES, LEAST_PRIVILEGE):
            yield Case(f"overlays/{overlay}", (PATHS, confined, SECCOMP))
        yield Case(f"overlays/{overlay}", (EVERY_NODE,))
        for others in ((FORBIDDEN,), (PATHS, LEAST_PRIVILEGE)):
            yield Case(f"overlays/{overlay}", (EVERY_NODE, *others))
            yield Case(f"overlays/{overlay}", (*others, EVERY_NODE))
    yield Case("overlays/openshift", (CONSOLE,))
    yield Case("overlays/kubernetes", (GRAFANA,))
    yield from (Case("base"), Case("examples/worker-pool"))
    yield Case("examples/further-pool")


CASES = tuple(_cases())
MACHINE_CONFIGS = tuple(
    Case(str(path.parent.relative_to(DAEMONSET)))
    for path in sorted(DAEMONSET.glob("machineconfig/**/kustomization.yaml"))
)
#: What goes elsewhere than the agents: a ConfigMap of another's, and two single files.
BESIDE = (
    Case(f"components/{DETECTOR}/plugin"),
    Case("seccomp/machineconfig.yaml"),
    Case("seccomp/seccompprofile.yaml"),
)
