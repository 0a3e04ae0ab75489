"""The operating system, its tools' versions, by what lies on disk."""

import pytest

from agent.facts import Gap, Init
from agent.hostfs.host import Host
from agent.sources.system import gather
from tests.nodes import Files, Link, MakeNode, Pipe

LIBKMOD = "/usr/lib/x86_64-linux-gnu/libkmod.so.2"
SYSTEMD = "/usr/lib/systemd/libsystemd-shared-252.so"
OS_RELEASE = "/usr/lib/os-release"


@pytest.mark.parametrize(
    ("text", "os_id", "like", "name", "variant", "version"),
    [
        pytest.param(
            'NAME="Red Hat"\nID="rhel"\nID_LIKE="fedora"\nVARIANT_ID=coreos\n'
            'VERSION_ID="9.6"\n'
            'PRETTY_NAME="Red Hat Enterprise Linux CoreOS 9.6"\n',
            "rhel",
            ("fedora",),
            "Red Hat Enterprise Linux CoreOS 9.6",
            "coreos",
            "9.6",
            id="quoted",
        ),
        pytest.param(
            "ID=flatcar\r\n", "flatcar", (), "flatcar", "", "", id="short, CR LF"
        ),
        pytest.param("# nothing\n", "", (), "", "", "", id="nothing in it"),
        pytest.param("", "", (), "", "", "", id="empty"),
    ],
)
def test_os_release(
    make_node: MakeNode,
    *,
    text: str,
    os_id: str,
    like: tuple[str, ...],
    name: str,
    variant: str,
    version: str,
) -> None:
    """Identity, relatives, name and variant."""
    facts = gather(Host(str(make_node({OS_RELEASE: text}).root), live=True))

    assert (facts.os_id, facts.os_like) == (os_id, like)
    assert facts.os_version == version
    assert (facts.os_name, facts.variant) == (name, variant)


def test_os_release_of_etc_wins(make_node: MakeNode) -> None:
    """An unreadable one is a gap, and the other one is used."""
    node = make_node({"/etc/os-release": "ID=mine\n"})
    assert gather(Host(str(node.root), live=True)).os_id == "mine"

    node.change({"/etc/os-release": Pipe()})
    facts = gather(Host(str(node.root), live=True))
    assert facts.os_id == "debian"
    assert facts.gaps == (Gap("/etc/os-release", "is not a regular file"),)


@pytest.mark.parametrize(
    ("files", "kmod", "systemd"),
    [
        pytest.param({}, 30, 252, id="Debian 12"),
        pytest.param(
            {
                LIBKMOD: None,
                SYSTEMD: None,
                "/usr/lib64/libkmod.so.2": Link("libkmod.so.2.3.6"),
                "/usr/lib/systemd/libsystemd-shared-252-46.el9.so": "",
            },
            28,
            252,
            id="RHEL 9",
        ),
        pytest.param(
            {LIBKMOD: Link("/usr/lib/x86_64-linux-gnu/libkmod.so.2.5.1")},
            34,
            252,
            id="absolute link",
        ),
        pytest.param(
            {LIBKMOD: Link("elsewhere"), SYSTEMD: None}, None, None, id="not known"
        ),
    ],
)
def test_versions(
    make_node: MakeNode, files: Files, kmod: int | None, systemd: int | None
) -> None:
    """By the names of the libraries; nothing is run to ask."""
    facts = gather(Host(str(make_node(files).root), live=True))

    assert (facts.kmod_version, facts.systemd_version) == (kmod, systemd)
    assert facts.service.init == Init.SYSTEMD
