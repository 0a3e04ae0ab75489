"""Objects of Kubernetes read as MachineConfigs and MachineConfigPools."""

import re
from collections.abc import Iterable

from agent.ignition import config
from agent.ignition.documents import Item
from agent.ignition.entries import (
    ROLE_LABEL,
    IgnitionConfig,
    MachineConfig,
    Placed,
    Pool,
    Requirement,
)
from agent.ignition.fields import Field
from agent.ignition.problems import Place, Problem

_API = "machineconfiguration.openshift.io/v1"
_RENDERED = re.compile(r"rendered-(.+)-[0-9a-f]{32}")
_NAME = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?")
_LABEL = re.compile(r"([A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?")
_SPEC = frozenset(
    {
        "baseOSExtensionsContainerImage",
        "config",
        "extensions",
        "fips",
        "kernelArguments",
        "kernelType",
        "osImageURL",
    }
)
_KERNEL_TYPES = frozenset({"", "default", "realtime", "64k-pages"})
_EXTENSIONS = frozenset(
    {
        "two-node-ha",
        "ipsec",
        "usbguard",
        "kerberos",
        "kernel-devel",
        "sandboxed-containers",
        "sysstat",
    }
)


def machine_configs(items: Iterable[Item]) -> tuple[MachineConfig, ...]:
    """Return the MachineConfigs among *items*."""
    return tuple(_config(i) for i in items if i.value.get("kind") == "MachineConfig")


def pools(items: Iterable[Item]) -> tuple[Pool, ...]:
    """Return the MachineConfigPools among *items*."""
    return tuple(_pool(i) for i in items if i.value.get("kind") == "MachineConfigPool")


def _config(item: Item) -> MachineConfig:
    problems: list[Problem] = []
    whole = Field(item.value, item.source, item.keys, problems)
    if whole.text("apiVersion") != _API:
        whole.error(whole.at("apiVersion"), f"has to be {_API}")
    metadata = whole.child("metadata")
    name = metadata.text("name") or ""
    if not _NAME.fullmatch(name):
        metadata.error(metadata.at("name"), f"{name!r} is no name of an object")
    rendered = _RENDERED.fullmatch(name)
    labels = _labels(metadata)
    spec = whole.child("spec")
    return MachineConfig(
        name=name,
        role=labels.get(ROLE_LABEL, ""),
        labels=labels,
        place=whole.place,
        label_place=_label_place(whole),
        config=_ignition(spec, applied=rendered is not None),
        kernel_arguments=tuple(Placed(*t) for t in spec.texts("kernelArguments")),
        pool=rendered[1] if rendered else "",
        problems=_problems(whole, spec),
    )


def _ignition(spec: Field, *, applied: bool) -> IgnitionConfig:
    if not spec.has("config"):
        return IgnitionConfig()
    return config.read(spec.child("config"), applied=applied)


def _labels(metadata: Field) -> dict[str, str]:
    labels = metadata.child("labels")
    texts: dict[str, str] = {}
    for key, value in labels.value.items():
        if isinstance(value, str) and _LABEL.fullmatch(value):
            texts[key] = value
        else:
            place = labels.source.place((*labels.keys, key))
            labels.error(place, f"{value!r} is no value of a label")
    return texts


def _problems(whole: Field, spec: Field) -> tuple[Problem, ...]:
    """Return the problems found so far and those of the object as a whole."""
    if not whole.has("spec"):
        whole.warn(whole.place, "without a spec it declares nothing")
    spec.warn_unused(_SPEC, "a MachineConfig")
    kernel_type = spec.text("kernelType") or ""
    if kernel_type not in _KERNEL_TYPES:
        spec.error(spec.at("kernelType"), f"{kernel_type!r} is no type of kernel")
    for name, place in spec.texts("extensions"):
        if name not in _EXTENSIONS:
            text = f"the MCO refuses extensions that it does not know, such as {name}"
            spec.warn(place, text)
    return tuple(dict.fromkeys(whole.problems))


def _label_place(whole: Field) -> Place:
    metadata = whole.child("metadata")
    if metadata.has("labels"):
        return metadata.child("labels").at(ROLE_LABEL)
    return whole.at("metadata")


def _pool(item: Item) -> Pool:
    whole = Field(item.value, item.source, item.keys, [])
    spec = whole.child("spec")
    selector = spec.child("machineConfigSelector")
    labels = selector.child("matchLabels")
    terms = [
        Requirement(key, "In", (value,))
        for key, value in labels.value.items()
        if isinstance(value, str)
    ]
    for term in selector.items("matchExpressions"):
        values = tuple(value for value, _ in term.texts("values"))
        key, operator = term.text("key") or "", term.text("operator") or ""
        terms.append(Requirement(key, operator, values))
    return Pool(
        name=whole.child("metadata").text("name") or "",
        selector=tuple(terms),
        place=whole.place,
        rendered=spec.child("configuration").text("name") or "",
    )
