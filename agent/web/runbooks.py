"""The runbooks under /runbooks/, for sites where nothing else has them."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from agent.http.message import Request, Response
from agent.runbooks import library
from agent.web.templating import html, source, templates

if TYPE_CHECKING:
    from jinja2.environment import Environment, Template

    from agent.runbooks.markdown import Block, Piece

_FOLDER = "/runbooks/"


def runbooks() -> Mapping[str, Callable[[Request], Response]]:
    """Return a page for each runbook and one that lists them, by their paths.

    Each is also at its file's name, so that an agent may stand in for the folder docs
    of the project in links.
    """
    sheet = _Sheet()
    overview = _Page(sheet, lambda: {"names": library.names()})
    pages = {name: _Page(sheet, partial(_page, name)) for name in library.names()}
    files = {f"{name}.md": page for name, page in pages.items()}
    return {_FOLDER: overview} | {_FOLDER + k: v for k, v in (pages | files).items()}


def _page(name: str) -> Mapping[str, object]:
    from agent.runbooks.markdown import blocks  # only who reads one has to have it

    return {"blocks": [*blocks(library.text(name))]}


class _Page:
    """Answers with what is rendered once: it is the same as long as the agent runs."""

    def __init__(
        self, sheet: "_Sheet", values: Callable[[], Mapping[str, object]]
    ) -> None:
        self._sheet = sheet
        self._values = values
        self._text = ""

    def __call__(self, request: Request) -> Response:
        """Return the page in the encoding the client prefers."""
        self._text = self._text or self._sheet.render(self._values())
        return html(request, self._text, self._sheet.policy)


class _Sheet:
    """The template, read when somebody asks, and the policy for its style sheet."""

    def __init__(self) -> None:
        self._template: Template | None = None
        self.policy = ""

    def render(self, values: Mapping[str, object]) -> str:
        """Return the template filled with *values*."""
        if self._template is None:
            environment = runbook_templates()
            style = source(environment, "runbook.css")
            self.policy = (
                f"default-src 'none'; style-src '{style}'; base-uri 'none'; "
                "form-action 'none'; frame-ancestors 'none'"
            )
            self._template = environment.get_template("runbook.html")
        return self._template.render({"blocks": (), "names": ()} | dict(values))


def runbook_templates() -> "Environment":
    """Return the templates with what the runbooks are shown with."""
    from agent.runbooks.markdown import pieces

    return templates((kind, leads, pieces))


def kind(block: "Block") -> str:
    """Return what the template calls a block."""
    return type(block).__name__


def leads(piece: "Piece") -> str:
    """Return the address of a link's page here, "" where it is not served."""
    page, _, _ = piece.target.partition("#")
    return library.find(page.rpartition("/")[2].removesuffix(".md")) or ""
