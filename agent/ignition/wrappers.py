"""MachineConfigs inside other objects: taken out, or named as not judged. Pure.

Sources: compliance-operator's ComplianceRemediation (the object is applied as
`75-NAME`, with the role of its scan), OpenShift's Template, and the Policy and
ConfigurationPolicy of Advanced Cluster Management.
"""

import base64
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from agent.ignition.documents import Item
from agent.ignition.entries import ROLE_LABEL
from agent.ignition.problems import Problem, note, warning

PLAIN = frozenset({"MachineConfig", "MachineConfigPool"})
"""The kinds of objects that are judged as they are."""

_SCAN_LABEL = "compliance.openshift.io/scan-name"
DEEPEST = 24  # levels of an object
_API = "machineconfiguration.openshift.io"
KIND = re.compile(r"""\bkind["']?\s*:\s*["']?MachineConfig\b""")
"""What a text of YAML or JSON has of a MachineConfig."""

_SHORT = 64  # characters; no MachineConfig in base64 has fewer
_VARIABLES = ("${", "{{")


@dataclass(frozen=True, slots=True)
class Unwrapped:
    """The objects to judge; *notes* say what came from where.

    *unjudged* are MachineConfigs that lie in something and of which it is not known
    whether, or as what, they reach a node.
    """

    items: tuple[Item, ...]
    notes: tuple[Problem, ...] = ()
    unjudged: tuple[Problem, ...] = ()


def unwrap(items: Sequence[Item]) -> Unwrapped:
    """Return *items* with what other objects among them would apply."""
    roles = sorted(set(_roles(items)))
    plain: list[Item] = []
    notes: list[Problem] = []
    unjudged: list[Problem] = []
    for item in items:
        if str(item.value.get("kind")) in PLAIN:
            plain.append(item)
            continue
        for keys, how in _texts(item.value, (), 0):
            place = item.source.place((*item.keys, *keys))
            text = f"a MachineConfig inside {title(item)} was not judged: {how}"
            unjudged.append(warning(place, text))
        for inner in _inside(item, item.value, (), 0):
            config, cause = _apply(item, inner, roles)
            place = inner.source.place(inner.keys)
            name = title(item)
            if config is None and cause:
                text = f"a MachineConfig inside {name} was not judged: {cause}"
                unjudged.append(warning(place, text))
            elif config is None:
                notes.append(note(place, f"{name} does not apply its MachineConfig"))
            else:
                plain.append(config)
                of = config.value["metadata"]["name"]
                notes.append(note(place, f"{name} holds the MachineConfig {of}"))
    return Unwrapped(tuple(plain), tuple(notes), tuple(unjudged))


def _inside(
    item: Item,
    value: Any,  # noqa: ANN401  # any value of JSON
    keys: tuple[str | int, ...],
    depth: int,
) -> Iterator[Item]:
    """Yield the MachineConfigs at any depth of *value*."""
    if depth > DEEPEST:
        return
    pairs: Iterable[tuple[str | int, Any]] = ()
    if isinstance(value, dict):
        if depth and value.get("kind") == "MachineConfig" and "spec" in value:
            yield replace(item, value=value, keys=(*item.keys, *keys))
            return
        pairs = value.items()
    elif isinstance(value, list):
        pairs = enumerate(value)
    for key, member in pairs:
        yield from _inside(item, member, (*keys, key), depth + 1)


