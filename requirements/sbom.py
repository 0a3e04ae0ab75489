"""The bill of materials of the image, as CycloneDX JSON, from what lies in its parts.

Runs in the build of the image, by the standard library alone. Debian's packages are
read from the base's dpkg status, Python's from the metadata beside the modules. A base
without dpkg is told as incomplete: nothing is made up.
"""

import argparse
import datetime as dt
import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from email import message_from_string
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import Any
from urllib.parse import quote

Json = dict[str, Any]
STATUS = "var/lib/dpkg/status"
PARTS = "var/lib/dpkg/status.d"
"""Where bases without a package manager keep the same, a file for each package."""

_INSTALLED = "install ok installed"


def debian(base: Path) -> list[Json] | None:
    """Return the components that dpkg has installed; none where there is no dpkg."""
    texts = list(_status_texts(base))
    if not texts:
        return None
    distribution, release = _release(base)
    found = []
    for package in (each for text in texts for each in _stanzas(text)):
        name, version = package["Package"], package["Version"]
        where = {"arch": package["Architecture"], "distro": f"{distribution}-{release}"}
        purl = _purl("deb", f"{distribution}/{name}", version, where)
        found.append(_component("library", name, version, purl))
    return found


def python(folder: Path) -> list[Json]:
    """Return the distributions below the folder of site-packages."""
    found = []
    for each in distributions(path=[str(folder)]):
        name = re.sub(r"[-_.]+", "-", each.metadata["Name"]).lower()
        component = _component("library", name, each.version, _pypi(name, each))
        if "License-Expression" in each.metadata:
            licence = each.metadata["License-Expression"]
            component["licenses"] = [{"expression": licence}]
        found.append(component)
    return found


def document(*, base: Path, packages: Path, version: str, seconds: int) -> Json:
    """Return the bill; *seconds* is its time, which is not the clock's."""
    system = debian(base)
    components = sorted(
        [*(system or ()), *python(packages)], key=lambda one: str(one["bom-ref"])
    )
    image = _component("container", "sctp-node-agent", version, "")
    image["bom-ref"] = "image"
    made = dt.datetime.fromtimestamp(seconds, dt.UTC)
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {
            "timestamp": made.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "component": image,
        },
        "components": components,
        "compositions": [
            {
                "aggregate": "incomplete" if system is None else "complete",
                "assemblies": ["image"],
            }
        ],
    }


def _status_texts(base: Path) -> Iterator[str]:
    if (base / STATUS).exists():
        yield (base / STATUS).read_text(encoding="utf-8")
    for path in sorted((base / PARTS).glob("*")):
        if path.suffix != ".md5sums":
            yield path.read_text(encoding="utf-8")


def _stanzas(text: str) -> Iterator[Mapping[str, str]]:
    for stanza in re.split(r"\n\n+", text.strip()):
        fields = message_from_string(stanza)
        if fields.get("Status", _INSTALLED) == _INSTALLED:
            yield {key: str(value) for key, value in fields.items()}


def _release(base: Path) -> tuple[str, str]:
    text = (base / "etc/os-release").read_text(encoding="utf-8")
    known = dict(re.findall(r'^(\w+)="?([^"\n]*)"?$', text, re.MULTILINE))
    return known.get("ID", "debian"), known.get("VERSION_ID", "unknown")


def _pypi(name: str, found: Distribution) -> str:
    return _purl("pypi", name, found.version, {})


def _purl(kind: str, path: str, version: str, where: Mapping[str, str]) -> str:
    qualifiers = "&".join(f"{key}={quote(value)}" for key, value in where.items())
    purl = f"pkg:{kind}/{quote(path)}@{quote(version, safe=':')}"
    return f"{purl}?{qualifiers}" if qualifiers else purl


def _component(kind: str, name: str, version: str, purl: str) -> Json:
    found = {"type": kind, "name": name, "version": version}
    return found | ({"purl": purl, "bom-ref": purl} if purl else {})


def main(arguments: Iterable[str] | None = None) -> None:
    """Print the bill."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--base", type=Path, required=True, help="its file system")
    parser.add_argument("--packages", type=Path, required=True, help="site-packages")
    parser.add_argument("--image-version", required=True)
    parser.add_argument("--time", type=int, required=True, help="seconds since 1970")
    given = parser.parse_args(None if arguments is None else [*arguments])
    found = document(
        base=given.base,
        packages=given.packages,
        version=given.image_version,
        seconds=given.time,
    )
    sys.stdout.write(json.dumps(found, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    main()
