"""Which files count: modprobe.d as kmod chooses, the other two as systemd does."""

import pytest

from agent.facts import DropIn, Gap, Init
from agent.hostfs.host import Host
from agent.hostfs.values import Presence
from agent.kernel.arguments import split
from agent.sources import boot, modprobe
from tests.failing_calls import failing_name
from tests.nodes import Files, Link, MakeNode, Pipe

ETC, RUN, LOCAL = "/etc/modprobe.d", "/run/modprobe.d", "/usr/local/lib/modprobe.d"
LIB = "/lib/modprobe.d"
PRESENT, EMPTY = Presence.PRESENT, Presence.EMPTY


def _names(node: MakeNode, files: Files, version: int | None = 30) -> list[str]:
    host = Host(str(node(files).root), live=True)
    facts = modprobe.gather(host, kmod_version=version, tree="", command_line="")
    return [d.name for _, config in facts.configs for d in config.directives]


@pytest.mark.parametrize(
    ("files", "names"),
    [
        pytest.param(
            {
                f"{LIB}/a.conf": "blacklist lib\n",
                f"{LOCAL}/b.conf": "blacklist local\n",
                f"{RUN}/c.conf": "blacklist run\n",
                f"{ETC}/d.conf": "blacklist etc\n",
            },
            ["lib", "local", "run", "etc"],
            id="sorted by name over all folders",
        ),
        pytest.param(
            {
                f"{ETC}/b.conf": "blacklist b\n",
                f"{ETC}/B.conf": "blacklist B\n",
                f"{ETC}/a-b.conf": "blacklist a1\n",
                f"{ETC}/a_b.conf": "blacklist a2\n",
            },
            ["B", "a1", "a2", "b"],
            id="in byte order",
        ),
        pytest.param(
            {
                f"{LIB}/a.conf": "blacklist lib\n",
                f"{RUN}/a.conf": "blacklist run\n",
                f"{ETC}/a.conf": "blacklist etc\n",
            },
            ["etc"],
            id="the highest folder wins",
        ),
        pytest.param(
            {f"{LIB}/a.conf": "blacklist lib\n", f"{ETC}/a.conf": Link("/dev/null")},
            [],
            id="masked by the null device",
        ),
        pytest.param(
            {f"{LIB}/a.conf": "blacklist lib\n", f"{ETC}/a.conf/": None},
            ["lib"],
            id="a folder masks nothing",
        ),
        pytest.param(
            {
                f"{ETC}/.a.conf": "blacklist hidden\n",
                f"{ETC}/a.conf~": "blacklist backup\n",
                f"{ETC}/a.CONF": "blacklist capitals\n",
                f"{ETC}/a.conf.rpmsave": "blacklist saved\n",
                f"{ETC}/.conf": "blacklist nameless\n",
                f"{ETC}/a.alias": "blacklist alias\n",
            },
            ["alias"],
            id="names that count",
        ),
        pytest.param(
            {f"{ETC}/": None, "/opt/x.conf": "blacklist x\n", f"{RUN}": Link("/opt")},
            ["x"],
            id="linked folder",
        ),
        pytest.param({f"{RUN}": "blacklist x\n"}, ["x"], id="file in a folder's place"),
        pytest.param(
            {f"{ETC}/a.conf": Link("/opt/x"), "/opt/x": "blacklist x\n"},
            ["x"],
            id="linked file",
        ),
    ],
)
def test_modprobe_files(make_node: MakeNode, files: Files, names: list[str]) -> None:
    """The lines of the files that count, in the order they are read."""
    assert _names(make_node, files) == names


@pytest.mark.parametrize(
    ("files", "counts"),
    [
        pytest.param({f"{LOCAL}/a.conf": "blacklist x\n"}, {30, 34}, id="local"),
        pytest.param({f"{ETC}/a.alias": "blacklist x\n"}, {25, 28, 30}, id="alias"),
    ],
)
def test_versions_of_kmod(make_node: MakeNode, files: Files, counts: set[int]) -> None:
    """Which files count depends on the version; unknown means all of them."""
    found = {v for v in (25, 28, 30, 34) if _names(make_node, files, v)}

    assert found == counts
    assert _names(make_node, files, None) == ["x"]


def test_drop_ins(make_node: MakeNode) -> None:
    """What was looked at, what was empty and what is hidden by what."""
    node = make_node(
        {
            f"{ETC}/a.conf": "",
            f"{LIB}/a.conf": "blacklist x\n",
            f"{ETC}/null.conf": Link("/dev/null"),
            f"{ETC}/pipe.conf": Pipe(),
        }
    )
    host = Host(str(node.root), live=True)
    facts = modprobe.gather(host, kmod_version=30, tree="", command_line="")

    assert set(facts.drop_ins) == {
        DropIn(f"{ETC}/a.conf", EMPTY),
        DropIn(f"{LIB}/a.conf", PRESENT, masked_by=f"{ETC}/a.conf"),
        DropIn(f"{ETC}/null.conf", EMPTY),
        DropIn(f"{ETC}/pipe.conf", Presence.UNREADABLE),
    }
    assert facts.gaps == (Gap(f"{ETC}/pipe.conf", "is not a regular file"),)


@pytest.mark.parametrize("version", [30, 34])
def test_dangling_link(make_node: MakeNode, version: int) -> None:
    """Whether it masks is chance before kmod 34, so the answer is a gap there."""
    node = make_node({f"{ETC}/a.conf": Link("none"), f"{LIB}/a.conf": "blacklist x\n"})
    host = Host(str(node.root), live=True)
    facts = modprobe.gather(host, kmod_version=version, tree="", command_line="")

    assert bool(facts.gaps) == (version < 34)


