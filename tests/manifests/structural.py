"""Schemas of custom resources as the API server applies them, unknown keys refused.

The server drops unknown keys in silence; here they are errors. Rules in CEL are not
evaluated.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import yaml

from tests.manifests.bundle import Object

#: What we rely on of other projects' resources, in our words.
OWN = Path(__file__).parent / "schemas"
#: The definitions of those projects, where a checkout has them beside it.
FULL = Path(__file__).parents[3] / "shared" / "crds"
Schemas = dict[tuple[str, str], list[Object]]


def schemas(*folders: Path) -> Schemas:
    """Return the schemas in some folders, by API version and kind."""
    found: Schemas = {}
    for folder in folders:
        for path in sorted(folder.glob("*.yaml")):
            with path.open(encoding="utf-8") as stream:
                for definition in filter(None, yaml.safe_load_all(stream)):
                    for key, schema in _versions(definition):
                        found.setdefault(key, []).append(schema)
    return found


def complaints(found: Object, schema: Object) -> list[str]:
    """Return what the schema has against an object, with the place of each."""
    errors = jsonschema.Draft202012Validator(schema).iter_errors(found)
    return [f"{error.json_path}: {error.message}" for error in errors]


def strict(schema: Any, *, top: bool = True) -> Any:  # noqa: ANN401 - any node of it
    """Return an OpenAPI schema as a JSON schema that takes no unknown keys."""
    if isinstance(schema, list):
        return [strict(part, top=False) for part in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {
        key: {name: strict(part, top=False) for name, part in value.items()}
        if key == "properties"
        else strict(value, top=False)
        for key, value in schema.items()
    }
    if inner.get("x-kubernetes-int-or-string"):
        inner["type"] = ["integer", "string"]
    closed = inner.get("type") == "object" and not (
        "additionalProperties" in inner
        or inner.get("x-kubernetes-preserve-unknown-fields")
    )
    if closed:
        inner["additionalProperties"] = False
    if inner.get("nullable") and isinstance(inner.get("type"), str):
        inner["type"] = [inner["type"], "null"]
    if top:
        inner["properties"] |= {
            "apiVersion": {"type": "string"},
            "kind": {"type": "string"},
            "metadata": {"type": "object"},  # the server's own business
        }
    return inner


def _versions(definition: Object) -> Iterator[tuple[tuple[str, str], Object]]:
    spec = definition["spec"]
    for version in spec["versions"]:
        key = f"{spec['group']}/{version['name']}", spec["names"]["kind"]
        yield key, strict(version["schema"]["openAPIV3Schema"])
