"""The indexes of a module folder, asked by name, alias and symbol."""

import os

import pytest

from agent.hostfs.host import Host
from agent.sources import cache
from agent.sources.cache import Memory
from agent.sources.module_tree import HostTree, directory, module_name, releases
from tests.indexes import encode
from tests.nodes import MODULES, OTHER_RELEASE, RELEASE, MakeNode, Node, module_tree

SYMBOLS = {"symbol:sctp_hook": ("sctp_diag",)}
BUILTIN_ALIASES = {"net_pf_2_proto_132": ("sctp",)}


def test_every_index(make_node: MakeNode) -> None:
    """Each question goes to its index; a name of no symbol is asked of none."""
    node = make_node(
        {
            f"{MODULES}/modules.symbols.bin": encode(SYMBOLS),
            f"{MODULES}/modules.builtin.alias.bin": encode(BUILTIN_ALIASES),
        }
    )
    with HostTree(Host(str(node.root), live=False), MODULES, Memory()) as tree:
        assert tree.symbols("symbol:sctp_hook") == ("sctp_diag",)
        assert tree.symbols("symbol:other") == ()
        assert tree.symbols("sctp_hook") == ()
        assert tree.aliases("net_pf_10_proto_132") == ("sctp",)
        assert tree.builtin_aliases("net_pf_2_proto_132") == ("sctp",)
        assert tree.builtin_aliases("other") == ()
        assert not tree.builtin("sctp")
        assert tree.gaps == []


def test_no_folder(make_node: MakeNode) -> None:
    """Without a module folder nothing is there, and nothing is unreadable."""
    with HostTree(Host(str(make_node().root), live=False), "", Memory()) as tree:
        assert tree.module("sctp") is None
        assert tree.builtin_aliases("sctp") is None
        assert tree.gaps == []


def test_folders(make_node: MakeNode) -> None:
    """The folder of a release, and every release that has one."""
    node = make_node(module_tree(OTHER_RELEASE), {"/lib/modules/file": ""})
    host = Host(str(node.root), live=False)

    assert directory(host, RELEASE) == MODULES
    assert directory(host, "none") == directory(host, "file") == ""
    assert directory(host, "") == ""
    assert releases(host) == tuple(sorted({RELEASE, OTHER_RELEASE}))


def test_module_name() -> None:
    """By its file, whatever the compression."""
    for ending in ("ko", "ko.gz", "ko.xz", "ko.zst"):
        assert module_name(f"kernel/net/xt-sctp.{ending}") == "xt_sctp"


def _asked(tree: HostTree) -> list[object]:
    return [tree.module("sctp"), tree.aliases("net_pf_2_proto_132"), tree.builtin("x")]


def _reads(node: Node, memory: Memory, monkeypatch: pytest.MonkeyPatch) -> int:
    """Count the readings of indexes that answers take."""
    count = 0
    read = os.pread

    def counted(fd: int, size: int, offset: int) -> bytes:
        nonlocal count
        count += 1
        return read(fd, size, offset)

    with monkeypatch.context() as patch:
        patch.setattr(os, "pread", counted)
        with HostTree(Host(str(node.root), live=False), MODULES, memory) as tree:
            _asked(tree)
    return count


def test_index_is_not_asked_twice_while_it_is_the_same_file(
    make_node: MakeNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another file is asked anew, and one that may still be written is every time."""
    node, memory = make_node(), Memory()
    monkeypatch.setattr(cache, "_SETTLING", 0)
    first = _reads(node, memory, monkeypatch)
    second = _reads(node, memory, monkeypatch)
    path = node.root / f"{MODULES.lstrip('/')}/modules.dep.bin"
    path.write_bytes(encode({}))

    with HostTree(Host(str(node.root), live=False), MODULES, memory) as tree:
        assert tree.module("sctp") is None

    assert second < first
    monkeypatch.setattr(cache, "_SETTLING", 1 << 62)
    assert _reads(node, memory, monkeypatch) > second
