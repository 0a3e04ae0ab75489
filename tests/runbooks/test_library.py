"""The runbooks in the package, as values, on a terminal and as pages."""

import io
import re
from html.parser import HTMLParser
from pathlib import Path
from zipfile import ZipFile

import pytest
from hatchling.build import build_wheel

from agent.http.message import Request, Response
from agent.runbooks import library
from agent.runbooks.markdown import (
    Code,
    Heading,
    Paragraph,
    Piece,
    Table,
    blocks,
    pieces,
)
from agent.terminal.explain import explain, write_explanation
from agent.web.runbooks import runbooks
from tests.runbooks.pages import FOLDER, PAGES

WORD = re.compile(r"\w[\w.:/=-]*")
_EVIL = "<script>alert('\"&')</script>"


class _Page(HTMLParser):
    """What a page shows, where its links lead, and the elements it is made of."""

    def __init__(self, response: Response) -> None:
        super().__init__()
        self.text, self.links, self.tags = "", [""], {""}
        self.feed(response.body.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links += (value or "" for name, value in attrs if name == "href")

    def handle_data(self, data: str) -> None:
        self.text += data


def _get(path: str) -> _Page:
    return _Page(runbooks()[path](Request("GET", path, {})))


def _commands(name: str) -> list[str]:
    found = blocks((FOLDER / f"{name}.md").read_text())
    return [block.text for block in found if isinstance(block, Code)]


def test_package_has_what_people_edit() -> None:
    """Every page of docs/runbooks is there, and its text is the file's."""
    assert {*library.names()} == {path.stem for path in PAGES}
    for path in PAGES:
        assert library.text(path.stem) == path.read_text(encoding="utf-8")


def test_wheel_has_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is installed elsewhere has them too, as files and not as a link."""
    monkeypatch.chdir(FOLDER.parents[1])
    wheel = ZipFile(tmp_path / build_wheel(str(tmp_path)))

    for path in PAGES:
        inside = f"agent/runbooks/pages/{path.name}"
        assert wheel.read(inside) == path.read_bytes()


def test_alerts_come_first() -> None:
    """Who looks for an alert does not look through the rest."""
    names = library.names()

    assert [name[:4] == "SCTP" for name in names] == sorted(
        (name[:4] == "SCTP" for name in names), reverse=True
    )


def test_values_of_a_page() -> None:
    """Headings, prose, blocks and tables, in order."""
    text = (
        "# A\n\nb\n`c`\n\n```sh node\n\n# d\n```\n\n| e | f |\n|---|---|\n| g | h |\n"
    )

    assert [*blocks(text)] == [
        Heading(1, "A"),
        Paragraph("b `c`"),
        Code("sh node", "\n# d\n"),
        Table((("e", "f"), ("g", "h"))),
    ]


def test_runs_of_a_paragraph() -> None:
    """What is marked is told from the rest."""
    assert [*pieces("a `b|c` **d** *e* [f](g.md#h).")] == [
        Piece("text", "a "),
        Piece("code", "b|c"),
        Piece("text", " "),
        Piece("strong", "d"),
        Piece("text", " "),
        Piece("emphasis", "e"),
        Piece("text", " "),
        Piece("link", "f", "g.md#h"),
        Piece("text", "."),
    ]


@pytest.mark.parametrize("name", library.names())
def test_nothing_is_lost(name: str) -> None:
    """Terminal and page have every word, and commands as they are to be copied."""
    source = re.sub(r"\]\([^)]*\)", "]", (FOLDER / f"{name}.md").read_text())
    prose = re.sub(r"^```.*$|[*`|]", " ", source, flags=re.MULTILINE)
    shown = explain(name) or ""
    page = _get(f"/runbooks/{name}").text

    for word in WORD.findall(prose):
        assert word in page
        assert word in shown or word in _heads(name)
    for command in _commands(name):
        assert command in page
        assert command in shown


def _heads(name: str) -> str:
    """Return the heads of tables, which a terminal leaves out."""
    tables = (b for b in blocks(library.text(name)) if isinstance(b, Table))
    return " ".join(cell for table in tables for cell in table.rows[0])


def test_explained_however_it_is_written() -> None:
    """At night nobody looks for the capitals; where to type a block is a comment."""
    text = explain("sctppresentwhereforbidden", width=60) or ""
    prose = [line for line in text.splitlines() if line.startswith("  ")]

    assert text.startswith("SCTPPresentWhereForbidden\n\n  SCTP is forbidden")
    assert "# in a shell on the node\nsystemctl reboot\n" in text
    assert "# in Prometheus\nrate(" in text
    assert "a shell on the node (`explain node-shell`)" in " ".join(text.split())
    assert max(len(line) for line in prose if "--" not in line) <= 60


def test_other_pages_are_named() -> None:
    """What is not served here can be found in a checkout."""
    said = "Enable SCTP (docs/enable-sctp.md) has"

    assert said in " ".join((explain("SCTPUnavailable") or "").split())
    assert said in _get("/runbooks/SCTPUnavailable").text


def test_written_for_a_pipe() -> None:
    """The command writes the same, without escapes."""
    stream = io.StringIO()

    assert write_explanation("node-shell", stream)
    assert stream.getvalue() == explain("node-shell")
    assert not write_explanation("../runbooks/node-shell", stream)


def test_overview() -> None:
    """All pages are listed, and each link leads to one."""
    page = _get("/runbooks/")

    assert {*page.links} >= {*library.names()}
    assert {f"/runbooks/{link}" for link in page.links if link[:1].isalpha()} <= {
        *runbooks()
    }


@pytest.mark.parametrize("name", library.names())
def test_page_needs_nothing_else(name: str) -> None:
    """No script, no form, nothing from elsewhere; links stay in the folder."""
    page = _get(f"/runbooks/{name}")
    pages = {*library.names()}

    assert not page.tags & {"script", "img", "form", "iframe", "object", "input"}
    assert {link for link in page.links if link} <= pages | {"../", "./"}
    assert "**" not in page.text
    assert "](" not in page.text


def test_stands_in_for_the_folder_of_the_project() -> None:
    """A link below another address of the documentation leads to the same page."""
    asked = Request("GET", "", {})
    handlers = runbooks()

    for name in library.names():
        page = handlers[f"/runbooks/{name}"](asked)
        assert handlers[f"/runbooks/{name}.md"](asked) == page


def test_page_is_escaped(monkeypatch: pytest.MonkeyPatch) -> None:
    """Markup in a page is text, also if somebody edits one to hold it."""
    text = f"# {_EVIL}\n\n{_EVIL} `{_EVIL}`\n\n```sh\n{_EVIL}\n```\n"
    read: list[str] = []
    handlers = runbooks()

    def hostile(name: str) -> str:
        read.append(name)
        return text

    monkeypatch.setattr(library, "text", hostile)
    asked = Request("GET", "", {})
    first, response = (handlers["/runbooks/node-shell"](asked) for _ in range(2))
    page = _Page(response)

    assert first == response
    assert read == ["node-shell"]  # rendered once, however many ask
    assert "script" not in page.tags
    assert page.text.count(_EVIL) == 5  # once as the page's title
    assert "default-src 'none'" in dict(response.headers)["Content-Security-Policy"]
