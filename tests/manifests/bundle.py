"""Rendered objects, and how rules find their way among them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

Object = dict[str, Any]
COMPONENT, PROBING = "app.kubernetes.io/component", "path-probes"


@dataclass(frozen=True, slots=True)
class Bundle:
    """All objects of one rendering."""

    objects: tuple[Object, ...]

    @classmethod
    def parse(cls, text: str) -> "Bundle":
        """Return the objects of a stream of YAML documents."""
        loaded = yaml.load_all(text, Loader=yaml.CSafeLoader)
        return cls(tuple(filter(None, loaded)))

    def of(self, *kinds: str) -> Iterator[Object]:
        """Yield the objects of some kinds."""
        return (found for found in self.objects if found["kind"] in kinds)

    def named(self, kind: str, name: str) -> Object | None:
        """Return one object, None if it is not here."""
        matching = (o for o in self.of(kind) if o["metadata"]["name"] == name)
        return next(matching, None)

    @property
    def daemonset(self) -> Object:
        """The first DaemonSet, which is about all nodes but control planes."""
        return next(self.of("DaemonSet"))

    @property
    def each(self) -> "tuple[Bundle, ...]":
        """The same, once for each DaemonSet, with what is there for its pods."""
        return tuple(map(self._beside, self.of("DaemonSet")))

    def _beside(self, pods: Object) -> "Bundle":
        alone = Bundle((pods,))
        return Bundle(
            tuple(
                found
                for found in self.objects
                if found["kind"] != "DaemonSet"
                and (alone.probes_paths or labels(found).get(COMPONENT) != PROBING)
            )
            + alone.objects
        )

    @property
    def template(self) -> Object:
        """Its pods' metadata and spec."""
        return _object(self.daemonset["spec"]["template"])

    @property
    def pod(self) -> Object:
        """The pods' spec."""
        return _object(self.template["spec"])

    @property
    def container(self) -> Object:
        """The only container."""
        (found,) = self.pod["containers"]
        return _object(found)

    @property
    def environment(self) -> dict[str, str]:
        """The variables whose values are written down."""
        entries = self.container.get("env", [])
        return {entry["name"]: entry["value"] for entry in entries if "value" in entry}

    @property
    def shares(self) -> bool:
        """Whether this is a further pool, which shares the objects of a first one."""
        return len(self.objects) == 1

    @property
    def privileged(self) -> bool:
        """Whether the container says that it is privileged."""
        return self.container["securityContext"].get("privileged") is True

    @property
    def probes_paths(self) -> bool:
        """Whether the agent is told to probe paths."""
        return "SCTP_AGENT_PATH_PORT" in self.environment

    @property
    def serves_tls(self) -> bool:
        """Whether the agent is given a web configuration."""
        return "SCTP_AGENT_WEB_CONFIG_FILE" in self.environment


def annotations(found: Object) -> dict[str, str]:
    """Return the annotations of an object or of a template."""
    return dict(found["metadata"].get("annotations") or {})


def labels(found: Object) -> dict[str, str]:
    """Return the labels of an object or of a template."""
    return dict(found["metadata"].get("labels") or {})


def _object(value: Any) -> Object:  # noqa: ANN401 - as YAML gave it
    if not isinstance(value, dict):
        raise TypeError(f"no object: {value!r}")
    return value