def _texts(
    value: Any,  # noqa: ANN401  # any value of JSON
    keys: tuple[str | int, ...],
    depth: int,
) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Yield where a text is, or has, a MachineConfig, and what kind of text it is.

    HyperShift takes MachineConfigs from ConfigMaps, and policies, patches and Secrets
    hold them as text. What `kubectl apply` notes of an object in it is passed over.
    """
    if depth > DEEPEST:
        return
    pairs: Iterable[tuple[str | int, Any]] = ()
    match value:
        case str() if _is_config(value):
            yield keys, "it is a text there"
        case str() if len(value) > _SHORT and _is_config(_decoded(value)):
            yield keys, "it is a text in base64 there"
        case {"target": {"kind": "MachineConfig"}}:
            yield (*keys, "target"), "it is changed by a patch there"
        case dict():
            pairs = ((k, v) for k, v in value.items() if k != "annotations")
        case list():
            pairs = enumerate(value)
    for key, member in pairs:
        yield from _texts(member, (*keys, key), depth + 1)


def _is_config(text: str) -> bool:
    return _API in text and KIND.search(text) is not None


def _decoded(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode("utf-8", "replace")
    except ValueError:
        return ""


def _apply(item: Item, inner: Item, roles: Sequence[str]) -> tuple[Item | None, str]:
    """Return what is applied, or None with why that is not known ("": it is not)."""
    if _has_variables(inner.value):
        return None, "it has variables that are filled in later"
    match item.value.get("kind"):
        case "ComplianceRemediation":
            return _of_remediation(item, inner, roles)
        case "Template":
            return _of_template(inner)
        case "Policy" | "ConfigurationPolicy":
            return _of_policy(item, inner)
        case _:
            return None, "what becomes of it there is not known"


def _of_remediation(
    item: Item, inner: Item, roles: Sequence[str]
) -> tuple[Item | None, str]:
    spec = _child(item.value, "spec")
    if spec.get("apply") is not True:
        return None, ""
    if inner.keys[-3:] == ("spec", "outdated", "object"):
        return None, ""
    metadata = _child(item.value, "metadata")
    own = _child(_child(inner.value, "metadata"), "labels").get(ROLE_LABEL)
    scan = str(_child(metadata, "labels").get(_SCAN_LABEL) or metadata.get("name", ""))
    pools = [own] if own else [role for role in roles if role in scan.split("-")]
    if len(pools) != 1:
        return None, "for which pool it is does not stand in it"
    value = inner.value | {
        "metadata": {
            **_child(inner.value, "metadata"),
            "name": f"75-{metadata.get('name', '')}",
            "labels": {ROLE_LABEL: pools[0]},
        }
    }
    return replace(inner, value=value), ""


def _of_policy(item: Item, inner: Item) -> tuple[Item | None, str]:
    """Return the object of a policy that has to be there and is enforced."""
    if _child(item.value, "spec").get("disabled") is True:
        return None, ""
    actions = [str(a).lower() for a in _all(item.value, "remediationAction")]
    kinds = [str(t).lower() for t in _all(item.value, "complianceType")]
    if any(kind not in {"musthave", "mustonlyhave"} for kind in kinds):
        return None, "not every object of the policy has to be there"
    if not actions or any(action != "enforce" for action in actions):
        return None, "the policy is not enforced, or not in every part"
    return _of_template(inner)


def _of_template(inner: Item) -> tuple[Item | None, str]:
    name = _child(inner.value, "metadata").get("name")
    return (inner, "") if isinstance(name, str) else (None, "it has no name")


def _all(value: Any, key: str) -> Iterator[Any]:  # noqa: ANN401  # any value of JSON
    """Yield the values of *key* at any depth."""
    if isinstance(value, dict):
        if key in value:
            yield value[key]
        for member in value.values():
            yield from _all(member, key)
    elif isinstance(value, list):
        for member in value:
            yield from _all(member, key)


def _has_variables(value: Any) -> bool:  # noqa: ANN401  # any value of JSON
    if isinstance(value, dict):
        return any(map(_has_variables, value.values()))
    if isinstance(value, list):
        return any(map(_has_variables, value))
    return isinstance(value, str) and any(sign in value for sign in _VARIABLES)


def _roles(items: Iterable[Item]) -> Iterator[str]:
    yield from ("master", "worker")
    for item in items:
        metadata = _child(item.value, "metadata")
        if item.value.get("kind") == "MachineConfigPool":
            yield str(metadata.get("name", ""))
        role = _child(metadata, "labels").get(ROLE_LABEL)
        if isinstance(role, str):
            yield role


def title(item: Item) -> str:
    """Return the object's kind and name, for people."""
    name = _child(item.value, "metadata").get("name", "")
    return f"{item.value.get('kind', 'an object')} {name}".strip()


def _child(value: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    child = value.get(key)
    return child if isinstance(child, dict) else {}
