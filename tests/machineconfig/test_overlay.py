"""Files of MachineConfigs over those of a node: theirs win, the rest stays."""

import pytest

from agent.hostfs.host import Host
from agent.hostfs.values import Kind, Presence
from agent.machineconfig.overlay import OverlayHost
from tests.nodes import ETC, Link, MakeNode

MINE = f"{ETC}/mine.conf"


@pytest.fixture
def overlay(make_node: MakeNode) -> OverlayHost:
    """Return a node with one file replaced, one added and one masked."""
    node = make_node(
        {
            f"{ETC}/theirs.conf": "theirs",
            f"{ETC}/link.conf": Link("theirs.conf"),
            "/usr/lib/x/real": "real",
        }
    )
    written = {
        MINE: b"mine",
        f"{ETC}/link.conf": b"",
        "/lib/x/new": b"new",
        "/opt/deep/er": None,
    }
    return OverlayHost(written, Host(str(node.root), live=False), {})


@pytest.mark.parametrize(
    ("path", "presence", "data"),
    [
        pytest.param(MINE, Presence.PRESENT, b"mine", id="added"),
        pytest.param(f"{ETC}/link.conf", Presence.EMPTY, b"", id="in place of a link"),
        pytest.param(f"{ETC}/theirs.conf", Presence.PRESENT, b"theirs", id="untouched"),
        pytest.param(
            "/usr/lib/x/new", Presence.PRESENT, b"new", id="by the other name"
        ),
        pytest.param("/lib/x/real", Presence.PRESENT, b"real", id="beside a new one"),
        pytest.param("/opt/deep/er", Presence.EMPTY, b"", id="masked"),
        pytest.param("/opt/none", Presence.ABSENT, b"", id="in neither"),
    ],
)
def test_read(overlay: OverlayHost, path: str, presence: Presence, data: bytes) -> None:
    """A written file is read in place of the node's own."""
    found = overlay.read(path)

    assert (found.presence, found.data) == (presence, data)
    assert overlay.head(path, 3) == data[:3]


def test_limit(overlay: OverlayHost) -> None:
    """The limit of a read holds for written files too."""
    assert overlay.read(MINE, limit=3).presence == Presence.UNREADABLE


@pytest.mark.parametrize(
    ("path", "kind", "target", "real"),
    [
        pytest.param(MINE, Kind.FILE, "", MINE, id="file"),
        pytest.param(
            f"{ETC}/link.conf", Kind.FILE, "", f"{ETC}/link.conf", id="was link"
        ),
        pytest.param("/opt/deep/er", Kind.NULL, "/dev/null", "/opt/deep/er", id="mask"),
        pytest.param("/opt/deep", Kind.DIRECTORY, "", "/opt/deep", id="new folder"),
        pytest.param("/lib", Kind.DIRECTORY, "usr/lib", "/usr/lib", id="old link"),
        pytest.param("/none", Kind.NOTHING, "", "", id="nothing"),
    ],
)
def test_kind(
    overlay: OverlayHost, path: str, kind: Kind, target: str, real: str
) -> None:
    """Written files are plain ones, or links to the null device."""
    assert overlay.kind(path) == kind
    assert overlay.link_target(path) == target
    assert overlay.real_path(path) == real
    assert (overlay.mode(path) is None) == (kind in {Kind.NOTHING, Kind.DIRECTORY}) or (
        path == "/lib"
    )


@pytest.mark.parametrize(
    ("path", "names"),
    [
        pytest.param(ETC, ("link.conf", "mine.conf", "theirs.conf"), id="both"),
        pytest.param("/usr/lib/x", ("new", "real"), id="by a link"),
        pytest.param("/opt", ("deep",), id="new ones only"),
        pytest.param("/etc/modules-load.d", (), id="old ones only"),
        pytest.param("/none", (), id="none"),
    ],
)
def test_listdir(overlay: OverlayHost, path: str, names: tuple[str, ...]) -> None:
    """A folder holds the node's names and the written ones."""
    found = overlay.listdir(path)

    assert found.names == names
    assert (found.kind == Kind.NOTHING) == (path == "/none")


def test_open(overlay: OverlayHost) -> None:
    """A descriptor has the content, from either."""
    for path in (MINE, f"{ETC}/theirs.conf"):
        with overlay.open(path) as fd, open(fd, "rb", closefd=False) as stream:
            assert stream.read() == overlay.read(path).data
    with pytest.raises(FileNotFoundError), overlay.open("/none"):
        pass


def test_over_nothing() -> None:
    """Without a node there are the written files, and links between folders."""
    overlay = OverlayHost({"/lib/a/b": b"x"}, None, {"/lib": "/usr/lib"})

    assert overlay.listdir("/").names == ("usr",)
    assert overlay.read("/usr/lib/a/b").data == b"x" == overlay.head("/lib/a/b", 9)
    assert overlay.real_path("/lib/a/b") == "/usr/lib/a/b"
    assert (overlay.kind("/x"), overlay.link_target("/x")) == (Kind.NOTHING, "")
    assert (overlay.real_path("/x"), overlay.mode("/x"), overlay.head("/x", 1)) == (
        "",
        None,
        b"",
    )
    assert (
        overlay.read("/x").presence == Presence.ABSENT == overlay.listdir("/x").presence
    )
    with pytest.raises(FileNotFoundError), overlay.open("/x"):
        pass
