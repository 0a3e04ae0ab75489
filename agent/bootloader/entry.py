"""One bootable kernel, as a boot loader's files name it."""

import posixpath
import re
from dataclasses import dataclass

_IMAGE_PREFIXES = ("vmlinuz-", "vmlinux-", "kernel-", "Image-", "linux-")
_VARIABLE = re.compile(r"\$(?:\{(\w+)\}|(\w+))")


@dataclass(frozen=True, slots=True)
class Entry:
    """One choice of the boot menu.

    *names* are all names by which a default may call it, *image* the kernel's
    path, *arguments* what it is started with, *path* and *line* where it stands.
    """

    names: frozenset[str]
    image: str
    arguments: str
    path: str
    line: int | None = None

    @property
    def release(self) -> str:
        """The kernel's release by the name of its image, "" if it has none."""
        name = posixpath.basename(self.image)
        for prefix in _IMAGE_PREFIXES:
            if name.startswith(prefix):
                return name.removeprefix(prefix)
        return ""


def expand(text: str, variables: dict[str, str]) -> str:
    """Replace `$name` and `${name}`; what is not set becomes nothing, as in GRUB.

    >>> expand("ro $tuned_params ${x}quiet", {"tuned_params": "nosmt"})
    'ro nosmt quiet'
    """
    return _VARIABLE.sub(lambda m: variables.get(m[1] or m[2], ""), text)
