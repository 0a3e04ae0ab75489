"""Which entry GRUB starts next: next_entry, saved_entry, or the first."""

import re
from collections.abc import Sequence

from agent.bootloader.entry import Entry
from agent.bootloader.grub_cfg import Menu

_DEFAULT = re.compile(r"^[ \t]*set[ \t]+default=(.*)$", re.MULTILINE)

_POSITION = re.compile("[0-9]{1,4}")


def default_names(text: str, environment: dict[str, str]) -> tuple[str, ...]:
    """Return what grub.cfg's *text* and grubenv call the next entry, best first.

    `next_entry` is for one boot; `saved_entry` counts only where grub.cfg asks
    for it (GRUB_DEFAULT=saved); otherwise the fixed default, else the first.
    """
    names = [environment.get("next_entry", "")]
    for value in _DEFAULT.findall(text):
        word = value.strip().strip("\"'")
        if "saved_entry" in word:
            names.append(environment.get("saved_entry", ""))
        elif word and "$" not in word:
            names.append(word)
    return tuple(name for name in (*names, "0") if name)


def choose(
    names: Sequence[str], menu: Menu, bls_entries: Sequence[Entry]
) -> Entry | None:
    """Return the entry that the first of *names* means, None if none is found.

    A name that means nothing makes GRUB take the first entry.
    """
    name = names[0]
    if not menu.uses_bls:
        return menu.find(name) or menu.find("0")
    for entry in bls_entries:
        if name.removesuffix(".conf") in entry.names:
            return entry
    position = int(name) if _POSITION.fullmatch(name) else 0
    return (*bls_entries[position : position + 1], *bls_entries[:1], None)[0]
