"""Where Prometheus is: its URL, and what proves us to it and it to us."""

import ipaddress
import ssl
from dataclasses import dataclass, field
from urllib.parse import SplitResult, urlsplit

from agent.threads import read_within

_LONGEST_TOKEN = 16_384  # bytes
_PATIENCE = 10.0  # seconds that the token's file is waited for
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Server:
    """A Prometheus or Thanos; *path* is what its API is below."""

    host: str
    port: int
    path: str = ""
    tls: ssl.SSLContext | None = None
    token: str = field(default="", repr=False)

    @property
    def url(self) -> str:
        """The URL, as it is shown."""
        scheme = "https" if self.tls else "http"
        return f"{scheme}://{self.authority}{self.path}"

    @property
    def authority(self) -> str:
        """Host and port, as a request names them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        usual = self.port == _PORTS["https" if self.tls else "http"]
        return host if usual else f"{host}:{self.port}"


def server(
    url: str, *, token_file: str, ca_file: str, cert_file: str, key_file: str
) -> Server:
    """Return the server at *url*; raise ValueError or OSError with what is wrong.

    Empty names of files mean: no token, the system's authorities, no certificate of
    our own.
    """
    parts = _parts(url)
    host, port = str(parts.hostname), parts.port or _PORTS[parts.scheme]
    secure = parts.scheme == "https"
    if not secure and (ca_file or cert_file):
        raise ValueError(f"{url}: certificates are for https")
    if key_file and not cert_file:
        raise ValueError(f"{key_file}: a key without a certificate")
    token = _token(token_file) if token_file else ""
    if token and not secure and not _is_here(host):
        raise ValueError(f"{url}: no token is sent over http to another machine")
    tls = _context(ca_file, cert_file, key_file) if secure else None
    return Server(host, port, parts.path.rstrip("/"), tls, token)


def _parts(url: str) -> SplitResult:
    if not url.isascii() or not url.isprintable() or " " in url:
        raise ValueError(f"{url!r}: is no URL")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise ValueError(f"{url}: {error}") from None
    if parts.username is not None:
        raise ValueError("no password in the URL, others see it: use --token-file")
    if parts.scheme not in _PORTS or not parts.hostname or port == 0:
        raise ValueError(f"{url}: is no http(s)://HOST[:PORT][/PATH]")
    if parts.query or parts.fragment:
        raise ValueError(f"{url}: give it without ? and #")
    return parts


def _token(path: str) -> str:
    data = read_within(path, _LONGEST_TOKEN + 1, deadline=_PATIENCE)
    token = data.decode("ascii", "replace").strip()
    if not token or len(token) > _LONGEST_TOKEN:
        raise ValueError(f"{path}: is empty or longer than a token")
    if not token.isascii() or not token.isprintable() or " " in token:
        raise ValueError(f"{path}: holds more than a token")
    return token


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _context(ca_file: str, cert_file: str, key_file: str) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=ca_file or None)
    except ssl.SSLError:
        raise ValueError(f"{ca_file}: holds no certificates (PEM)") from None
    if cert_file:
        try:
            context.load_cert_chain(cert_file, key_file or None, password=_no_password)
        except ssl.SSLError as error:
            raise ValueError(f"{cert_file}: {error.reason or error}") from None
    return context


def _no_password() -> str:
    raise ValueError("the client's key is encrypted: give one that is not")
