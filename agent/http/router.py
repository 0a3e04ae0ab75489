"""From a path to what answers it; everything else does not exist."""

import logging
from collections.abc import Callable, Mapping
from http import HTTPStatus

from agent.http.elsewhere import comes_from_elsewhere
from agent.http.message import Request, Response, line

# A handler takes a request and answers at once: it must not block. Whoever wants
# to ask for credentials wraps a handler in another one.
Handler = Callable[[Request], Response]

_READING = ("GET", "HEAD")

_log = logging.getLogger(__name__)


class Router:
    """Answers requests by path; a handler that fails does not fail the server."""

    def __init__(self, handlers: Mapping[str, Handler]) -> None:
        self._handlers = dict(handlers)

    def __call__(self, request: Request) -> Response:
        """Return the response; nothing of a failure is shown to the client."""
        if comes_from_elsewhere(request):
            return line(HTTPStatus.FORBIDDEN, "asked for by a page from elsewhere")
        handler = self._handlers.get(request.path)
        if handler is None:
            return line(HTTPStatus.NOT_FOUND)
        if request.method not in _READING:
            allow = (("Allow", ", ".join(_READING)),)
            status = HTTPStatus.METHOD_NOT_ALLOWED
            return Response(status, line(status).body, headers=allow)
        try:
            return handler(request)
        except Exception:  # noqa: BLE001  # one page must not take the others down
            _log.exception("request failed", extra={"path": request.path})
            return line(HTTPStatus.INTERNAL_SERVER_ERROR)
