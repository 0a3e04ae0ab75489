"""Which clients get which page, by their certificates."""

from collections.abc import Callable, Mapping
from http import HTTPStatus

from agent.http.message import Peer, Request, line
from agent.http.router import Answer, Handler
from agent.http.web_config import ClientAuth, WebConfig

#: The kubelet has no certificate to show, and learns nothing here.
OPEN = frozenset({"/-/healthy", "/-/ready"})


def guarded(
    handlers: Mapping[str, Handler], config: Callable[[], WebConfig]
) -> dict[str, Handler]:
    """Return *handlers*, each behind the rules of *config*, but for the open ones."""
    return {
        path: handler if path in OPEN else _behind(handler, config)
        for path, handler in handlers.items()
    }


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


def _behind(handler: Handler, config: Callable[[], WebConfig]) -> Handler:
    def ask(request: Request) -> Answer:
        why = refusal(config(), request.peer)
        return line(HTTPStatus.FORBIDDEN, why) if why else handler(request)

    return ask
