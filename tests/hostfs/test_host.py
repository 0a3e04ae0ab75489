"""The node's file system under a root: what it is asked, and how it may misbehave."""

import contextlib
import os
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from agent.hostfs.host import CONFIG_LIMIT, Host
from agent.hostfs.values import Kind, Presence

pytestmark = pytest.mark.timeout(300)  # nothing here may hang

AS_NOBODY = """
import os, sys
from agent.hostfs.host import Host
from agent.hostfs.values import UnseenError
if os.getuid() == 0:
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
host = Host(sys.argv[1], live=False)
print(host.read("/secret").presence, host.read("/secret").problem)
print(host.listdir("/closed").presence)
questions = (host.kind, host.mode, host.real_path, host.link_target)
for ask in (*questions, lambda path: host.head(path, 1)):
    try:
        print(ask("/closed/file"))
    except UnseenError as error:
        print(error.problem)
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a node's root beside files that do not belong to the node."""
    (tmp_path / "outside").write_text("not of this node")
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/conf").write_text("not of this node")
    root = tmp_path / "node"
    (root / "etc").mkdir(parents=True)
    (root / "etc/conf").write_text("of this node")
    return root


@pytest.mark.parametrize(
    ("target", "text"),
    [
        pytest.param("conf", "of this node", id="relative"),
        pytest.param("/etc/conf", "of this node", id="absolute"),
        pytest.param("//etc/./conf", "of this node", id="with empty and dot parts"),
        pytest.param("../../../../etc/conf", "of this node", id="above the root"),
        pytest.param("/../../etc/conf", "of this node", id="absolute, above the root"),
        pytest.param("../../outside", "", id="to a file outside, relative"),
        pytest.param("/proc/self/cmdline", "", id="into the agent's own /proc"),
    ],
)
def test_links_resolve_inside_the_root(root: Path, target: str, text: str) -> None:
    """A link means what it means to the node's own processes."""
    (root / "etc/link").symlink_to(target)
    host = Host(str(root), live=False)

    file = host.read("/etc/link")

    assert (file.text, file.readable) == (text, bool(text))
    assert host.link_target("/etc/link") == target
    assert host.real_path("/etc/link") == ("/etc/conf" if text else "")


def test_link_to_a_file_outside_does_not_lead_there(root: Path, tmp_path: Path) -> None:
    """An absolute target that exists outside of the root only is a dangling link."""
    (root / "link").symlink_to(tmp_path / "outside")
    host = Host(str(root), live=False)

    assert host.read("/link").presence == Presence.ABSENT
    assert host.kind("/link") == Kind.DANGLING


def test_linked_directories_resolve_inside_the_root(root: Path) -> None:
    """A link to a directory is followed in the middle of a path as well."""
    (root / "usr/lib/x.d").mkdir(parents=True)
    (root / "usr/lib/x.d/a.conf").write_text("a")
    (root / "lib").symlink_to("usr/lib")
    (root / "etc/x.d").symlink_to("/lib/x.d")
    host = Host(str(root), live=False)

    assert host.read("/etc/x.d/a.conf").text == "a"
    assert host.read("/etc/x.d/../x.d/a.conf").text == "a"
    assert host.real_path("/etc/x.d") == "/usr/lib/x.d"
    assert host.listdir("/etc/x.d").names == ("a.conf",)


@pytest.mark.parametrize(
    ("links", "readable"),
    [
        pytest.param({"l0": "l0"}, False, id="to itself"),
        pytest.param({"l0": "l1", "l1": "l0"}, False, id="loop of two"),
        pytest.param({"l0": "l0/deeper"}, False, id="loop that grows"),
        pytest.param(
            {f"l{n}": f"l{n + 1}" for n in range(39)} | {"l39": "etc/conf"},
            True,
            id="forty links",
        ),
        pytest.param(
            {f"l{n}": f"l{n + 1}" for n in range(40)} | {"l40": "etc/conf"},
            False,
            id="forty-one links",
        ),
        pytest.param({"l0": "x" * 256}, False, id="a name that no file can have"),
        pytest.param({"l0": f"{'x' * 256}/y"}, False, id="such a folder"),
    ],
)
def test_chains_end_where_the_kernel_ends_them(
    root: Path, links: dict[str, str], *, readable: bool
) -> None:
    """What leads nowhere is no file, and the rest is not affected."""
    for name, target in links.items():
        (root / name).symlink_to(target)
    host = Host(str(root), live=False)

    file = host.read("/l0")

    assert file.readable == readable
    assert readable or file.presence == Presence.ABSENT
    assert host.kind("/l0") == (Kind.FILE if readable else Kind.DANGLING)
    assert readable == _readable_in_reality(root / "l0")


