"""Watches on what was asked: real files that change, links, folders yet to come."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from agent.hostfs import inotify, watches
from agent.hostfs.host import Host
from agent.hostfs.watches import Watches

Change = Callable[[Path], object]
ASKED = "/etc/modprobe.d"
NO_TEXT = os.fsdecode(b"\xff.conf")


@pytest.fixture(name="watched")
def _watched() -> Iterator[Watches]:
    watched = Watches()
    yield watched
    watched.close()


@pytest.fixture(name="root")
def _root(tmp_path: Path) -> Path:
    """Make a node with a file, a folder that is a link, and a link to a file."""
    root = tmp_path / "root"
    for folder in ("etc/modprobe.d", "opt/elsewhere", "usr/lib/modules", "run"):
        (root / folder).mkdir(parents=True)
    (root / "lib").symlink_to("usr/lib")
    (root / f"etc/modprobe.d/{NO_TEXT}").write_text("")
    (root / "etc/modprobe.d/a.conf").write_text("blacklist sctp\n")
    (root / "etc/modules-load.d").symlink_to("../opt/elsewhere")
    (root / "opt/elsewhere/b.conf").write_text("sctp\n")
    (root / "opt/release").write_text("ID=x\n")
    (root / "etc/os-release").symlink_to("/opt/release")
    return root


def ask(root: Path, watched: Watches) -> None:
    """Ask what an evaluation would."""
    host = Host(str(root), live=True, watches=watched)
    for folder in (ASKED, "/etc/modules-load.d", "/run/modprobe.d"):
        for name in host.listdir(folder).names:
            host.read(f"{folder}/{name}")
    host.read("/lib/modules/6.1/modules.dep.bin")
    host.read("/etc/os-release")
    host.listdir("/proc/sys/net")


def _replace(path: Path, text: str) -> None:
    """Write as careful programs do: beside it, then in its place."""
    beside = path.with_name(f".{path.name}.new")
    beside.write_text(text)
    beside.rename(path)


CHANGES: dict[str, Change] = {
    "a file is written": lambda r: (r / "etc/modprobe.d/a.conf").write_text("#"),
    "a file is replaced": lambda r: _replace(r / "etc/modprobe.d/a.conf", "#"),
    "a file is removed": lambda r: (r / "etc/modprobe.d/a.conf").unlink(),
    "a file may not be read": lambda r: (r / "etc/modprobe.d/a.conf").chmod(0),
    "a new file in a listed folder": lambda r: (r / "etc/modprobe.d/z").touch(),
    "a file behind a folder that is a link": lambda r: (
        r / "opt/elsewhere/b.conf"
    ).write_text("#"),
    "a folder that is a link leads elsewhere": lambda r: (
        r / "etc/modules-load.d"
    ).rename(r / "etc/before"),
    "what a link leads to is written": lambda r: (r / "opt/release").write_text("ID=y"),
    "the folder is moved away": lambda r: (r / "etc/modprobe.d").rename(r / "etc/old"),
    "the folder comes into being": lambda r: (r / "run/modprobe.d").mkdir(),
    "the kernel's folder comes into being": lambda r: (
        r / "usr/lib/modules/6.1"
    ).mkdir(),
    "a link on the way leads elsewhere": lambda r: (r / "lib").unlink(),
    "a file whose name is no text is written": lambda r: (
        r / f"etc/modprobe.d/{NO_TEXT}"
    ).write_text("#"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_change_of_an_answer_is_news(
    change: Change, root: Path, watched: Watches
) -> None:
    """And it is told once."""
    ask(root, watched)
    assert not watched.drain()

    change(root)

    assert watched.drain()
    assert not watched.drain()


QUIET: dict[str, Change] = {
    "another file of a folder that was not listed": lambda r: (
        r / "etc/hostname"
    ).write_text("x"),
    "another folder beside one that is missing": lambda r: (r / "run/lock").mkdir(),
    "a file of a listed folder that nobody read": lambda r: (
        r / "etc/modprobe.d/README"
    ).write_text("x"),
    "reading": lambda r: (r / "etc/modprobe.d/a.conf").read_text(),
}


@pytest.mark.parametrize("change", QUIET.values(), ids=QUIET.keys())
def test_what_nobody_asked_for_is_none(
    change: Change, root: Path, watched: Watches
) -> None:
    """Folders that are always busy wake nobody."""
    (root / "etc/modprobe.d/README").touch()
    host = Host(str(root), live=True, watches=watched)
    host.listdir(ASKED)
    for path in (f"{ASKED}/a.conf", "/etc/os-release", "/run/modprobe.d/a.conf"):
        host.read(path)

    change(root)

    assert not watched.drain()


def test_folder_that_has_come_into_being_is_watched(
    root: Path, watched: Watches
) -> None:
    """As soon as an evaluation has looked into it, what is in there is news as well."""
    ask(root, watched)
    (root / "run/modprobe.d").mkdir()
    assert watched.drain()
    watched.next_round()
    ask(root, watched)

    (root / "run/modprobe.d/new.conf").write_text("blacklist sctp\n")

    assert watched.drain()


def test_what_is_asked_no_more_is_watched_no_more(root: Path, watched: Watches) -> None:
    """After two rounds the kernel has none of these watches."""
    ask(root, watched)
    before = _kernel_holds(watched)

    for _ in range(3):
        watched.next_round()
        Host(str(root), live=True, watches=watched).read("/etc/os-release")

    assert 0 < _kernel_holds(watched) < before
    (root / "etc/modprobe.d/a.conf").unlink()
    watched.drain()
    assert not watched.drain()


def _kernel_holds(watched: Watches) -> int:
    text = Path(f"/proc/self/fdinfo/{watched.descriptor}").read_text()
    return text.count("inotify wd:")


def test_kernel_files_are_not_watched(watched: Watches) -> None:
    """They never tell."""
    host = Host("/", live=True, watches=watched)

    host.listdir("/proc/sys/net")
    host.read("/proc/modules")

    assert _kernel_holds(watched) == 0


def test_folders_are_bounded(
    root: Path, watched: Watches, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is more is left to the interval."""
    monkeypatch.setattr(watches, "_MOST", 2)

    ask(root, watched)

    assert _kernel_holds(watched) == 2


