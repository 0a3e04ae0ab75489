"""What stays true between evaluations, so that it need not be read again."""

import os
from dataclasses import dataclass, field
from typing import Any, Self

from agent.kmod.tree import Health

#: By the kind of question and what was asked for.
Answers = dict[tuple[str, str], Any]


@dataclass(frozen=True, slots=True)
class FileIdentity:
    """A file's content as the kernel tells it apart without reading it."""

    device: int
    inode: int
    size: int
    modified: int
    changed: int

    @classmethod
    def of(cls, status: os.stat_result) -> Self:
        """Return the identity of what was asked for its *status*."""
        return cls(
            status.st_dev,
            status.st_ino,
            status.st_size,
            status.st_mtime_ns,
            status.st_ctime_ns,
        )


@dataclass(slots=True)
class Memory:
    """Kept by whoever evaluates more than once; empty for a single evaluation.

    *indexes* holds what the indexes of a module tree have answered, *health* the state
    of module files, both by path and identity; *magic* what these were built for,
    *kernel_configs* the build options of kernels, which cannot change, by where they
    lie and release.
    """

    indexes: dict[str, tuple[FileIdentity, Answers]] = field(default_factory=dict)
    health: dict[str, tuple[FileIdentity, Health]] = field(default_factory=dict)
    magic: dict[str, str] = field(default_factory=dict)
    kernel_configs: dict[str, dict[str, tuple[str, str]]] = field(default_factory=dict)
