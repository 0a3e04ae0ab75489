"""What was mounted below a root, and what the paths around that are."""

import builtins
import io
import os
from pathlib import Path

import pytest

from agent.hostfs import mounts
from agent.hostfs.host import Host
from agent.hostfs.mounts import NOT_GIVEN, Coverage, Mounts, mounted_below, parse
from agent.hostfs.values import Kind, Presence

VIEW = Mounts(("/etc/modprobe.d", "/usr/lib"))


def _lines(*points: str) -> str:
    return "".join(f"36 35 98:0 /x {point} ro - ext4 /dev/a ro\n" for point in points)


@pytest.mark.parametrize(
    ("points", "mounts"),
    [
        pytest.param(("/", "/host/etc/a"), ("/etc/a",), id="below"),
        pytest.param(("/hosting/a", "/host/b"), ("/b",), id="similar name"),
        pytest.param((r"/host/a\040\134b", "/x"), (r"/a \b",), id="escaped"),
        pytest.param(("/host/b", "/host/a", "/host/a"), ("/a", "/b"), id="several"),
    ],
)
def test_mounts(points: tuple[str, ...], mounts: tuple[str, ...]) -> None:
    """Those below the root, as the node calls them."""
    assert parse(f"no mount\n{_lines(*points)}", "/host") == Mounts(mounts)


@pytest.mark.parametrize(
    ("points", "root", "message"),
    [
        pytest.param(("/", "/proc"), "/host", "nothing is mounted below", id="none"),
        pytest.param(("/host", "/host/a"), "/host", "is itself a mount", id="root"),
        pytest.param(("/", "/proc"), "/", "is itself a mount", id="top"),
    ],
)
def test_no_such_view(points: tuple[str, ...], root: str, message: str) -> None:
    """What cannot be meant is refused."""
    with pytest.raises(ValueError, match=message):
        parse(_lines(*points), root)


def test_list_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """A list that is longer than any is not read to its end."""
    monkeypatch.setattr(mounts, "_LIMIT", 8)
    monkeypatch.setattr(builtins, "open", lambda *_: io.BytesIO(b"x" * 100))

    with pytest.raises(ValueError, match="larger than 8 bytes"):
        mounted_below("/host")


@pytest.mark.parametrize(
    ("path", "place", "found"),
    [
        pytest.param(
            "/etc/modprobe.d/a", Coverage.WITHIN, "/etc/modprobe.d/a", id="in"
        ),
        pytest.param("/etc/modprobe.d", Coverage.WITHIN, "/etc/modprobe.d", id="on"),
        pytest.param("/etc", Coverage.ABOVE, "/etc", id="above"),
        pytest.param("/", Coverage.ABOVE, "/", id="top"),
        pytest.param("/etc/modprobe.dx", Coverage.ELSEWHERE, "", id="similar"),
        pytest.param("/run/modprobe.d", Coverage.ELSEWHERE, "", id="elsewhere"),
        pytest.param("/lib/a", Coverage.ELSEWHERE, "/usr/lib/a", id="merged"),
        pytest.param("/usr/lib64/a", Coverage.ELSEWHERE, "", id="merged, elsewhere"),
    ],
)
def test_place(path: str, place: Coverage, found: str) -> None:
    """On or below a mount, on the way to one, or not given."""
    assert (VIEW.place(path), VIEW.found_at(path)) == (place, found)


def test_part_of_the_view() -> None:
    """Below a mount everything is given, above it what is mounted there."""
    assert VIEW.below("/usr/lib/x") is None
    assert VIEW.below("/usr") == Mounts(("/lib",))


def test_files(tmp_path: Path) -> None:
    """What was not given is unreadable, whether it is there or not."""
    for path, text in (("etc/modprobe.d/a", "a"), ("etc/b", "b"), ("usr/lib/c", "c")):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    folder = tmp_path / "etc/modprobe.d"
    for name, target in (("out", "../b"), ("in", "/lib/c"), ("mask", "/dev/null")):
        (folder / name).symlink_to(target)
    (folder / "chain").symlink_to("mask")
    host = Host(str(tmp_path), live=True, mounts=VIEW)

    assert [host.read(f"/etc/modprobe.d/{n}").text for n in ("a", "in")] == ["a", "c"]
    assert host.read("/lib/c").text == "c"
    assert host.real_path("/lib/c") == "/usr/lib/c"
    for path in ("/etc/b", "/etc/none", "/etc/modprobe.d/out", "/run/x"):
        file = host.read(path)
        assert (file.presence, file.problem) == (Presence.UNREADABLE, NOT_GIVEN)
        assert host.kind(path) == Kind.UNKNOWN
    assert host.read("/etc/modprobe.d/none").presence == Presence.ABSENT
    assert host.listdir("/etc").problem == NOT_GIVEN
    assert host.listdir("/usr/lib").names == ("c",)
    assert host.kind("/etc/modprobe.d/chain") == Kind.NULL
    assert host.at("/usr/lib").mounts is None
    assert host.read("/proc/version").data == Path("/proc/version").read_bytes()
    assert host.of_init("ns/net") is None  # process 1 here may be a container's
    assert os.path.exists("/proc/1")
