"""What stays true between evaluations, so that it need not be read again."""

import os
import time
from dataclasses import dataclass, field
from typing import Any, Self

from agent.kmod.tree import Health

_SETTLING = 2_000_000_000  # nanoseconds; a file system's clock is coarser than these
_MOST_ANSWERS = 4096  # of one index; an evaluation asks some dozen

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

    def is_settled(self) -> bool:
        """Tell whether the content belongs to it: writing again would change it."""
        return time.time_ns() - self.changed >= _SETTLING


#: Whether libkmod maps the index is the second.
_OfIndex = tuple[FileIdentity, bool]


@dataclass(slots=True)
class Memory:
    """Kept by whoever evaluates more than once; empty for a single evaluation.

    *indexes* holds what the indexes of a module tree have answered, *health* the state
    of module files, both by path and identity, and the answers by whether libkmod maps
    the index as well; *magic* what these were built for,
    *kernel_configs* the build options of kernels, which cannot change, by where they
    lie and release.
    """

    indexes: dict[str, tuple[_OfIndex, Answers]] = field(default_factory=dict)
    health: dict[str, tuple[FileIdentity, Health]] = field(default_factory=dict)
    magic: dict[str, str] = field(default_factory=dict)
    kernel_configs: dict[str, dict[str, tuple[str, str]]] = field(default_factory=dict)

    def answers(self, path: str, identity: FileIdentity, *, mapped: bool) -> Answers:
        """Return what the index has answered, as long as it is the same file."""
        if not identity.is_settled():
            return {}
        basis = identity, mapped
        earlier, answers = self.indexes.get(path, (None, {}))
        if earlier != basis or len(answers) > _MOST_ANSWERS:
            self.indexes[path] = basis, (answers := {})
        return answers
