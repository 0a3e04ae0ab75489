"""depmod's lists in place of its indexes."""

from pathlib import Path

import pytest

from agent.hostfs.host import Host
from agent.kmod.tree import Health, TreeModule
from agent.sources.cache import Memory
from agent.sources.module_tree import HostTree
from agent.sources.text_index import only_lists
from tests.nodes import Files, Node, Pipe

TREE = "/lib/modules/6.1.0"
DEP = f"{TREE}/modules.dep"
SCTP = "kernel/net/sctp/sctp.ko.xz: kernel/lib/libcrc32c.ko\nkernel/lib/libcrc32c.ko:\n"
ALIAS = f"{TREE}/modules.alias"


def _tree(root: Path, files: Files, *, unseen: Health = Health.GOOD) -> HostTree:
    Node(root).change(files)
    return HostTree(Host(str(root), live=False), TREE, Memory(), unseen=unseen)


@pytest.mark.parametrize(
    ("files", "live", "lists"),
    [
        pytest.param({DEP: SCTP}, False, True, id="list alone"),
        pytest.param({DEP: SCTP}, True, False, id="a running kernel"),
        pytest.param({ALIAS: ""}, False, False, id="not the list that counts"),
        pytest.param({DEP: SCTP, f"{DEP}.bin": b""}, False, False, id="an index"),
        pytest.param(
            {DEP: SCTP, f"{TREE}/kernel/": None, "/usr/bin/x": ""},
            False,
            False,
            id="a disk on which depmod has to run",
        ),
        pytest.param(
            {DEP: SCTP, f"{TREE}/kernel/": None}, False, True, id="with module files"
        ),
    ],
)
def test_only_lists(tmp_path: Path, files: Files, *, live: bool, lists: bool) -> None:
    """They count where no index was copied, never where kmod itself would ask."""
    Node(tmp_path).change(files)

    assert only_lists(Host(str(tmp_path), live=live), TREE) == lists


def test_no_tree_has_no_lists(tmp_path: Path) -> None:
    """The kernel of which nothing was copied."""
    assert not only_lists(Host(str(tmp_path), live=False), "")


def test_dependencies(tmp_path: Path) -> None:
    """The line of modules.dep; what is not a line of it is passed over."""
    with _tree(tmp_path, {DEP: f"{SCTP}cut short"}) as tree:
        assert tree.module("sctp") == TreeModule(
            "sctp", f"{TREE}/kernel/net/sctp/sctp.ko.xz", ("libcrc32c",)
        )
        assert tree.module("dummy") is None
        assert tree.health(f"{TREE}/kernel/net/sctp/sctp.ko.xz") == Health.GOOD


def test_file_that_is_there_is_judged(tmp_path: Path) -> None:
    """Only a file that was left out counts as what is asked for."""
    files: Files = {DEP: SCTP, f"{TREE}/kernel/lib/libcrc32c.ko": "damaged"}
    with _tree(tmp_path, files, unseen=Health.UNKNOWN) as tree:
        assert tree.health(f"{TREE}/kernel/lib/libcrc32c.ko") == Health.DAMAGED
        assert tree.health(f"{TREE}/kernel/net/sctp/sctp.ko.xz") == Health.UNKNOWN


@pytest.mark.parametrize(
    ("files", "name", "modules"),
    [
        pytest.param(
            {ALIAS: "# x\nalias net-pf-2-proto-132 sctp\nalias a[b x\n"},
            "net_pf_2_proto_132",
            ("sctp",),
            id="listed",
        ),
        pytest.param(
            {ALIAS: "alias pci:v*d1* e-1\n"}, "pci:v7d12", ("e_1",), id="glob"
        ),
        pytest.param({ALIAS: "alias pci:v*d1* e\n"}, "pci:v7d2", (), id="no match"),
        pytest.param({ALIAS: ""}, "net_pf_2_proto_132", (), id="empty list"),
        pytest.param({}, "net_pf_2_proto_132", ("sctp",), id="of every sctp module"),
        pytest.param({}, "net_pf_2_proto_6", (), id="of another protocol"),
        pytest.param(
            {DEP: "extra/sctp.ko:\n"}, "net_pf_2_proto_132", (), id="not the kernel's"
        ),
    ],
)
def test_aliases(
    tmp_path: Path, files: Files, name: str, modules: tuple[str, ...]
) -> None:
    """modules.alias decides; without it the aliases that the module is built with."""
    with _tree(tmp_path, {DEP: SCTP, **files}) as tree:
        assert tree.aliases(name) == modules


def test_built_in(tmp_path: Path) -> None:
    """modules.builtin lists paths; other indexes have no list."""
    files: Files = {DEP: "", f"{TREE}/modules.builtin": "kernel/net/sctp/sctp.ko\n"}
    with _tree(tmp_path, files) as tree:
        assert tree.builtin("sctp")
        assert not tree.builtin("dummy")
        assert tree.builtin_aliases("net_pf_2_proto_132") is None
        assert tree.gaps == []


def test_unreadable_list(tmp_path: Path) -> None:
    """A list that is there and cannot be read is a gap, not an empty one."""
    with _tree(tmp_path, {DEP: SCTP, ALIAS: Pipe()}) as tree:
        assert tree.aliases("net_pf_2_proto_132") == ()
        assert [gap.path for gap in tree.gaps] == [ALIAS]


@pytest.mark.parametrize(
    "files",
    [
        pytest.param(
            {"/sos_commands/": None, "/installed-rpms": "kernel-core-6.1.0  Sat\n"},
            id="packages without the one that has it",
        ),
        pytest.param({DEP: ""}, id="a list without it"),
    ],
)
def test_module_that_nothing_names(tmp_path: Path, files: Files) -> None:
    """Where what was copied knows no sctp, none is made up."""
    with _tree(tmp_path, files) as tree:
        assert tree.module("sctp") is None
        assert tree.aliases("net_pf_2_proto_132") == ()
        assert tree.gaps == []
