"""The bill of materials in the image names all that is in it, and nothing else."""

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from agent import __version__
from requirements import sbom
from tests.image import base, build
from tests.image.test_contents import PACKAGES
from tests.vm.tools import run

PLACE = "opt/sctp-node-agent/sbom.cdx.json"


@cache
def _bill() -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads((build.rootfs() / PLACE).read_bytes())
    return found


def _named(kind: str) -> set[tuple[str, str]]:
    return {
        (each["name"], each["version"])
        for each in _bill()["components"]
        if each["purl"].startswith(f"pkg:{kind}/")
    }


def test_debian_packages() -> None:
    """They are what dpkg itself lists of the image."""
    folder = build.rootfs() / "var/lib/dpkg"
    form = "${db:Status-Status} ${Package} ${Version}\\n"
    listed = run(
        ["dpkg-query", f"--admindir={folder}", "--show", f"--showformat={form}"]
    )
    words = [line.split() for line in listed.splitlines()]

    installed = {
        (name, version) for status, name, version in words if status == "installed"
    }
    assert "python3.11-minimal" in {name for name, _ in installed}
    assert _named("deb") == installed


def test_python_packages() -> None:
    """They are the folders of metadata, the agent's own among them."""
    folders = (build.rootfs() / PACKAGES).glob("*.dist-info")
    stems = (path.name.removesuffix(".dist-info").rpartition("-") for path in folders)
    found = {(name.replace("_", "-").lower(), version) for name, _, version in stems}

    assert ("sctp-node-agent", __version__) in found
    assert _named("pypi") == found


def test_every_component_has_a_name_of_its_own() -> None:
    """No two of them are the same to those that refer to them."""
    references = [each["bom-ref"] for each in _bill()["components"]]

    assert len(set(references)) == len(references)
    assert references == sorted(references)


def test_made_again_it_is_the_same() -> None:
    """It has the time of the commit, and nothing of the machine that made it."""
    moment = build.layout().config()["created"]
    seconds = int(run(["date", "--date", moment, "+%s"]))
    again = sbom.document(
        base=build.rootfs(),
        packages=build.rootfs() / PACKAGES,
        version=__version__,
        seconds=seconds,
    )

    assert again == _bill()
    assert _bill()["compositions"][0]["aggregate"] == "complete"


STATUS = """Package: libc6
Status: install ok installed
Architecture: amd64
Version: 2.36-9+deb12u14
Conffiles:
 /etc/ld.so.conf.d/x86_64-linux-gnu.conf d4e7a7b88a71b5ffd9e2644e71a0cfab

Package: gone
Status: deinstall ok config-files
Architecture: amd64
Version: 1:2~rc1
"""


@pytest.mark.parametrize(
    ("files", "aggregate", "purls"),
    [
        pytest.param(
            {sbom.STATUS: STATUS},
            "complete",
            ["pkg:deb/debian/libc6@2.36-9%2Bdeb12u14?arch=amd64&distro=debian-12"],
            id="dpkg",
        ),
        pytest.param(
            {
                f"{sbom.PARTS}/base": STATUS.partition("\n\n")[0],
                f"{sbom.PARTS}/base.md5sums": "no stanza",
            },
            "complete",
            ["pkg:deb/debian/libc6@2.36-9%2Bdeb12u14?arch=amd64&distro=debian-12"],
            id="a file for each package",
        ),
        pytest.param({}, "incomplete", [], id="no dpkg"),
    ],
)
def test_bases(
    tmp_path: Path, files: Mapping[str, str], aggregate: str, purls: list[str]
) -> None:
    """What another base has is read where it keeps it, or told as not known."""
    release = {"etc/os-release": 'ID=debian\nVERSION_ID="12"\n'}
    for name, text in {**release, **files}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    found = sbom.document(
        base=tmp_path, packages=tmp_path / "none", version="1", seconds=0
    )

    assert found["compositions"][0]["aggregate"] == aggregate
    assert [each["purl"] for each in found["components"]] == purls


def test_only_addresses_of_the_format() -> None:
    """No registry, no index and no mirror is named."""
    text = (build.rootfs() / PLACE).read_text(encoding="utf-8")

    assert re.findall(r"\w+://[^\"]*", text) == []
    assert f"python{base.PYTHON}" in text
