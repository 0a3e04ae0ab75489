"""Boot loaders other than GRUB: their entries, and which of them may start."""

import os
from collections.abc import Iterator
from dataclasses import dataclass

from agent.bootloader import bls, menus, systemd_boot
from agent.bootloader.entry import Entry
from agent.facts import Gap
from agent.hostfs.host import Host
from agent.hostfs.values import Kind, UnseenError
from agent.sources import boot_variables
from agent.sources.lenient import gap_of, list_names, text_of

_PARTITIONS = ("/boot", "/efi", "/boot/efi")
_EXTLINUX = ("/boot/extlinux/extlinux.conf", "/extlinux/extlinux.conf")
_RASPBERRY = ("/boot/firmware/cmdline.txt", "/boot/cmdline.txt")
_ZIPL = "/etc/zipl.conf"
_KARGS = "/usr/lib/bootc/kargs.d"
_HEAD = 1 << 12  # bytes in which a PE file's table of sections lies
_LONGEST = 4096  # bytes of a command line


@dataclass(frozen=True, slots=True)
class Menu:
    """What one boot loader may start: one entry where it is known which.

    *loader* is its name, for a message.
    """

    loader: str
    entries: tuple[Entry, ...]


def menu(host: Host, gaps: list[Gap]) -> Menu | None:
    """Return the menu of the first loader that was found, None for none."""
    for loader in (_zipl, _systemd_boot, _extlinux, _raspberry, _image):
        candidate = loader(host, gaps)
        if candidate:
            return candidate
    return None


def _systemd_boot(host: Host, gaps: list[Gap]) -> Menu | None:
    entries: list[Entry] = []
    pattern = ""
    for partition in _PARTITIONS:
        entries += _of_folder(host, partition, gaps)
        entries += _unified_images(host, partition, gaps)
        config = text_of(host, f"{partition}/loader/loader.conf", gaps)
        pattern = systemd_boot.default_pattern(config or "") or pattern
    if not entries:
        return None
    pattern = boot_variables.saved(host, pattern, gaps)
    choices = (*boot_variables.patterns(host, gaps), pattern)
    return Menu("systemd-boot", systemd_boot.matching(choices, entries))


def _of_folder(host: Host, partition: str, gaps: list[Gap]) -> Iterator[Entry]:
    """Yield the entries of the Boot Loader Specification, type 1."""
    folder = f"{partition}/loader/entries"
    for name in list_names(host, folder, gaps):
        path = f"{folder}/{name}"
        text = text_of(host, path, gaps) if name.endswith(".conf") else None
        entry = bls.parse(path, text, None) if text else None
        if entry:
            yield entry


def _unified_images(host: Host, partition: str, gaps: list[Gap]) -> Iterator[Entry]:
    """Yield the unified images, and each with the arguments of its addons.

    systemd-stub takes addons unless Secure Boot is on and their key is not trusted.
    """
    folder = f"{partition}/EFI/Linux"
    for name in list_names(host, folder, gaps):
        if not name.lower().endswith(".efi"):
            continue
        path = f"{folder}/{name}"
        try:
            with host.open(path) as fd:
                names, texts = _sections(fd)
        except UnseenError as error:
            gaps.append(gap_of(error))
        except OSError:
            continue  # no file that a boot loader could start
        else:
            if ".linux" in names:
                image = f"/vmlinuz-{texts.get('.uname', '')}"
                arguments = texts.get(".cmdline", "")
                yield Entry(frozenset({name}), image, arguments, path)
                places = (f"{path}.extra.d", f"{partition}/loader/addons")
                more = " ".join(_addons(host, places, gaps))
                if more:
                    arguments = f"{arguments} {more}"
                    yield Entry(frozenset({name}), image, arguments, path)


def _addons(host: Host, places: tuple[str, ...], gaps: list[Gap]) -> Iterator[str]:
    for folder in places:
        for name in list_names(host, folder, gaps):
            if not name.lower().endswith(".addon.efi"):
                continue
            try:
                with host.open(f"{folder}/{name}") as fd:
                    yield _sections(fd)[1].get(".cmdline", "")
            except UnseenError as error:
                gaps.append(gap_of(error))
            except OSError:
                continue  # no file that could be read as one


def _sections(fd: int) -> tuple[frozenset[str], dict[str, str]]:
    """Return the names of the image's sections, and the texts of two of them."""
    sections = systemd_boot.sections(os.pread(fd, _HEAD, 0))
    texts = {
        key: os.pread(fd, min(size, _LONGEST), offset)
        .rstrip(b"\0\n")
        .decode("utf-8", "backslashreplace")
        for key, (offset, size) in sections.items()
        if key in {".cmdline", ".uname"}
    }
    return frozenset(sections), texts


def _extlinux(host: Host, gaps: list[Gap]) -> Menu | None:
    for path in _EXTLINUX:
        text = text_of(host, path, gaps)
        if text is not None:
            return _menu("extlinux", *menus.extlinux(path, text))
    return None


def _zipl(host: Host, gaps: list[Gap]) -> Menu | None:
    """Read what zipl writes: the default, else the newest of /boot/loader/entries."""
    text = text_of(host, _ZIPL, gaps)
    if text is None:
        return None
    entries, default = menus.zipl(_ZIPL, text)
    newest_first = menus.newest_first(_of_folder(host, _PARTITIONS[0], gaps))
    candidates = (*entries, *newest_first)
    defaults = tuple(entry for entry in candidates if default in entry.names)
    return Menu("zipl", defaults or entries or newest_first[:1])


def _menu(loader: str, entries: tuple[Entry, ...], default: str) -> Menu:
    defaults = tuple(entry for entry in entries if default in entry.names)
    return Menu(loader, defaults or entries)


def _raspberry(host: Host, gaps: list[Gap]) -> Menu | None:
    """Read the arguments that the Raspberry Pi's firmware gives to its kernel."""
    for path in _RASPBERRY:
        text = text_of(host, path, gaps)
        if text is not None:
            line = text.partition("\n")[0].strip()
            return Menu(
                "the Raspberry Pi's firmware", (Entry(frozenset(), "", line, path),)
            )
    return None


def _image(host: Host, gaps: list[Gap]) -> Menu | None:
    """Read the arguments that an image of bootc brings along before it is a node.

    Some are for one architecture only, of which the files do not say which it is.
    """
    if host.live or host.kind(_KARGS) != Kind.DIRECTORY:
        return None
    words: list[str] = []
    others: list[str] = []
    for name in list_names(host, _KARGS, gaps):
        path = f"{_KARGS}/{name}"
        text = text_of(host, path, gaps) if name.endswith(".toml") else None
        import tomllib  # few nodes have such a file

        try:
            table = tomllib.loads(text or "")
        except tomllib.TOMLDecodeError as error:
            gaps.append(Gap(path, f"is no TOML: {error}"))
            continue
        kargs = table.get("kargs", [])
        extra = [str(word) for word in (kargs if isinstance(kargs, list) else ())]
        others += extra
        words += () if "match-architectures" in table else extra
    choices = dict.fromkeys((" ".join(words), " ".join(others)))
    entries = (Entry(frozenset(), "", choice, _KARGS) for choice in choices)
    return Menu("bootc", tuple(entries)) if others else None
