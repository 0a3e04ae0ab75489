"""An OpenShift cluster's pools and MachineConfigs, and what one more or less does."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from agent.findings import Expectation, State
from agent.machineconfig import base_node, inputs
from agent.machineconfig.render import machine_config
from agent.machineconfig.verify import verify

_API = "machineconfiguration.openshift.io/v1"
_ROLE = "machineconfiguration.openshift.io/role"
#: The AMF's nodes and hardened ones are workers too, in pools of their own.
BUILT_IN, CUSTOM = ("master", "worker"), ("amf", "hardened", "sctp")
POOLS = (*BUILT_IN, *CUSTOM)
#: What a hardening guide adds, in a file of a name that we do not write.
BAD = "75-worker-hardening"
_IGNITION = "3.2.0"
_WORKS = {State.READY, State.ON_DEMAND}


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of a pool: what it merges, and its SCTP after a reboot."""

    merged: tuple[str, ...]
    works: bool


def write(folder: Path, *, denied: bool) -> None:
    """Write the cluster's objects, a file each."""
    for number, manifest in enumerate(_objects(denied=denied)):
        (folder / f"{number:02}.yaml").write_text(yaml.safe_dump(manifest))


def fates(
    folder: Path, *further: str, denied: bool, without: str = ""
) -> Mapping[str, Fate]:
    """Return what becomes of each pool, with *further* manifests or *without* one."""
    objects = [o for o in _objects(denied=denied) if o["metadata"]["name"] != without]
    path = folder / "all.yaml"
    path.write_text("---\n".join([*map(yaml.safe_dump, objects), *further]))
    items, oddities = inputs.read([str(path)])
    assert not oddities
    return {pool: _fate(items, pool) for pool in POOLS}


def _fate(items: tuple[Any, ...], pool: str) -> Fate:
    ground, expectation = base_node.assumed_node(), Expectation.OBSERVE
    (role,) = verify(items, ground, expectation, role=pool).roles
    assert role.verdict, f"{pool} would be refused"
    names = tuple(config.name for config in role.node_config.configs)
    return Fate(names, role.verdict.boot_state in _WORKS)


def _objects(*, denied: bool) -> list[dict[str, Any]]:
    """Return the pools, and MachineConfigs of which one gives the pool sctp SCTP.

    Where it is *denied*, the workers have a hardening file, and so have all custom
    pools, the AMF's beside the MachineConfig that should give it to them.
    """
    objects = [_pool(name) for name in POOLS]
    objects += (_config(f"99-{n}-motd", n, "/etc/motd", "data:,hi") for n in BUILT_IN)
    objects.append(_enabling("sctp"))
    if denied:
        line = "data:,install%20sctp%20%2Fbin%2Ftrue%0A"
        objects.append(_config(BAD, "worker", "/etc/modprobe.d/CIS.conf", line))
        objects.append(_enabling("amf"))
    return objects


def _enabling(pool: str) -> dict[str, Any]:
    return machine_config(pool, Expectation.REQUIRED, version=_IGNITION)


def _pool(name: str) -> dict[str, Any]:
    values = ["worker", name] if name in CUSTOM else [name]
    requirement = {"key": _ROLE, "operator": "In", "values": values}
    spec = {"machineConfigSelector": {"matchExpressions": [requirement]}}
    return _object("MachineConfigPool", {"name": name}, spec)


def _config(name: str, role: str, path: str, source: str) -> dict[str, Any]:
    file = {"path": path, "mode": 0o644, "overwrite": True}
    files = [file | {"contents": {"source": source}}]
    config = {"ignition": {"version": _IGNITION}, "storage": {"files": files}}
    metadata = {"name": name, "labels": {_ROLE: role}}
    return _object("MachineConfig", metadata, {"config": config})


def _object(kind: str, metadata: Any, spec: Any) -> dict[str, Any]:  # noqa: ANN401
    return {"apiVersion": _API, "kind": kind, "metadata": metadata, "spec": spec}
