"""The kernel's list of mounts, and what of it is in memory only."""

import pytest

from agent.kernel.mountinfo import Mount, mount_in_memory, parse, type_of

_DISK = "1 0 8:1 / / rw shared:1 - ext4 /dev/a rw"


@pytest.mark.parametrize(
    "cut",
    [
        pytest.param("", id="empty"),
        pytest.param("2 1 0:5 /", id="before its mount point"),
        pytest.param("2 1 0:5 / /etc rw", id="before its options"),
        pytest.param("2 1 0:5 / /etc rw -", id="before its type"),
        pytest.param("2 1 0:5 / /etc rw a:1 b:2 c:3 d:4 e:5", id="no end of options"),
    ],
)
def test_line_that_is_cut_is_no_mount(cut: str) -> None:
    """The others stand."""
    assert parse(f"{cut}\n{_DISK}\n") == (Mount("/", "ext4"),)


@pytest.mark.parametrize(
    ("line", "mount"),
    [
        pytest.param(_DISK, Mount("/", "ext4"), id="optional field"),
        pytest.param(
            "1 0 8:1 / / rw a:1 b:2 - ext4 d", Mount("/", "ext4"), id="no options"
        ),
        pytest.param(
            "1 0 8:1 / /- rw - tmpfs t rw", Mount("/-", "tmpfs"), id="dash as a name"
        ),
        pytest.param(
            r"1 0 0:1 / /a rw - overlay o upperdir=/u\040p",
            Mount("/a", "overlay", "/u p"),
            id="escaped folder of an overlay",
        ),
    ],
)
def test_mount(line: str, mount: Mount) -> None:
    """Where, of which type, and where an overlay writes."""
    assert parse(line) == (mount,)


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        pytest.param("1 0 8:1 / / rw - ext4 d rw", "ext4", id="there"),
        pytest.param("1 0 8:1 / / rw a:1", None, id="not there"),
    ],
)
def test_type(fields: str, found: str | None) -> None:
    """None where the line does not say."""
    assert type_of(fields.split(" ")) == found


_OVERLAY = Mount("/etc", "overlay", "/run/u")
_TMPFS = Mount("/run", "tmpfs")
_ROOT = Mount("/", "ext4")


@pytest.mark.parametrize(
    ("mounts", "path", "found"),
    [
        pytest.param((_ROOT,), "/etc/a", None, id="disk"),
        pytest.param((_ROOT, _TMPFS), "/run/a", _TMPFS, id="memory"),
        pytest.param((_ROOT, _TMPFS), "/running", None, id="similar name"),
        pytest.param((_ROOT, _TMPFS, Mount("/run", "xfs")), "/run/a", None, id="over"),
        pytest.param((_ROOT, _TMPFS, _OVERLAY), "/etc/a", _OVERLAY, id="overlay"),
        pytest.param((_ROOT, _OVERLAY), "/etc/a", None, id="overlay that is kept"),
        pytest.param((), "/etc/a", None, id="no list"),
        pytest.param(
            (_ROOT, Mount("/etc", "overlay", "/etc/u")), "/etc/a", None, id="circle"
        ),
    ],
)
def test_mount_in_memory(
    mounts: tuple[Mount, ...], path: str, found: Mount | None
) -> None:
    """The mount of the path, where all that is written to it is in memory."""
    assert mount_in_memory(mounts, path) == found
