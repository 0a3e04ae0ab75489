"""From a path to what answers it; everything else does not exist."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus

from agent.http.elsewhere import comes_from_elsewhere
from agent.http.message import READING, Request, Response, line

#: An answer, or one that has to be waited for; nothing else waits meanwhile.
Answer = Response | Awaitable[Response]
# A handler takes a request and must not block. Whoever wants to ask for credentials
# wraps a handler in another one.
Handler = Callable[[Request], Answer]

_CHANGING = ("POST", "PUT")

_log = logging.getLogger(__name__)


class Router:
    """Answers requests by path; a handler that fails does not fail the server.

    What is read has its place in *handlers*, what makes us do something in *actions*.
    """

    def __init__(
        self,
        handlers: Mapping[str, Handler],
        actions: Mapping[str, Handler] | None = None,
    ) -> None:
        reads = {path: (handler, READING) for path, handler in handlers.items()}
        acts = {path: (act, _CHANGING) for path, act in (actions or {}).items()}
        self._places = reads | acts

    def __call__(self, request: Request) -> Answer:
        """Return the response; nothing of a failure is shown to the client."""
        if comes_from_elsewhere(request):
            return line(HTTPStatus.FORBIDDEN, "asked for by a page from elsewhere")
        handler, methods = self._places.get(request.path, (None, READING))
        if handler is None:
            return line(HTTPStatus.NOT_FOUND)
        if request.method not in methods:
            allow = (("Allow", ", ".join(methods)),)
            status = HTTPStatus.METHOD_NOT_ALLOWED
            return Response(status, line(status).body, headers=allow)
        try:
            answer = handler(request)
        except Exception:  # noqa: BLE001  # one page must not take the others down
            return _server_error(request)
        return (
            answer if isinstance(answer, Response) else _await_response(answer, request)
        )


async def _await_response(answer: Awaitable[Response], request: Request) -> Response:
    try:
        return await answer
    except Exception:  # noqa: BLE001  # nor one that is waited for
        return _server_error(request)


def _server_error(request: Request) -> Response:
    _log.exception("request failed", extra={"path": request.path})
    return line(HTTPStatus.INTERNAL_SERVER_ERROR)
