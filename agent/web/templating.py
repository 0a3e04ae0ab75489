"""Templates whose values are escaped, and answers that allow what they hold only."""

import base64
import hashlib
import os
import zlib
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING

from agent.gzip_format import GZIP
from agent.http.message import Request, Response
from agent.http.negotiation import wants_gzip
from agent.parts import only_parts_of
from agent.printable import printable

if TYPE_CHECKING:
    from jinja2.environment import Environment
    from jinja2.loaders import PackageLoader

#: Where the image has them compiled: doing so costs four megabytes.
COMPILED = os.path.join(os.path.dirname(__file__), "compiled")


def templates(filters: Iterable[Callable[..., object]] = ()) -> "Environment":
    """Return the package's templates, with *filters* under their own names."""
    # Two megabytes that only a node whose page is looked at has to spend.
    with only_parts_of("jinja2"):
        from jinja2.environment import Environment
        from jinja2.loaders import ChoiceLoader, ModuleLoader
        from jinja2.runtime import StrictUndefined

    environment = Environment(
        autoescape=True,
        auto_reload=False,
        finalize=_finalize,
        loader=ChoiceLoader([ModuleLoader(COMPILED), sources()]),
        lstrip_blocks=True,
        trim_blocks=True,
        undefined=StrictUndefined,
    )
    environment.filters |= {word.__name__: word for word in filters}
    return environment


def sources() -> "PackageLoader":
    """Return what reads the templates themselves."""
    with only_parts_of("jinja2"):
        from jinja2.loaders import PackageLoader

    return PackageLoader("agent.web", "templates")


def source(environment: "Environment", name: str) -> str:
    """Return the source expression of a policy for an element with the file *name*."""
    text = environment.get_template(name).render().encode()
    return "sha256-" + base64.b64encode(hashlib.sha256(text).digest()).decode()


def html(request: Request, text: str, policy: str) -> Response:
    """Return *text* in the encoding the client prefers, under *policy*."""
    body = text.encode()
    headers: tuple[tuple[str, str], ...] = (("Content-Security-Policy", policy),)
    if wants_gzip(request.header("accept-encoding")):
        body = zlib.compress(body, wbits=GZIP)
        headers += (("Content-Encoding", "gzip"),)
    return Response(HTTPStatus.OK, body, "text/html; charset=utf-8", headers)


def _finalize(value: object) -> object:
    """Make everything harmless that the template shows, markup of its own apart."""
    return value if hasattr(value, "__html__") else printable(str(value))