@pytest.mark.parametrize(
    "target",
    [
        pytest.param("conf/", id="with a slash"),
        pytest.param("conf//", id="with two"),
        pytest.param("conf/.", id="itself"),
        pytest.param("conf/..", id="what it lies in"),
        pytest.param("conf/../conf", id="its neighbour"),
        pytest.param("plain/", id="behind another link"),
        pytest.param("fifo/", id="no file"),
    ],
)
def test_nothing_is_below_what_is_no_folder(root: Path, target: str) -> None:
    """A link that goes on behind a file, if only by a slash, leads nowhere."""
    (root / "etc/plain").symlink_to("conf")
    os.mkfifo(root / "etc/fifo")
    (root / "etc/link").symlink_to(target)
    host = Host(str(root), live=False)

    assert host.kind("/etc/link") == Kind.DANGLING
    assert host.read("/etc/link").presence == Presence.ABSENT
    assert host.real_path("/etc/link") == ""
    with pytest.raises(NotADirectoryError):  # as for everybody on the node
        (root / "etc/link").stat()


def _readable_in_reality(path: Path) -> bool:
    try:
        return bool(path.read_bytes())
    except OSError:
        return False


def test_absent_empty_present_and_unreadable_are_four_facts(root: Path) -> None:
    """None of them is ever taken for another."""
    (root / "etc/empty").touch()
    host = Host(str(root), live=False)

    assert host.read("/etc/none").presence == Presence.ABSENT
    assert host.read("/etc/empty").presence == Presence.EMPTY
    assert host.read("/etc/conf").presence == Presence.PRESENT
    assert host.read("/etc").presence == Presence.UNREADABLE
    assert host.read("/etc/conf/below").presence == Presence.ABSENT
    assert host.read("/etc").problem == "is a directory"
    assert host.listdir("/none").presence == Presence.ABSENT
    assert host.listdir("/none").kind == Kind.NOTHING
    assert host.listdir("/etc/conf").kind == Kind.FILE
    assert host.listdir("/etc/conf/below").presence == Presence.ABSENT
    (root / "void").mkdir()
    assert host.listdir("/void").presence == Presence.EMPTY


def test_special_files_are_told_apart_and_not_opened(root: Path) -> None:
    """A named pipe would block its reader, a device may do anything when opened."""
    os.mkfifo(root / "pipe")
    with socket.socket(socket.AF_UNIX) as listener:
        # By a short path: the address of a socket has room for 107 bytes.
        with contextlib.chdir(root):
            listener.bind("socket")
        host = Host(str(root), live=False)
        for name in ("/pipe", "/socket"):
            assert host.read(name).presence == Presence.UNREADABLE
            assert host.read(name).problem == "is not a regular file"
            assert host.kind(name) == Kind.SPECIAL
            assert host.listdir(name).kind == Kind.SPECIAL
            assert host.head(name, 4) == b""


def test_devices_of_the_node_are_not_opened() -> None:
    """/dev/zero never ends and /dev/null masks, here with the machine as the node."""
    host = Host("/", live=True)

    assert host.read("/dev/zero").problem == "is not a regular file"
    assert host.kind("/dev/zero") == Kind.SPECIAL
    assert host.kind("/dev/null") == Kind.NULL
    assert host.real_path("/dev/null") == "/dev/null"


def test_link_to_the_null_device_masks_without_a_device(root: Path) -> None:
    """A mounted disk has no devices: the link's target says enough."""
    (root / "etc/mask.conf").symlink_to("/dev/null")
    host = Host(str(root), live=False)

    assert host.kind("/etc/mask.conf") == Kind.NULL
    assert host.read("/etc/mask.conf").presence == Presence.ABSENT


def test_file_beyond_the_limit_is_unreadable(root: Path) -> None:
    """A sparse file of 1 GiB costs no more than the limit; the limit itself fits."""
    with (root / "huge").open("wb") as file:
        file.truncate(1 << 30)
    (root / "full").write_bytes(b"x" * CONFIG_LIMIT)
    host = Host(str(root), live=False)

    assert host.read("/huge").problem == f"larger than {CONFIG_LIMIT} bytes"
    assert len(host.read("/full").data) == CONFIG_LIMIT
    assert host.read("/etc/conf", limit=2).presence == Presence.UNREADABLE
    assert host.head("/huge", 4) == bytes(4)


def test_text_that_is_no_unicode_is_escaped(root: Path) -> None:
    """Bytes of another encoding neither stop the reading nor get lost."""
    (root / "latin").write_bytes(b"caf\xe9")

    assert Host(str(root), live=False).read("/latin").text == "caf\\xe9"


def test_names_come_in_byte_order(root: Path) -> None:
    """As strcmp sorts them, also names that are no Unicode."""
    for name in (b"\xff", b"b", b"a-b", b"a_b", b"Z"):
        os.close(os.open(os.fsencode(root / "etc") + b"/" + name, os.O_CREAT))

    names = Host(str(root), live=False).listdir("/etc").names

    assert [os.fsencode(name) for name in names] == [
        *(b"Z", b"a-b", b"a_b", b"b", b"conf", b"\xff"),
    ]


