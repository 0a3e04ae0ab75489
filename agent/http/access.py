"""Which clients get which page, by their certificates and passwords."""

from collections.abc import Callable, Mapping
from http import HTTPStatus

from agent.http.message import Peer, Request, Response, line
from agent.http.passwords import Credentials, Passwords, credentials_of
from agent.http.router import Answer, Handler
from agent.http.web_config import ClientAuth, WebConfig
from agent.threads import NoThreadError

#: The kubelet has no certificate or password to show, and learns nothing here.
OPEN = frozenset({"/-/healthy", "/-/ready"})
_ASK = ("WWW-Authenticate", 'Basic realm="sctp-node-agent", charset="UTF-8"')


class Guard:
    """Lets in whom *config* lets in, as it is then; the open pages are for all."""

    def __init__(self, config: Callable[[], WebConfig]) -> None:
        self._config = config
        self._passwords = Passwords()

    def before(self, handlers: Mapping[str, Handler]) -> dict[str, Handler]:
        """Return *handlers*, each behind the rules, but for the open ones."""
        return {
            path: handler if path in OPEN else self._behind(handler)
            for path, handler in handlers.items()
        }

    def _behind(self, handler: Handler) -> Handler:
        def ask(request: Request) -> Answer:
            config = self._config()
            if why := refusal(config, request.peer):
                return line(HTTPStatus.FORBIDDEN, why)
            if not config.users:
                return handler(request)
            credentials = credentials_of(request)
            if credentials is None:
                return _unauthorized()
            if self._passwords.remembers(config.users, credentials):
                return handler(request)
            return self._compare(config, credentials, request, handler)

        return ask

    async def _compare(
        self,
        config: WebConfig,
        credentials: Credentials,
        request: Request,
        handler: Handler,
    ) -> Response:
        try:
            right = await self._passwords.is_right(
                config.users, credentials, request.network
            )
        except NoThreadError:
            return line(HTTPStatus.SERVICE_UNAVAILABLE)
        if not right:
            return _unauthorized()
        answer = handler(request)
        return answer if isinstance(answer, Response) else await answer


def refusal(config: WebConfig, peer: Peer | None) -> str:
    """Return why *peer*, None without a verified certificate, is not served."""
    if peer is None:
        required = config.client_auth is ClientAuth.REQUIRED
        return "a client certificate is required" if required else ""
    if config.allowed_sans and not set(config.allowed_sans).intersection(peer.sans):
        return "no subject alternative name of the certificate is allowed"
    names = config.allowed_common_names
    if names and not set(names).intersection(peer.common_names):
        return "the common name of the certificate is not allowed"
    return ""


def _unauthorized() -> Response:
    status = HTTPStatus.UNAUTHORIZED
    return Response(status, line(status).body, headers=(_ASK,))
