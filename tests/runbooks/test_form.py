"""Runbooks are read at three in the morning: the same parts, blocks to copy."""

import re
import shlex
import subprocess
from pathlib import Path

import pytest
import yaml

from daemonset.rules.render import SOURCES
from tests.manifests.bundle import Bundle
from tests.manifests.kubectl import kustomize
from tests.runbooks.pages import (
    CAUSE,
    DOCS,
    FOLDER,
    HEADINGS,
    MITIGATION,
    PAGES,
    VERIFY,
    WAYS_IN,
    Section,
    runbooks,
    sections,
)

TOP = DOCS.parent
ALERTS = {
    rule["alert"]: rule
    for source in SOURCES
    for group in yaml.safe_load(source.read_text())["groups"]
    for rule in group["rules"]
    if "alert" in rule
}
NAMES = [path.stem for path in runbooks()]
SECTIONS = [section for path in PAGES for section in sections(path)]
#: Files and pages that tell an administrator what to apply.
INSTRUCTIONS = [*PAGES, DOCS / "enable-sctp.md"]

#: What a site without the internet, or an on-call without tools of ours, has not got.
MISSING = re.compile(
    r"\b(toolbox|curl|wget|git|helm|jq|python\d?|docker|podman|pip\d?|yq)\b|https?://|"
    r"(docker\.io|quay\.io|ghcr\.io)|^\s*sctp-node-agent|\| *sctp-node-agent",
    re.MULTILINE,
)
#: A second name in $POD, or a line that the operator takes for damage.
DANGEROUS = re.compile(
    r"rpm-ostree rollback|machineconfig/(base|deny)\b|get pods[^|)]*-o name\)|"
    r"machineconfig render[^|\n]*\| *oc apply|machineconfig render(?![^\n]*--role)"
)


@pytest.mark.parametrize("name", NAMES)
def test_every_runbook_has_its_parts(name: str) -> None:
    """What is at stake, the cause in three commands, mitigation, verification."""
    first, *rest = sections(FOLDER / f"{name}.md")
    mitigations = [s for s in rest if s.above == MITIGATION != s.title]
    (verify,) = (s for s in rest if s.title == VERIFY)
    (cause,) = (s for s in rest if s.title == CAUSE)

    assert first.title == name
    assert first.text.strip()
    assert [s.title for s in rest if s.above == s.title] == HEADINGS
    assert all(s.text.strip() for s in rest if s not in {*mitigations, *rest[2:3]})
    assert mitigations
    assert all(s.reach for s in mitigations)
    assert 1 <= len(_commands(cause.blocks[0].text)) <= 3
    assert verify.of("promql")
    assert re.search(r"\b[Tt]he alert (ends|looks)\b", verify.text)


@pytest.mark.parametrize("name", [n for n in ALERTS if "keep_firing_for" in ALERTS[n]])
def test_says_how_long_the_alert_still_stands(name: str) -> None:
    """Nobody thinks that the repair has failed while the rule still waits."""
    verify = sections(FOLDER / f"{name}.md")[-1].text
    said = re.search(r"\bends\s+(\d+)\s+minutes", verify)

    assert said
    assert int(said[1]) >= int(ALERTS[name]["keep_firing_for"].removesuffix("m"))


@pytest.mark.parametrize("path", INSTRUCTIONS, ids=lambda p: p.stem)
def test_nothing_dangerous_and_nothing_missing(path: Path) -> None:
    """Commands name one pool and one pod, and need neither internet nor our program."""
    text = path.read_text(encoding="utf-8")
    typed = "\n".join(b.text for s in sections(path) for b in s.blocks)

    assert not DANGEROUS.search(text)
    assert not MISSING.search(
        re.sub(r"\s*\\\n\s*", " ", re.sub(r" -- \\?\s*sctp", " -- ~", typed))
    )
    assert "\\|" not in "".join(s for s in text.splitlines() if path.parent == FOLDER)


@pytest.mark.parametrize("section", [s for s in SECTIONS if s.blocks], ids=str)
def test_blocks_can_be_copied(section: Section) -> None:
    """Every block is of a known kind, and what a shell is given it understands."""
    for block in section.blocks:
        assert block.kind in {"sh", "sh node", "promql", "yaml"}
        if block.kind.startswith("sh"):
            assert not re.search(r"^\s*[$#] ", block.text, re.MULTILINE)
            done = subprocess.run(
                ["bash", "-n"],
                input=block.text,
                capture_output=True,
                text=True,
                check=False,
            )
            assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("path", INSTRUCTIONS, ids=lambda p: p.stem)
def test_folders_that_are_applied(path: Path) -> None:
    """They exist; a MachineConfig in them is for the pool that the name says."""
    text = path.read_text(encoding="utf-8")
    for folder in set(re.findall(r"(?:apply|delete) -k (daemonset/\S+?)[`\s]", text)):
        rendered = Bundle.parse(kustomize(TOP / folder))
        label = "machineconfiguration.openshift.io/role"
        roles = {o["metadata"]["labels"][label] for o in rendered.of("MachineConfig")}
        assert all(role in folder for role in roles)


@pytest.mark.parametrize("path", [*INSTRUCTIONS, *WAYS_IN], ids=lambda p: p.stem)
def test_links_lead_somewhere(path: Path) -> None:
    """A page that is linked exists, and has the heading."""
    for target, anchor in re.findall(r"\]\(([^)#:]*)#?([^)]*)\)", path.read_text()):
        page = (path.parent / target) if target else path
        assert page.is_file()
        slugs = {
            re.sub(r"[^\w -]", "", s.title.lower()).replace(" ", "-")
            for s in sections(page)
        }
        assert not anchor or anchor in slugs


def _commands(block: str) -> list[str]:
    """Return the commands of a block, a continued line being one."""
    lines = block.replace("\\\n", " ").splitlines()
    return [
        line
        for line in lines
        if shlex.split(line, comments=True)[:1]
        and not re.fullmatch(r"\w+=\S+(\s+#.*)?", line)
    ]
