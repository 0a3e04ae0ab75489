"""The kernel's facts that no check or verdict shows by itself."""

import gzip
from pathlib import Path

import psutil
import pytest

from agent.facts import Helper
from agent.hostfs.host import Host
from agent.sources import kernel
from agent.sources.cache import Memory
from tests.nodes import CONFIG, HELPER, MODULES, Files, Link, MakeNode, Pipe, elf

CONFIG_GZ = "/proc/config.gz"


@pytest.mark.parametrize(
    ("files", "option", "origin"),
    [
        pytest.param({}, "m", CONFIG, id="in /boot"),
        pytest.param(
            {CONFIG_GZ: gzip.compress(b"CONFIG_IP_SCTP=y\n")},
            "y",
            CONFIG_GZ,
            id="of the running kernel",
        ),
        pytest.param({CONFIG_GZ: b"damaged"}, "m", CONFIG, id="damaged"),
        pytest.param(
            {CONFIG: None, f"{MODULES}/config": "# CONFIG_IP_SCTP is not set\n"},
            "n",
            f"{MODULES}/config",
            id="in the module tree",
        ),
        pytest.param({CONFIG: None}, None, "", id="nowhere"),
        pytest.param({CONFIG: "CONFIG_X=y\n"}, None, "", id="not mentioned"),
    ],
)
def test_build_options(
    make_node: MakeNode, files: Files, option: str | None, origin: str
) -> None:
    """The first configuration that says anything, and it is read once."""
    node = make_node(files)
    host, memory = Host(str(node.root), live=True), Memory()
    facts = kernel.gather(host, memory, live=True)

    assert (facts.config_sctp, facts.config_origin.path) == (option, origin)

    node.change({CONFIG: None, CONFIG_GZ: None, f"{MODULES}/config": None})
    assert kernel.gather(host, memory, live=True).config_sctp == option


@pytest.mark.parametrize(
    ("files", "modular"),
    [
        pytest.param({CONFIG: None}, True, id="by /proc/modules"),
        pytest.param({CONFIG: None, "/proc/modules": None}, False, id="without it"),
        pytest.param({"/proc/modules": None}, True, id="by its configuration"),
    ],
)
def test_support_for_modules(
    make_node: MakeNode, files: Files, *, modular: bool
) -> None:
    """The configuration knows, else /proc/modules tells."""
    host = Host(str(make_node(files).root), live=True)

    assert kernel.gather(host, Memory(), live=True).modular == modular


def test_support_for_modules_offline_is_not_known(make_node: MakeNode) -> None:
    """Files alone do not tell without a configuration."""
    host = Host(str(make_node({CONFIG: None}).root), live=False)

    assert kernel.gather(host, Memory(), live=False, release="x").modular is None


@pytest.mark.parametrize(
    ("path", "files", "kind"),
    [
        pytest.param("/sbin/modprobe", {}, Helper.MODPROBE, id="modprobe"),
        pytest.param("/usr/bin/modprobe", {}, Helper.NONE, id="no such file"),
        pytest.param("", {}, Helper.NONE, id="empty"),
        pytest.param("modprobe", {}, Helper.NONE, id="relative"),
        pytest.param("/usr/bin", {}, Helper.NONE, id="folder"),
        pytest.param("/bin/false", {"/usr/bin/false": "x"}, Helper.NONE, id="false"),
        pytest.param(
            "/bin/modprobe",
            {"/usr/bin/modprobe": "#!/bin/sh\n"},
            Helper.OPAQUE,
            id="script of that name",
        ),
        pytest.param(
            "/opt/bin/modprobe",
            {"/opt/bin/modprobe": Link("busybox"), "/opt/bin/busybox": elf()},
            Helper.OPAQUE,
            id="modprobe of busybox",
        ),
        pytest.param("/opt/pipe", {"/opt/pipe": Pipe()}, Helper.NONE, id="pipe"),
    ],
)
def test_helper(make_node: MakeNode, path: str, files: Files, kind: Helper) -> None:
    """What the kernel would start, and whether that is kmod's modprobe."""
    host = Host(str(make_node(files, {HELPER: f"{path}\n"}).root), live=True)

    assert kernel.gather(host, Memory(), live=True).helper.kind == kind


@pytest.mark.parametrize(
    ("stat", "booted"),
    [
        pytest.param("cpu  1 2\nbtime 1790000000\n", 1_790_000_000.0, id="told"),
        pytest.param("cpu  1 2\n", None, id="another text"),
        pytest.param(None, None, id="an empty proc"),
    ],
)
def test_boot_time(
    make_node: MakeNode,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    stat: str | None,
    booted: float | None,
) -> None:
    """Where it is not told, everything else still is."""
    if stat is not None:
        (tmp_path / "stat").write_text(stat)
    monkeypatch.setattr(psutil, "PROCFS_PATH", str(tmp_path))
    host = Host(str(make_node().root), live=True)
    found = kernel.gather(host, Memory(), live=True, release="")

    assert found.boot_time == booted
    assert found.command_line
