"""How the policy that the next boot loads sets the boolean about modules."""

import os
from collections.abc import Iterator

from agent.hostfs.host import Host
from agent.kernel import outputs
from agent.selinux import booleans, policy
from agent.sources import capture

_FOLDER = "/etc/selinux/{}/policy"
_VERSION = "/sys/fs/selinux/policyvers"
_CHUNK = 1 << 20


def boolean(host: Host, name: str) -> bool | None:
    """Return the boolean in the policy *name*, None if nothing says it.

    The compiled policy has what `setsebool -P` stored; without it there is sos's
    list, or the file that only such settings are in.
    """
    found = _compiled(host, _FOLDER.format(name))
    if found is not None:
        return found
    listed = capture.output(host, "selinux", "sestatus_-b")
    found = outputs.selinux_boolean(listed, booleans.NAME)
    if found is not None:
        return found
    for path in booleans.LOCAL:
        value = outputs.setting(host.read(path.format(name)).text, booleans.NAME)
        if value:
            return value == "1"
    return None


def _compiled(host: Host, folder: str) -> bool | None:
    version = host.read(_VERSION).text.strip()
    highest = int(version) if version.isdecimal() else None
    file = policy.newest(host.listdir(folder).names, highest)
    if not file:
        return None
    try:
        with host.open(f"{folder}/{file}") as fd:
            return policy.boolean(_chunks(fd), booleans.NAME)
    except OSError:
        return None


def _chunks(fd: int) -> Iterator[bytes]:
    while chunk := os.read(fd, _CHUNK):
        yield chunk
