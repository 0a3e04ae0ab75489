"""Files, folders and standard input on the command line, read into documents."""

import os
import sys
from collections.abc import Iterator, Sequence

from agent.ignition.documents import Documents, Item, UnreadableError, parse
from agent.ignition.problems import Problem
from agent.threads import read_within

_API = b"machineconfiguration.openshift.io"
_SUFFIXES = (".yaml", ".yml", ".json")
_LIMIT = 64 << 20  # bytes of one file; the largest rendered configs have 1.5 MB
_MUST_GATHER = os.path.join(
    "cluster-scoped-resources", "machineconfiguration.openshift.io"
)
_KINDS = ("machineconfigs", "machineconfigpools")
_MAX_FILES = 10_000
_DEEPEST = 12  # folders in one another
_PATIENCE = 60.0  # seconds for one file; a pipe may come from a slow command


def read(sources: Sequence[str]) -> tuple[tuple[Item, ...], tuple[Problem, ...]]:
    """Return all objects in *sources*, and what is odd about their text.

    A source is a file, a folder (the YAML and JSON files in it and below, or all
    MachineConfigs and pools of a must-gather) or `-`, the standard input. Raise
    UnreadableError.
    """
    files = [
        _file(path, is_source=path == source)
        for source in sources
        for path in _paths(source)
    ]
    items = tuple(item for documents in files for item in documents.items)
    return items, tuple(
        problem for documents in files for problem in documents.problems
    )


def _paths(source: str) -> Iterator[str]:
    if source == "-" or not os.path.isdir(source):
        yield source
        return
    folders = [*_folders(source)]
    resources = [folder for folder in folders if _is_gathered(folder)]
    paths = [
        os.path.join(folder, name)
        for folder in resources or folders
        for name in sorted(os.listdir(folder))
        if name.endswith(_SUFFIXES)
    ]
    if not paths:
        suffixes = ", ".join(_SUFFIXES)
        raise UnreadableError(f"{source}: holds no file that ends in {suffixes}")
    if len(paths) > _MAX_FILES:
        raise UnreadableError(f"{source}: holds more than {_MAX_FILES} files")
    yield from paths


def _folders(source: str) -> Iterator[str]:
    """Yield the folder and those below it, hidden ones left out, not too deep."""
    depth = source.rstrip(os.sep).count(os.sep)
    for folder, below, _ in os.walk(source):
        if folder.count(os.sep) - depth >= _DEEPEST:
            below.clear()
        below[:] = sorted(name for name in below if not name.startswith("."))
        yield folder


def _is_gathered(folder: str) -> bool:
    parent, name = os.path.split(folder)
    return name in _KINDS and parent.endswith(_MUST_GATHER)


def _file(path: str, *, is_source: bool) -> Documents:
    """Return what is in the file *path*; what is no source itself may be anything."""
    try:
        if path == "-":
            data = sys.stdin.buffer.read(_LIMIT + 1)
        else:
            data = read_within(path, _LIMIT + 1, deadline=_PATIENCE)
    except OSError as error:
        cause = (error.strerror or str(error)).lower()
        raise UnreadableError(f"{path}: {cause}") from error
    if len(data) > _LIMIT:
        raise UnreadableError(f"{path}: larger than {_LIMIT >> 20} MiB")
    try:
        return parse("<stdin>" if path == "-" else path, data)
    except UnreadableError:
        if is_source or _API in data:
            raise
        return Documents(())
