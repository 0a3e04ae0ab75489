"""Buildah with a container storage of the tests' own; the machine's is not touched."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.vm.tools import run


@dataclass(frozen=True, slots=True)
class Storage:
    """Images and working containers below one folder of the cache."""

    folder: Path

    def environment(self) -> Mapping[str, str]:
        """Return what makes buildah work here: in a chroot, with plain folders."""
        self.folder.mkdir(parents=True, exist_ok=True)
        settings = self.folder / "storage.conf"
        settings.write_text(
            "[storage]\n"
            'driver = "vfs"\n'
            f'graphroot = "{self.folder / "images"}"\n'
            f'runroot = "{self.folder / "run"}"\n',
            encoding="utf-8",
        )
        return {
            **os.environ,
            "BUILDAH_ISOLATION": "chroot",
            "CONTAINERS_STORAGE_CONF": str(settings),
        }

    def buildah(self, *arguments: str | Path) -> str:
        """Run one command of buildah and return what it prints."""
        changed = self.environment()
        names = ("BUILDAH_ISOLATION", "CONTAINERS_STORAGE_CONF")
        settings = [f"{name}={changed[name]}" for name in names]
        return run(["env", *settings, "buildah", *arguments]).strip()

    def has(self, image: str) -> bool:
        """Tell whether there is an image of this name."""
        return bool(self.buildah("images", "--quiet", "--filter", f"reference={image}"))

    def names(self) -> tuple[str, ...]:
        """Names of all images, whoever made them."""
        listed = self.buildah("images", "--noheading", "--format", "{{.Name}}:{{.Tag}}")
        return tuple(listed.split())
