"""Runbooks are read at three in the morning: nothing reaches further than it says."""

import re
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from agent.cli.arguments import read
from agent.findings import Compliance, Expectation
from tests.rebuilt import rebuild
from tests.runbooks.acted import act, refused
from tests.runbooks.cluster import BAD, POOLS, fates
from tests.runbooks.node_commands import REACH, programs
from tests.runbooks.pages import (
    CAUSE,
    DOCS,
    PAGES,
    VERIFY,
    WAYS_IN,
    Section,
    sections,
)

SECTIONS = [section for path in PAGES for section in sections(path)]
TYPED = [s for s in SECTIONS if s.of("sh")]
ON_NODES = [s for s in SECTIONS if s.of("sh node")]

#: What changes the cluster, and words one of which the reach has to have.
CHANGES: Sequence[tuple[str, tuple[str, ...]]] = (
    (r"apply -f \w+\.yaml", ("every node of POOL",)),
    (r"delete mc |patch complianceremediation ", ("every node of every pool",)),
    (r"patch mcp .*true", ("no node", "every node")),
    (r"patch mcp .*false", ("every node",)),
    (r"drain ", ("reboot", "drain")),
    (r"cordon ", ("pods that you delete",)),
    (r"-n sctp-node-agent (rollout|delete pod)", ("agents", "agent of this node")),
    (r"delete pod ", ("pod network of this node", "rules of this node")),
    (r"apply -k my-cluster", ("agents",)),
    (r"apply -k daemonset/machineconfig/overlays/sctp-pool", ("that you label",)),
    (r"label node ", ("that you label",)),
    (r"debug node", ("one node",)),
)


@pytest.mark.parametrize("path", [*PAGES, *WAYS_IN], ids=lambda path: path.stem)
def test_real_kubectl_understands(path: Path, tmp_path: Path) -> None:
    """Every flag is one of its own: what it misses is a server."""
    blocks = [block for section in sections(path) for block in section.of("sh")]
    acted = act(["POOL=amf", "BAD=bad", *blocks], tmp_path, denied=True)
    said = [refused(typed, acted.folder) for typed in sorted(acted.typed)]

    assert [complaint for complaint in said if complaint] == []


@pytest.mark.parametrize("section", TYPED, ids=str)
def test_commands_reach_no_further_than_they_say(
    section: Section, tmp_path: Path
) -> None:
    """What a section applies touches its pool alone; what it changes it has said."""
    text = "\n".join(section.of("sh"))
    denied = BAD in text
    blocks = _with_what_comes_before(section)
    acted = act(blocks, tmp_path, denied=denied)

    assert acted.error == ""
    for arguments in acted.agent:
        read(arguments, {})
    for manifest in acted.manifests:
        pool = re.findall(r"\bPOOL=(\w+)", "\n".join(blocks))[-1]
        assert _touched(tmp_path, manifest, denied=denied) == {pool}
    own = [change for change in acted.changes if section.title != VERIFY]
    for change in own:
        wanted = [words for pattern, words in CHANGES if re.search(pattern, change)]
        assert wanted, f"what does `{change}` reach?"
        reach = section.reach or _page(section).text
        assert any(word in reach for word in wanted[0]), change


def _page(section: Section) -> Section:
    return next(s for s in SECTIONS if s.page == section.page)


def _with_what_comes_before(section: Section) -> list[str]:
    """Return the blocks that set what those of *section* use, and these."""
    own = section.of("sh")
    before = [
        block
        for other in SECTIONS
        if other.page == section.page and other.title in {CAUSE, *_SETTING}
        for block in other.of("sh")
        if other != section
    ]
    if section.title in {VERIFY, "Wait, hold, go back"}:
        before.append("POOL=amf")
    return [*_needed(before, "".join(own)), *own]


def _needed(blocks: list[str], text: str) -> list[str]:
    """Return those of *blocks* that set a variable which *text* or a later one uses."""
    kept: list[str] = []
    for block in reversed(blocks):
        names = re.findall(r"^(?:.*; )?([A-Z]+)=", block, re.MULTILINE)
        if any(re.search(rf"\$\{{?{name}\b", text) for name in names):
            kept.insert(0, block)
            text += block
    return kept


_SETTING = ("One node, one pod", "Whose node is it")


def _touched(folder: Path, manifest: str, *, denied: bool) -> set[str]:
    """Return the pools whose nodes reboot, or lose or get SCTP, by *manifest*."""
    before = fates(folder, denied=denied)
    after = fates(folder, manifest, denied=denied)
    return {pool for pool in POOLS if before[pool] != after[pool]}


