"""What the API server keeps of an object that it is given: the same, said its own way.

Only what it takes away or rewrites is here, not what it adds: tools that compare a
folder with a cluster look at what was written.
"""

import re
from fractions import Fraction
from typing import Any

from tests.manifests.bundle import Object

#: Fields that keep false, 0 or an empty list, as `kind:path`. Of a Go type the API
#: keeps such a value where the field is a pointer or lacks `omitempty`
#: (k8s.io/api core/v1/types.go; openshift/api security/v1/types.go).
_KEPT = tuple(
    map(
        re.compile,
        (
            r"DaemonSet:.*/(automountServiceAccountToken|enableServiceLinks)",
            r"DaemonSet:.*/securityContext/(allowPrivilegeEscalation|privileged)",
            r"DaemonSet:.*/securityContext/runAs(User|Group)",
            r"ServiceAccount:/automountServiceAccountToken",
            r"SecurityContextConstraints:/allow(Host|Privilege).*",
            r"SecurityContextConstraints:/(priority|users|groups)",
            r"SecurityContextConstraints:/.*Capabilities",
        ),
    )
)
#: Maps from names to text: an empty text stays in them, an empty map does not.
_TEXTS = re.compile(
    r".*/(labels|annotations|matchLabels|nodeSelector|selector|data|binaryData)"
)
#: Maps of quantities, and fields that hold one (core/v1 ResourceList, Quantity).
_QUANTITIES = re.compile(
    r"(ResourceQuota:/spec/hard|.*/resources/(requests|limits))/.+"
    r"|.*/(sizeLimit|divisor)"
)
#: Custom resources are kept as they were written, but for null
#: (structural schemas; kubernetes.io, Custom Resources, defaulting and nullable).
_CUSTOM = re.compile(r"(?!security\.).*\.(coreos\.com|openshift\.io|x-k8s\.io)/.*")
_QUANTITY = re.compile(
    r"([+-]?[0-9]+\.?[0-9]*)([numkMGTPE]|[KMGTPE]i|[eE][+-]?[0-9]+)?"
)
_DECIMAL = dict(zip(range(-9, 21, 3), ("n", "u", "m", "", *"kMGTPE"), strict=True))
_EXPONENTS = {power: f"e{power}" if power else "" for power in _DECIMAL}
_BINARY = {0: "", 10: "Ki", 20: "Mi", 30: "Gi", 40: "Ti", 50: "Pi", 60: "Ei"}
_LEAST_BINARY = 1024


def stored(found: Object) -> Object:
    """Return what is left of an object, in the form that the server gives back."""
    if _CUSTOM.fullmatch(found["apiVersion"]):
        return dict(_without_null(found))
    kept = dict(_fields(f"{found['kind']}:", found))
    # Of an SCC: a set, which its server sorts. From openshift/apiserver-library-go,
    # its function SetDefaults_SCC.
    if "volumes" in kept:
        kept["volumes"] = sorted(set(kept["volumes"]))
    return kept


def canonical(text: str) -> str:
    """Return a quantity as Kubernetes writes it: no fraction, the largest suffix.

    After k8s.io/apimachinery pkg/api/resource/quantity.go, "canonical form".

    >>> canonical("100000"), canonical("1000m"), canonical("0.5"), canonical("1024Ki")
    ('100k', '1', '500m', '1Mi')
    >>> canonical("48Mi"), canonical("5m"), canonical("1e3"), canonical("1.5Gi")
    ('48Mi', '5m', '1e3', '1536Mi')
    >>> canonical("0.5Ki"), canonical("-2000"), canonical("0"), canonical("1500e3")
    ('512', '-2k', '0', '1500e3')
    """
    match = _QUANTITY.fullmatch(text)
    if match is None:
        raise ValueError(f"no quantity: {text}")
    number, suffix = Fraction(match[1]), match[2] or ""
    base, units = (2, _BINARY) if suffix.endswith("i") else (10, _DECIMAL)
    if suffix[1:] and base != 2:
        units, power = _EXPONENTS, int(suffix[1:])
    else:
        power = {name: power for power, name in units.items()}[suffix]
    value = number * Fraction(base) ** power
    if base == 2 and (abs(value) < _LEAST_BINARY or value.denominator > 1):
        base, units = 10, _DECIMAL
    for power in sorted(units, reverse=True):
        scaled = value / Fraction(base) ** power
        if scaled.denominator == 1 and (scaled or power == 0):
            return f"{scaled}{units[power]}"
    raise ValueError(f"finer than Kubernetes keeps it: {text}")


def _fields(place: str, value: Object) -> Object:
    in_texts = _TEXTS.fullmatch(place)
    return {
        key: _kept(f"{place}/{key}", inner)
        for key, inner in value.items()
        if in_texts or not _dropped(f"{place}/{key}", inner)
    }


def _kept(place: str, value: Any) -> Any:  # noqa: ANN401 - as YAML gave it
    if _QUANTITIES.fullmatch(place):
        return canonical(str(value))
    if isinstance(value, dict):
        return _fields(place, value)
    if isinstance(value, list):
        return [_kept(f"{place}[]", inner) for inner in value]
    return value


def _dropped(place: str, value: Any) -> bool:  # noqa: ANN401 - as YAML gave it
    """Say whether a field is left out: null, or its type's zero with `omitempty`."""
    if value is None:
        return True
    if value or any(kept.fullmatch(place) for kept in _KEPT):
        return False
    # An empty object is a pointer to one, or says "all": both stay.
    return value != {} or bool(_TEXTS.fullmatch(place))


def _without_null(value: Any) -> Any:  # noqa: ANN401 - as YAML gave it
    if isinstance(value, dict):
        return {
            k: _without_null(inner) for k, inner in value.items() if inner is not None
        }
    if isinstance(value, list):
        return [_without_null(inner) for inner in value]
    return value
