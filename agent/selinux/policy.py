"""A compiled policy: just the state that its booleans start with."""

from collections.abc import Iterable

_WORD = 4
_STATES = {b"\0\0\0\0": False, b"\1\0\0\0": True}


def boolean(chunks: Iterable[bytes], name: str) -> bool | None:
    """Return the state of the boolean *name*, None if the policy does not have it.

    *chunks* are the policy's parts in order; none is kept longer than needed. A
    boolean is its number, its state, the length of its name and its name, in words
    of four bytes (cond_write_bool in the kernel's security/selinux/ss/conditional.c).
    """
    end = len(name).to_bytes(_WORD, "little") + name.encode()
    tail = b""
    for chunk in chunks:
        data = tail + chunk
        at = data.find(end, _WORD)
        if at >= 0:
            return _STATES.get(data[at - _WORD : at])
        tail = data[-(_WORD + len(end) - 1) :]
    return None


def newest(names: Iterable[str], highest: int | None) -> str:
    """Return the file that is loaded at boot, "" if there is none.

    *highest* is the version of the policy that the kernel knows, None if unknown.

    >>> newest(("policy.31", "policy.33", "policy.33.bak"), 32)
    'policy.31'
    """
    versions = [
        int(version)
        for stem, _, version in (name.partition(".") for name in names)
        if stem == "policy" and version.isdecimal()
    ]
    fitting = [v for v in versions if highest is None or v <= highest]
    return f"policy.{max(fitting)}" if fitting else ""
