"""What every page of documentation keeps: its links lead somewhere."""

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

TOP = Path(__file__).parents[1]
PAGES = sorted(
    page
    for page in TOP.rglob("*.md")
    if not any(part.startswith(".") for part in page.relative_to(TOP).parts)
)
"""The folders of tools and of the environment begin with a dot."""

ELSEWHERE = re.compile(r"[a-z]+:")
UNSPOKEN = re.compile(r"[^\w\- ]")
"""What GitHub leaves out of a heading's anchor."""


def _links(page: Path) -> Iterator[str]:
    for block in MarkdownIt("commonmark").enable("table").parse(page.read_text()):
        for token in block.children or ():
            link = token.attrs.get("href") or token.attrs.get("src")
            if link is not None and not ELSEWHERE.match(str(link)):
                yield str(link)


def _anchors(page: Path) -> set[str]:
    """Return the names that GitHub gives the headings of a page."""
    found = set()
    tokens = MarkdownIt("commonmark").parse(page.read_text())
    for opening, heading in pairwise(tokens):
        if opening.type == "heading_open":
            text = "".join(child.content for child in heading.children or ())
            found.add(UNSPOKEN.sub("", text.lower()).replace(" ", "-"))
    return found


def _leads_somewhere(page: Path, link: str) -> bool:
    path, _, anchor = link.partition("#")
    target = page.parent / path if path else page
    return target.exists() and (not anchor or anchor in _anchors(target))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(TOP)))
def test_links_lead_somewhere(page: Path) -> None:
    """Who follows a link within the documentation finds the page and the heading."""
    assert [link for link in _links(page) if not _leads_somewhere(page, link)] == []


@pytest.mark.parametrize(
    ("link", "leads"),
    [
        pytest.param("README.md", True, id="a page"),
        pytest.param("docs", True, id="a folder"),
        pytest.param("docs/checks.md#kmod_blacklist", True, id="a heading"),
        pytest.param("docs/absent.md", False, id="a page that is not there"),
        pytest.param("README.md#absent", False, id="a heading that is not there"),
    ],
)
def test_a_broken_link_is_seen(link: str, *, leads: bool) -> None:
    """The test above can fail."""
    assert _leads_somewhere(TOP / "README.md", link) is leads


def test_what_stops_somebody_is_shown() -> None:
    """Each row about what somebody can do names a test, but where nothing stops it."""
    text = (TOP / "docs/security.md").read_text(encoding="utf-8")
    tables = text.split("| can | what stops it | shown by |\n|---|---|---|\n")[1:]
    rows = [table.partition("\n\n")[0].splitlines() for table in tables]
    stopped = [line.split(" | ") for lines in rows for line in lines]

    assert len(stopped) > 20
    assert [
        row[0]
        for row in stopped
        if "(../tests/" not in row[2] and not row[1].startswith("nothing")
    ] == []