def test_without_a_watch_the_answer_is_the_same(
    root: Path, watched: Watches, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The kernel's limit costs the news, not the answer."""

    def refuse(*_: object) -> int:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(inotify, "add", refuse)

    found = Host(str(root), live=True, watches=watched).read("/etc/os-release")

    assert found.text == "ID=x\n"


def test_event_of_a_watch_just_made_is_news(
    watched: Watches, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may come before the watch is noted down."""
    data = inotify._EVENT.pack(1, inotify.CONTENT, 0, 0)  # noqa: SLF001
    monkeypatch.setattr(os, "read", lambda *_: data)

    assert watched.drain()


@pytest.mark.parametrize(
    ("mask", "news"),
    [
        (inotify.OVERFLOW, True),
        (inotify.UNMOUNTED, True),
        (inotify.ENDED, True),
        (inotify.CONTENT, False),
    ],
    ids=["events lost", "unmounted", "ended", "another name"],
)
def test_what_the_kernel_tells(
    mask: int,
    news: bool,  # noqa: FBT001  # a column of the table
    root: Path,
    watched: Watches,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Lost events may have been news; a watch that ended is made again when asked."""
    ask(root, watched)
    watch = -1 if mask == inotify.OVERFLOW else 1
    data = inotify._EVENT.pack(watch, mask, 0, 16) + b"other".ljust(16, b"\0")  # noqa: SLF001
    monkeypatch.setattr(os, "read", lambda *_: data)

    assert watched.drain() is news
