"""A built image as files: configuration, layers, and what the last layer adds."""

import gzip
import json
import tarfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.vm.tools import run


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of a layer, by its path without the first slash."""

    path: str
    size: int
    mode: int
    owner: tuple[int, int]
    is_file: bool


@dataclass(frozen=True, slots=True)
class Layout:
    """A folder in the form of the OCI image specification."""

    folder: Path

    def manifest(self) -> Mapping[str, Any]:
        """Return the manifest: digests and sizes of everything else."""
        index = json.loads((self.folder / "index.json").read_bytes())
        return self._parsed(index["manifests"][0])

    def config(self) -> Mapping[str, Any]:
        """Return the configuration: how it is run, and the history."""
        return self._parsed(self.manifest()["config"])

    def layers(self) -> tuple[Path, ...]:
        """Return the layers as compressed archives, the base's first."""
        return tuple(map(self._blob, self.manifest()["layers"]))

    def added(self) -> Iterator[Entry]:
        """Yield what the last layer, which is ours, has in it."""
        with tarfile.open(self.layers()[-1]) as layer:
            for member in layer:
                yield Entry(
                    member.name.removeprefix("./").rstrip("/"),
                    member.size,
                    member.mode,
                    (member.uid, member.gid),
                    member.isfile(),
                )

    def blobs(self) -> Iterator[tuple[str, bytes]]:
        """Yield all that is ours: manifest, configuration and unpacked layer."""
        manifest = self.manifest()
        yield "manifest", json.dumps(manifest).encode()
        yield "configuration", self._blob(manifest["config"]).read_bytes()
        yield "layer", gzip.decompress(self.layers()[-1].read_bytes())

    def unpack(self, target: Path) -> None:
        """Lay all layers over each other as they would run (root)."""
        target.mkdir(parents=True)
        for layer in self.layers():
            flags = ["--extract", "--gzip", "--numeric-owner", "--preserve-permissions"]
            run(["tar", *flags, f"--file={layer}", f"--directory={target}"])

    def _blob(self, descriptor: Mapping[str, str]) -> Path:
        algorithm, _, digest = descriptor["digest"].partition(":")
        return self.folder / "blobs" / algorithm / digest

    def _parsed(self, descriptor: Mapping[str, str]) -> Mapping[str, Any]:
        parsed: Mapping[str, Any] = json.loads(self._blob(descriptor).read_bytes())
        return parsed
