"""Files for others: whole, gone without a trace if not, and led astray by nothing."""

import os
import resource
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from agent.daemon.whole_file import UnsafeFolderError, WholeFile

Trap = Callable[[Path, Path], None]


def test_readers_see_the_old_or_the_new(tmp_path: Path) -> None:
    """Whoever has opened the old file reads it to its end."""
    path = tmp_path / "x"
    file = WholeFile(str(path))
    file.write(b"old")
    with path.open("rb") as reader:
        file.write(b"newer")
        assert reader.read() == b"old"
    assert path.read_bytes() == b"newer"


def link(victim: Path, place: Path) -> None:
    """Lay a link to another file."""
    place.symlink_to(victim)


def hard_link(victim: Path, place: Path) -> None:
    """Lay a second name of another file."""
    os.link(victim, place)


def pipe(_: Path, place: Path) -> None:
    """Lay a pipe, which nobody reads: opening it would wait for ever."""
    os.mkfifo(place)


@pytest.mark.parametrize("trap", [link, hard_link, pipe])
@pytest.mark.parametrize("name", ["x", ".x.new", f".x.{'0' * 16}.new"])
def test_traps(tmp_path: Path, trap: Trap, name: str) -> None:
    """What stands where we write, or where we once wrote, is not written through."""
    victim, folder = tmp_path / "victim", tmp_path / "folder"
    victim.write_text("kept")
    folder.mkdir()
    trap(victim, folder / name)

    WholeFile(str(folder / "x")).write(b"new")

    assert victim.read_text() == "kept"
    assert (folder / "x").read_bytes() == b"new"
    assert stat.S_ISREG((folder / "x").lstat().st_mode)


@pytest.mark.parametrize("trap", [link, hard_link, pipe])
def test_name_that_was_guessed(
    tmp_path: Path, trap: Trap, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even then nothing is opened that was there."""
    victim, folder = tmp_path / "victim", tmp_path / "folder"
    victim.write_text("kept")
    folder.mkdir()
    file = WholeFile(str(folder / "x"))
    file.write(b"old")
    monkeypatch.setattr("secrets.token_hex", lambda _: "guessed")
    trap(victim, folder / ".x.guessed.new")

    with pytest.raises(FileExistsError):
        file.write(b"new")
    assert victim.read_text() == "kept"
    assert (folder / "x").read_bytes() == b"old"


@contextmanager
def room_for(size: int) -> Iterator[None]:
    """Let the kernel write no more than that into a file."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_failed_write_leaves_nothing(tmp_path: Path) -> None:
    """As on a full disk: the old file stays, and nothing lies beside it."""
    file = WholeFile(str(tmp_path / "x"))
    file.write(b"old")
    with room_for(5), pytest.raises(OSError, match="large"):
        file.write(b"much longer")

    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"old"]


def test_folder_in_the_place_of_the_file(tmp_path: Path) -> None:
    """It stays, and nothing lies beside it."""
    (tmp_path / "x" / "y").mkdir(parents=True)
    with pytest.raises(OSError, match="directory"):
        WholeFile(str(tmp_path / "x")).write(b"new")

    assert [path.name for path in tmp_path.iterdir()] == ["x"]


def test_what_a_killed_run_left_is_cleaned(tmp_path: Path) -> None:
    """Our own unfinished files go, whatever else is there stays."""
    others = {"x.new", ".xy.new", ".x.0.new", ".y.0123456789abcdef.new"}
    for name in (*others, ".x.new", ".x.0123456789abcdef.new"):
        (tmp_path / name).touch()
    folder, foreign = (tmp_path / f".x.{digit * 16}.new" for digit in "12")
    folder.mkdir()
    foreign.touch()
    os.chown(foreign, 1234, 1234)

    WholeFile(str(tmp_path / "x")).write(b"new")

    left = {path.name for path in tmp_path.iterdir()}
    assert left == {"x", folder.name, foreign.name, *others}


@pytest.mark.parametrize(
    ("mode", "owner", "group", "refused"),
    [
        pytest.param(0o755, 0, 0, False, id="ours"),
        pytest.param(0o755, 1234, 1234, False, id="an exporter's own"),
        pytest.param(0o775, 0, 0, False, id="the group is ours"),
        pytest.param(0o775, 0, 1234, True, id="a group may write"),
        pytest.param(0o777, 0, 0, True, id="anybody may write"),
        pytest.param(0o1777, 0, 0, False, id="sticky, as /tmp"),
        pytest.param(0o1777, 1234, 0, True, id="sticky, but not ours"),
    ],
)
def test_folders(
    tmp_path: Path,
    mode: int,
    owner: int,
    group: int,
    refused: bool,  # noqa: FBT001  # a column
) -> None:
    """Where others may replace what we have written, it is not ours to vouch for."""
    folder = tmp_path / "folder"
    folder.mkdir()
    os.chown(folder, owner, group)
    folder.chmod(mode)
    file = WholeFile(str(folder / "x"))
    if refused:
        with pytest.raises(UnsafeFolderError, match="others may write"):
            file.write(b"new")
    else:
        file.write(b"new")
    assert (folder / "x").exists() != refused


def test_removed_if_it_was_written_here(tmp_path: Path) -> None:
    """A file that was there before is not ours, and one that is gone is no fault."""
    path = tmp_path / "x"
    path.write_text("another's")
    file = WholeFile(str(path))
    file.remove()
    assert path.exists()

    file.write(b"ours")
    file.remove()
    assert not path.exists()

    file.write(b"ours")
    path.unlink()
    file.remove()
    path.write_text("another's")
    file.remove()
    assert path.exists()
