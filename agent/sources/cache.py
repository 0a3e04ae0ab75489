"""What stays true between evaluations, so that it need not be read again."""

from dataclasses import dataclass, field

from agent.kmod.tree import Health


@dataclass(frozen=True, slots=True)
class FileIdentity:
    """A file's content as the kernel tells it apart without reading it."""

    device: int
    inode: int
    size: int
    modified: int
    changed: int


@dataclass(slots=True)
class Memory:
    """Kept by whoever evaluates more than once; empty for a single evaluation.

    *health* holds the state of module files by path and identity, *magic* what they
    were built for, *kernel_configs*
    the build options of kernels, which cannot change, by where they lie and release.
    """

    health: dict[str, tuple[FileIdentity, Health]] = field(default_factory=dict)
    magic: dict[str, str] = field(default_factory=dict)
    kernel_configs: dict[str, dict[str, tuple[str, str]]] = field(default_factory=dict)
