"""The runbooks under /runbooks/, for sites where nothing else has them."""

from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from agent.http.message import Request, Response
from agent.http.router import Handler
from agent.runbooks import library
from agent.runbooks.markdown import Block, Piece, blocks, pieces
from agent.web.templating import html, source, templates

if TYPE_CHECKING:
    from jinja2 import Template

_FOLDER = "/runbooks/"


def runbooks() -> Mapping[str, Handler]:
    """Return a page for each runbook and one that lists them, by their paths.

    Each is also at its file's name, so that an agent may stand in for the folder docs
    of the project in links.
    """
    sheet = _Sheet()

    def overview(request: Request) -> Response:
        return sheet.answer(request, names=library.names())

    def page(name: str) -> Handler:
        def answer(request: Request) -> Response:
            return sheet.answer(request, blocks=[*blocks(library.text(name))])

        return answer

    shown = {name: page(name) for name in library.names()}
    files = {f"{name}.md": answer for name, answer in shown.items()}
    return {_FOLDER: overview} | {_FOLDER + k: v for k, v in (shown | files).items()}


class _Sheet:
    """The template, read when somebody asks, and the policy for its style sheet."""

    def __init__(self) -> None:
        self._template: Template | None = None
        self._policy = ""

    def answer(self, request: Request, **values: object) -> Response:
        """Return the template filled with *values*."""
        if self._template is None:
            environment = templates((kind, leads, pieces))
            style = source(environment, "runbook.css")
            self._policy = (
                f"default-src 'none'; style-src '{style}'; base-uri 'none'; "
                "form-action 'none'; frame-ancestors 'none'"
            )
            self._template = environment.get_template("runbook.html")
        filled = {"blocks": (), "names": ()} | values
        return html(request, self._template.render(filled), self._policy)


def kind(block: Block) -> str:
    """Return what the template calls a block."""
    return type(block).__name__


def leads(piece: Piece) -> str:
    """Return the address of a link's page here, "" where it is not served."""
    page, _, _ = piece.target.partition("#")
    return library.find(PurePosixPath(page).stem) or ""
