"""The question and the answer of selinuxfs' file `access`."""

from dataclasses import dataclass

_PERMISSIVE = 1  # AVD_FLAGS_PERMISSIVE: the source domain is, whatever the mode
_FIELDS = 6
_FLAGS = 5


@dataclass(frozen=True, slots=True)
class Decision:
    """What the policy allows one context to do to another, for one class.

    *permissions* has a bit for each permission, *permissive* is set where denials of
    the source's domain are logged only.
    """

    permissions: int = 0
    permissive: bool = False

    def allows(self, number: int) -> bool:
        """Tell whether the permission of this *number*, from 1, is given."""
        return self.permissive or bool(self.permissions >> (number - 1) & 1)


def question(source: str, target: str, number: int) -> bytes:
    """Return what to write: two contexts and the number of the class."""
    return f"{source} {target} {number}".encode()


def decision(answer: bytes) -> Decision | None:
    """Return what was read back, None if that is no answer.

    >>> decision(b"f ffffffff 0 ffffffff 1 0")
    Decision(permissions=15, permissive=False)
    """
    fields = answer.split()
    try:
        permissions, flags = int(fields[0], 16), int(fields[_FLAGS], 16)
    except (ValueError, IndexError):
        return None
    if len(fields) != _FIELDS:
        return None
    return Decision(permissions, permissive=bool(flags & _PERMISSIVE))
