"""MachineConfigs for tests: whole ones, parts of them, and their verification."""

from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from agent.findings import Expectation
from agent.ignition.documents import parse
from agent.ignition.entries import ROLE_LABEL, MachineConfig
from agent.ignition.objects import machine_configs
from agent.ignition.problems import Problem
from agent.machineconfig import base_node
from agent.machineconfig.base_node import Ground
from agent.machineconfig.judge import RoleResult
from agent.machineconfig.verify import Result, verify

Object = dict[str, Any]
API = "machineconfiguration.openshift.io/v1"
MASK = "/etc/modprobe.d/sctp-blacklist.conf"
LOAD = "/etc/modules-load.d/sctp-load.conf"
FILE = "sctp.yaml"


def file(path: str, source: str | None = "data:,", **more: object) -> Object:
    """Return a file of specification 3; *more* adds or replaces fields."""
    contents = {} if source is None else {"contents": {"source": source}}
    return {"path": path, "mode": 0o644, "overwrite": True, **contents, **more}


#: The two files of which the usual MachineConfig consists.
USUAL = (file(MASK), file(LOAD, "data:,sctp"))


def config(
    *files: Object,
    name: str = "99-worker-load-sctp-module",
    role: str = "worker",
    version: str = "3.2.0",
    units: Sequence[Object] = (),
    arguments: Sequence[str] = (),
) -> Object:
    """Return a MachineConfig with *files*."""
    ignition: Object = {"ignition": {"version": version}}
    if files:
        ignition["storage"] = {"files": list(files)}
    if units:
        ignition["systemd"] = {"units": list(units)}
    spec: Object = {"config": ignition}
    if arguments:
        spec["kernelArguments"] = list(arguments)
    metadata = {"name": name, "labels": {ROLE_LABEL: role}}
    return {
        "apiVersion": API,
        "kind": "MachineConfig",
        "metadata": metadata,
        "spec": spec,
    }


def pool(name: str, *, rendered: str = "", selector: Object | None = None) -> Object:
    """Return a MachineConfigPool, by default one that takes its role and worker."""
    term = {"key": ROLE_LABEL, "operator": "In", "values": ["worker", name]}
    spec = {"machineConfigSelector": selector or {"matchExpressions": [term]}}
    if rendered:
        spec["configuration"] = {"name": rendered}
    return {
        "apiVersion": API,
        "kind": "MachineConfigPool",
        "metadata": {"name": name},
        "spec": spec,
    }


def dump(*objects: Object) -> bytes:
    """Return *objects* as YAML documents."""
    text: str = yaml.safe_dump_all(objects, sort_keys=False)
    return text.encode()


def judge(
    *objects: Object,
    expectation: Expectation = Expectation.REQUIRED,
    role: str = "",
    on: Ground | None = None,
) -> Result:
    """Return what verification says about *objects*, documents of one file."""
    return judge_text(dump(*objects), expectation=expectation, role=role, on=on)


def judge_text(
    data: bytes,
    *,
    expectation: Expectation = Expectation.REQUIRED,
    role: str = "",
    on: Ground | None = None,
) -> Result:
    """Return what verification says about *data*, the content of one file."""
    documents = parse(FILE, data)
    return verify(
        documents.items,
        on or base_node.assumed_node(),
        expectation,
        role=role,
        oddities=documents.problems,
    )


def read(*objects: Object) -> tuple[MachineConfig, ...]:
    """Return *objects* as read from one file."""
    return machine_configs(parse(FILE, dump(*objects)).items)


def problems(result: Result) -> tuple[Problem, ...]:
    """Return all problems of *result*."""
    return (*result.problems, *(p for role in result.roles for p in role.problems))


def only_role(result: Result) -> RoleResult:
    """Return the one role that was judged."""
    (role,) = result.roles
    return role


def changed(value: Mapping[str, Any], path: Sequence[str | int], new: object) -> Object:
    """Return *value* with *new* at *path*, without it where *new* is None."""
    copy: Any = yaml.safe_load(yaml.safe_dump(dict(value)))
    inner = copy
    for step in path[:-1]:
        inner = inner[step]
    if new is None:
        del inner[path[-1]]
    else:
        inner[path[-1]] = new
    return dict(copy)
