"""Debian packages of any suite, unpacked in a folder; nothing is installed by it.

The mirror is the one that the machine's own package sources name, read at run time.
"""

import re
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tests.vm.tools import ToolError, run

KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
SOURCE_FORMAT = "$(REPO_URI) $(RELEASE) $(COMPONENT)"


@dataclass(frozen=True, slots=True)
class Source:
    """A repository among the machine's own package sources."""

    uri: str
    suite: str


@dataclass(frozen=True, slots=True)
class Archive:
    """A suite of Debian, read with an apt configuration of its own in `folder`."""

    suite: str
    folder: Path

    def refresh(self) -> None:
        """Fetch the suite's package lists (network)."""
        for part in ("lists/partial", "cache/archives/partial", "parts"):
            (self.folder / part).mkdir(parents=True, exist_ok=True)
        lines = source_lines(machine_sources(), self.suite)
        (self.folder / "sources.list").write_text("".join(lines), encoding="utf-8")
        (self.folder / "status").write_text("", encoding="utf-8")
        run(["apt-get", *self._options(), "update", "--error-on=any"])

    def newest(self, pattern: str) -> str:
        """Return the package with the highest version number in its name."""
        names = run(["apt-cache", *self._options(), "pkgnames"]).split()
        matching = [name for name in names if re.fullmatch(pattern, name)]
        if not matching:
            raise ToolError(f"no package of {self.suite} matches {pattern}")
        return max(matching, key=_numbers)

    def unpack(self, package: str, *, into: Path) -> None:
        """Download one package and lay its files under `into` (network)."""
        into.mkdir(parents=True, exist_ok=True)
        argv = ["apt-get", *self._options(), "download", package]
        run(argv, folder=self.folder)
        for deb in self.folder.glob(f"{package}_*.deb"):
            run(["dpkg", "-x", deb, into])
            deb.unlink()

    def fetch(self, packages: Iterable[str]) -> tuple[Path, ...]:
        """Download packages and all that they depend on; the files (network)."""
        archives = self.folder / "cache" / "archives"
        shutil.rmtree(archives, ignore_errors=True)
        (archives / "partial").mkdir(parents=True)
        argv = ["apt-get", *self._options(), "-oDebug::NoLocking=1", "install"]
        argv += ["--download-only", "--yes", "--no-install-recommends", *packages]
        run(argv)
        return tuple(sorted(archives.glob("*.deb")))

    def _options(self) -> list[str]:
        settings = {
            "Dir::Etc::SourceList": self.folder / "sources.list",
            "Dir::Etc::SourceParts": self.folder / "parts",
            "Dir::State::Lists": self.folder / "lists",
            "Dir::State::Status": self.folder / "status",
            "Dir::Cache": self.folder / "cache",
            "APT::Architecture": "amd64",
            "APT::Architectures": "amd64",
            "APT::Sandbox::User": "",
            "Acquire::Languages": "none",
            "Acquire::Retries": "3",
        }
        return [f"-o{key}={value}" for key, value in settings.items()]


def machine_sources() -> tuple[Source, ...]:
    """Return the package sources of this machine, as apt itself understands them."""
    output = run(
        ["apt-get", "indextargets", "--format", SOURCE_FORMAT, "Created-By: Packages"],
    )
    words = (line.split() for line in output.splitlines())
    return tuple(Source(word[0], word[1]) for word in words if word[2:] == ["main"])


def source_lines(sources: Iterable[Source], suite: str) -> tuple[str, ...]:
    """Lines of a sources.list for `suite`, at the mirrors that `sources` name."""
    mirrors = {
        source.uri: "-security" if source.suite.endswith("-security") else ""
        for source in sources
        if re.fullmatch(r"[a-z]+(-security)?", source.suite) and "/debian" in source.uri
    }
    if "" not in mirrors.values():
        raise ToolError("this machine's package sources name no Debian mirror")
    return tuple(
        f"deb [signed-by={KEYRING}] {uri} {suite}{part} main\n"
        for uri, part in mirrors.items()
    )


def _numbers(name: str) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", name)))