def _distinct(word: str) -> list[Section]:
    """Return sections with *word* in their commands, one where several say the same."""
    found = {"".join(s.of("sh")): s for s in TYPED}
    return [section for text, section in found.items() if word in text]


RENDERED = _distinct("machineconfig render")


@pytest.mark.parametrize("section", RENDERED, ids=str)
@pytest.mark.parametrize("pool", ["amf", "hardened", "worker"])
def test_judged_before_applied(section: Section, pool: str, tmp_path: Path) -> None:
    """What is printed names every pool that would reboot, whichever is chosen."""
    blocks = _with_what_comes_before(section)
    chosen = [re.sub(r"\bPOOL=\w+", f"POOL={pool}", block) for block in blocks]
    acted = act(chosen, tmp_path)
    (manifest, *_) = acted.manifests[-1:]
    heads = re.findall(r"^([a-z0-9.-]+): SCTP (.*?): ", acted.out, re.MULTILINE)
    denies = "deny" in manifest

    assert {name for name, _ in heads} == _touched(tmp_path, manifest, denied=False)
    assert ({name for name, _ in heads} == {pool}) == (pool != "worker")
    gets = (
        "will not be available after the reboot" if denies else "will be loaded at boot"
    )
    assert {state for _, state in heads} == {gets}


OUT = _distinct("judged-without")


@pytest.mark.parametrize("section", OUT, ids=str)
def test_judged_before_taken_out(section: Section, tmp_path: Path) -> None:
    """What is printed names the pools that reboot, and what the one has afterwards."""
    acted = act(_with_what_comes_before(section), tmp_path, denied=True)
    before = fates(tmp_path, denied=True)
    after = fates(tmp_path, denied=True, without=BAD)
    heads = re.findall(r"^([a-z0-9.-]+): SCTP (.*?): ", acted.out, re.MULTILINE)
    last = heads.pop()

    assert {name for name, _ in heads} == {p for p in POOLS if before[p] != after[p]}
    assert last == ("amf", "will be loaded at boot")
    assert (before["amf"].works, after["amf"].works) == (False, True)


@pytest.mark.parametrize("section", ON_NODES, ids=str)
def test_commands_on_a_node(section: Section) -> None:
    """Every program is known, and what it does there has been said."""
    reach = section.reach or _page(section).text
    for block in section.of("sh node"):
        for program in programs(block):
            words = REACH[program]
            assert not words or any(word in reach for word in words), program


def _block(word: str) -> str:
    """Return the block for a node that has *word* in it: the same on every page."""
    (text,) = {t for s in ON_NODES for t in s.of("sh node") if word in t}
    return text


@pytest.mark.parametrize(
    ("tree", "word", "expectation"),
    [
        pytest.param("ubuntu-22.04-aks", "FILE=", Expectation.REQUIRED, id="enable"),
        pytest.param("rhel-9.4-stig", "00-sctp-deny", Expectation.FORBIDDEN, id="deny"),
        pytest.param(
            "ubuntu-24.04-with-modules-extra",
            "00-sctp-deny",
            Expectation.FORBIDDEN,
            id="deny where nothing did",
        ),
    ],
)
def test_files_of_a_node(
    tree: str, word: str, expectation: Expectation, tmp_path: Path
) -> None:
    """The lines about sctp, and no others, are as wanted after the next boot."""
    node = rebuild(DOCS.parent / "tests/trees" / tree, tmp_path / "node")
    other = "install dccp /bin/true\n"
    for file in node.path("/etc/modprobe.d").glob("*.conf"):
        file.write_text(other + file.read_text())
    node.change({"/etc/modules-load.d/": None})
    text = _block(word).replace("/etc/", f"{node.root}/etc/")
    program = tmp_path / "systemctl"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    done = subprocess.run(
        ["bash", "-uc", text],
        env={"PATH": f"{tmp_path}:/usr/bin:/bin"},
        check=False,  # a grep that finds nothing says so
        capture_output=True,
        text=True,
    )
    verdict = node.report(expectation, offline=True).verdict

    assert done.stderr == ""
    assert verdict.compliant == Compliance.TRUE
    kept = node.path("/etc/modprobe.d").glob("*.conf")
    assert all(f.read_text().startswith(other) for f in kept if "00-" not in f.name)
