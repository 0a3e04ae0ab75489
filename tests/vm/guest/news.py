"""Files of the node change one after the other: how soon the agent's metrics say so.

What is written is written on the node; the agent sees it through its own mount.
"""

import platform
import time
from collections.abc import Callable, Iterator
from pathlib import Path

_DENIAL = Path("/etc/modprobe.d/late.conf")
_DECLARATION = Path("/etc/modules-load.d/late.conf")
_GRUB = Path("/boot/grub2/grub.cfg")
_ENTRY = Path("/boot/loader/entries/late.conf")
_RELEASE = platform.release()
_TREE = Path("/lib/modules", _RELEASE, "kernel/net/sctp")
_IMAGE = f"title Late\nlinux /vmlinuz-{_RELEASE}\noptions quiet"
_APART = 3.0
"""Seconds between two changes: each finds an agent that has come to rest."""

Step = tuple[str, Callable[[], object], str]


def _enter(options: str) -> None:
    """Write the entry beside its place, as who must not leave half of one does."""
    for path, text in ((_GRUB, "blscfg\n"), (_ENTRY, f"{_IMAGE} {options}\n")):
        path.parent.mkdir(parents=True, exist_ok=True)
        new = path.with_suffix(".new")
        new.write_text(text, encoding="ascii")
        new.rename(path)


def _steps() -> Iterator[Step]:
    """Yield each change with the sample that it leads to."""
    state, boot = (f'sctp_node_{kind}state{{state="%s"}} 1' for kind in ("", "boot_"))
    module = 'sctp_node_module_state{state="%s"} 1'
    away = _TREE.with_name("away")
    yield (
        "a file in modprobe.d",
        lambda: _DENIAL.write_text("blacklist sctp\n", encoding="ascii"),
        state % "unavailable",
    )
    yield "the file is removed", _DENIAL.unlink, state % "on_demand"
    yield (
        "a file in modules-load.d",
        lambda: _DECLARATION.write_text("sctp\n", encoding="ascii"),
        boot % "ready",
    )
    yield (
        "a boot entry in a new folder",
        lambda: _enter("module_blacklist=sctp"),
        boot % "unavailable",
    )
    yield "the entry is replaced", lambda: _enter("ro"), boot % "ready"
    yield "the module is moved away", lambda: _TREE.rename(away), module % "missing"
    yield "the module is back", lambda: away.rename(_TREE), module % "loadable"
    yield "nothing is declared", _DECLARATION.unlink, boot % "on_demand"


def seen(scrape: Callable[[], str]) -> dict[str, float | None]:
    """Return the seconds from each change to the metric; None if it did not come.

    Nor may it have been there before.
    """
    found: dict[str, float | None] = {}
    for name, change, wanted in _steps():
        time.sleep(_APART)
        was_there = wanted in scrape()
        change()
        found[name] = None if was_there else _taken(wanted, scrape)
    return found


def _taken(wanted: str, scrape: Callable[[], str]) -> float | None:
    start = time.monotonic()
    while time.monotonic() - start < _APART:
        if wanted in scrape():
            return time.monotonic() - start
        time.sleep(0.02)
    return None