def test_kinds_and_modes(root: Path) -> None:
    """What a path leads to, and its permission bits."""
    (root / "etc/conf").chmod(0o640)
    (root / "dangling").symlink_to("nowhere")
    host = Host(str(root), live=False)

    assert host.kind("/etc") == Kind.DIRECTORY
    assert host.kind("/etc/none") == Kind.NOTHING
    assert host.kind("/dangling") == Kind.DANGLING
    assert host.kind("/etc/conf/below") == Kind.NOTHING
    assert host.mode("/etc/conf") == 0o640
    assert host.mode("/dangling") is None
    assert host.link_target("/etc/conf") == ""
    assert host.real_path("/") == "/"


@pytest.mark.parametrize(
    ("target", "kind"),
    [
        pytest.param("/dev/null", Kind.NULL, id="as it is usually made"),
        pytest.param("../dev/null", Kind.NULL, id="relative"),
        pytest.param("chain", Kind.NULL, id="by another link"),
        pytest.param("/dev/zero", Kind.DANGLING, id="another device"),
        pytest.param("conf/null", Kind.DANGLING, id="below a file"),
    ],
)
def test_mask_where_there_are_no_devices(root: Path, target: str, kind: Kind) -> None:
    """A mounted disk has an empty /dev, and its masks are masks all the same."""
    (root / "etc/chain").symlink_to("../etc/../dev/null")
    (root / "etc/mask").symlink_to(target)

    assert Host(str(root), live=False).kind("/etc/mask") == kind


def test_links_of_the_system_itself(tmp_path: Path) -> None:
    """Where the root is the agent's own, the kernel follows them: it is the same."""
    (tmp_path / "mask").symlink_to("/dev/null")
    (tmp_path / "away").symlink_to("nothing")
    (tmp_path / "file").write_text("")
    (tmp_path / "link").symlink_to("file")
    kinds = {
        "mask": Kind.NULL,
        "away": Kind.DANGLING,
        "link": Kind.FILE,
        "file": Kind.FILE,
        "none": Kind.NOTHING,
        "": Kind.DIRECTORY,
    }

    host = Host("/", live=True)
    assert kinds == {name: host.kind(f"{tmp_path}/{name}") for name in kinds}
    assert host.kind("/") == Kind.DIRECTORY


@pytest.mark.parametrize(
    ("live", "mounted", "own"),
    [
        pytest.param(True, True, False, id="live, /proc of the node mounted"),
        pytest.param(True, False, True, id="live, no /proc in the root"),
        pytest.param(False, False, False, id="offline, no /proc in the root"),
    ],
)
def test_where_the_kernel_files_come_from(
    root: Path, *, live: bool, mounted: bool, own: bool
) -> None:
    """A live node without its own /proc runs on the kernel we run on, too."""
    if mounted:
        (root / "proc").mkdir()
        (root / "proc/version").write_text("the node's")
    host = Host(str(root), live=live)

    file = host.read("/proc/version")

    assert file.readable == (own or mounted)
    assert (file.data == Path("/proc/version").read_bytes()) == own
    assert host.of_init("ns/net") == (None if own else f"{root}/proc/1/ns/net")
    assert host.real_path("/proc/version") == ("/proc/version" if file.readable else "")


def test_unreadable_for_a_plain_user(root: Path) -> None:
    """Without root, what is closed is unreadable or unknown, never absent."""
    secret, closed = root / "secret", root / "closed"
    secret.write_text("x")
    secret.chmod(0)
    closed.mkdir()
    (closed / "file").touch()
    closed.chmod(0)
    for folder in (root, *root.parents):
        if folder.name.startswith(("node", "pytest-", "test_")):
            folder.chmod(folder.stat().st_mode | stat.S_IXOTH)
    said = subprocess.run(
        [sys.executable, "-c", AS_NOBODY, str(root)],
        capture_output=True,
        check=True,
        env={"PYTHONPATH": ":".join(filter(None, sys.path))},
        text=True,
    ).stdout.splitlines()

    assert said == [
        "unreadable permission denied",
        "unreadable",
        *["permission denied"] * 5,
    ]


def test_path_being_read_is_named_while_it_is(root: Path) -> None:
    """Somebody else can tell where a read hangs; afterwards nothing is named."""
    host = Host(str(root), live=False)

    with host.open("/etc/conf"):
        assert host.reading == "/etc/conf"
    assert host.reading == ""


def test_no_descriptor_is_left_open(root: Path) -> None:
    """Whatever a path turns out to be."""
    (root / "loop").symlink_to("loop")
    host = Host(str(root), live=False)
    before = len([*Path("/proc/self/fd").iterdir()])
    for path in ("/etc/conf", "/etc", "/none", "/loop", "/etc/../../..", "/etc/x/y"):
        host.read(path)
        host.listdir(path)
        host.kind(path)
        host.real_path(path)

    assert len([*Path("/proc/self/fd").iterdir()]) == before