def test_unreadable_folder_is_a_gap(make_node: MakeNode) -> None:
    """A folder that cannot be listed may hold anything."""
    host = Host(str(make_node({"/etc/sysctl.d/": None}).root), live=True)

    with failing_name("modprobe.d"):
        by_kmod = modprobe.gather(host, kmod_version=30, tree="", command_line="")
    with failing_name("sysctl.d"):
        by_systemd = boot.gather(host, (), Init.SYSTEMD)

    gaps = {gap.path for gap in (*by_kmod.gaps, *by_systemd.gaps)}
    assert {"/etc/modprobe.d", "/lib/modprobe.d", "/etc/sysctl.d"} <= gaps


@pytest.mark.parametrize("name", ["modprobe.d", "x" * 256])
def test_folder_that_leads_nowhere_is_none(make_node: MakeNode, name: str) -> None:
    """A circle of links, or a name that no file can have: nothing is hidden in it."""
    node = make_node({RUN: Link(name), "/etc/sysctl.d": Link("sysctl.d")})
    host = Host(str(node.root), live=True)

    by_kmod = modprobe.gather(host, kmod_version=30, tree="", command_line="")

    assert (by_kmod.gaps, boot.gather(host, (), Init.SYSTEMD).gaps) == ((), ())


@pytest.mark.parametrize(
    ("files", "names", "gaps"),
    [
        pytest.param(
            {
                "/usr/lib/modules-load.d/b.conf": "vendor\n",
                "/etc/modules-load.d/c.conf": "own\n",
                "/usr/local/lib/modules-load.d/a.conf": "local\n",
            },
            ["local", "vendor", "own"],
            [],
            id="sorted by name over all folders",
        ),
        pytest.param(
            {
                "/usr/lib/modules-load.d/a.conf": "vendor\n",
                "/run/modules-load.d/a.conf": "run\n",
                "/run/modules-load.d/b.conf": "run\n",
            },
            ["vendor"],
            [],
            id="nothing of /run, which is empty when a boot begins",
        ),
        pytest.param(
            {
                "/usr/lib/modules-load.d/a.conf": "vendor\n",
                "/usr/lib/modules-load.d/b.conf": "vendor\n",
                "/usr/lib/modules-load.d/c.conf": "vendor\n",
                "/usr/lib/modules-load.d/d.conf": "vendor\n",
                "/etc/modules-load.d/a.conf": "",
                "/etc/modules-load.d/b.conf": Link("/dev/null"),
                "/etc/modules-load.d/c.conf": Link("none"),
                "/etc/modules-load.d/d.conf/": None,
            },
            [],
            [],
            id="all the ways to mask",
        ),
        pytest.param(
            {
                "/etc/modules-load.d/.a.conf": "x\n",
                "/etc/modules-load.d/a.conf~": "x\n",
                "/etc/modules-load.d/a.list": "x\n",
            },
            [],
            [],
            id="names that do not count",
        ),
        pytest.param(
            {"/etc/modules-load.d/a.conf": Pipe()},
            [],
            ["/etc/modules-load.d/a.conf"],
            id="unreadable",
        ),
        pytest.param(
            {"/etc/modules-load.d/": None, "/usr/lib/modules-load.d": Pipe()},
            [],
            [],
            id="no folder in its place",
        ),
    ],
)
def test_modules_load_files(
    make_node: MakeNode, files: Files, names: list[str], gaps: list[str]
) -> None:
    """The names in the files that count, in the order systemd loads them."""
    facts = boot.gather(Host(str(make_node(files).root), live=True), (), Init.SYSTEMD)

    assert [entry.name for entry in facts.entries] == names
    assert [gap.path for gap in facts.gaps] == gaps


def test_settings_at_boot(make_node: MakeNode) -> None:
    """Files in their order, the last assignment wins; arguments by their own name."""
    node = make_node(
        {
            "/usr/lib/sysctl.d/50-a.conf": "kernel.modprobe=/a\n",
            "/etc/sysctl.d/60-b.conf": "kernel/modprobe = /b\nkernel.x=1\n",
        }
    )
    arguments = tuple(split("sysctl.kernel/modprobe=/c modules_load=m"))
    facts = boot.gather(Host(str(node.root), live=True), arguments, Init.SYSTEMD)

    assert {key: setting.value for key, setting in facts.sysctls.items()} == {
        "kernel.modprobe": "/b",
        "kernel.x": "1",
        "sysctl.kernel.modprobe": "/c",
    }
    assert str(facts.sysctls["kernel.modprobe"].origin) == "/etc/sysctl.d/60-b.conf:1"
    assert [entry.name for entry in facts.entries] == ["m"]


@pytest.mark.parametrize(
    ("command", "programs"),
    [
        pytest.param("/opt/none", {"/opt/none": False}, id="a path to nothing"),
        pytest.param("none", {"none": False}, id="a name that no folder has"),
        pytest.param("kmod", {"kmod": True}, id="a name that a folder has"),
        pytest.param("opt/none", {}, id="a path from where nobody knows"),
    ],
)
def test_programs(make_node: MakeNode, command: str, programs: dict[str, bool]) -> None:
    """Of the programs that install lines run it is said whether the node has them."""
    node = make_node({f"{ETC}/a.conf": f"install sctp {command}\n"})
    host = Host(str(node.root), live=True)
    facts = modprobe.gather(
        host, kmod_version=30, tree="", command_line="", needs=["sctp"]
    )

    assert facts.programs == programs
