"""One bootable kernel, as a boot loader's files name it."""

import posixpath
import re
from dataclasses import dataclass

_IMAGE_PREFIXES = ("vmlinuz-", "vmlinux-", "kernel-", "Image-", "linux-")
_KERNELS = ("vmlinu", "linux", "kernel", "image")
_LONGEST = 4096  # characters of arguments; no kernel takes more
_VARIABLE = re.compile(r"\$(?:\{(\w+)\}|(\w+))")


@dataclass(frozen=True, slots=True)
class Entry:
    """One choice of the boot menu.

    *names* are all names by which a default may call it, *image* the kernel's
    path, *arguments* what it is started with, *path* and *line* where it stands.
    *version* is what the entry itself says of the kernel's release. *unread* when it
    starts another program, which may start any kernel.
    """

    names: frozenset[str]
    image: str
    arguments: str
    path: str
    line: int | None = None
    version: str = ""
    unread: bool = False

    @property
    def is_kernel(self) -> bool:
        """True when it has no image of its own, or one that has a kernel's name."""
        name = posixpath.basename(self.image).lower()
        is_named_so = not name or any(word in name for word in _KERNELS)
        return is_named_so and not self.unread

    @property
    def release(self) -> str:
        """The kernel's release by the name of its image, "" if it has none."""
        name = posixpath.basename(self.image)
        for prefix in _IMAGE_PREFIXES:
            release = name.removeprefix(prefix)
            if name.startswith(prefix) and release[:1].isdigit():
                return release
        return self.version if self.version[:1].isdigit() else ""


def expand(text: str, variables: dict[str, str]) -> str:
    """Replace `$name` and `${name}`; what is not set becomes nothing, as in GRUB.

    What is longer than a kernel's command line can be is cut off.

    >>> expand("ro $tuned_params ${x}quiet", {"tuned_params": "nosmt"})
    'ro nosmt quiet'
    """
    parts: list[str] = []
    at = size = 0
    for match in _VARIABLE.finditer(text[:_LONGEST]):
        parts += text[at : match.start()], variables.get(match[1] or match[2], "")
        at = match.end()
        size += len(parts[-1])
        if size > _LONGEST:
            break
    return "".join((*parts, text[at:_LONGEST]))[:_LONGEST]
