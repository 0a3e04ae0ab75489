"""A scraper as plain as can be: HTTP/1.1 by sockets, every byte of an answer read."""

import socket
import ssl
import time
from dataclasses import dataclass
from types import TracebackType
from typing import Self

_TIMEOUT = 5.0


@dataclass(frozen=True, slots=True)
class Address:
    """Where somebody listens on loopback."""

    port: int
    tls: bool = False


class NoAnswerError(ConnectionResetError):
    """The connection was closed before an answer began.

    On one that was kept, whoever asks has to ask on a new one (RFC 9112, 9.3.1): the
    request may have crossed the end of a connection that nobody used.
    """


class Client:
    """One connection to *address*, from the loopback address *own*."""

    def __init__(self, address: Address, own: str = "127.0.0.1") -> None:
        self._socket = socket.create_connection(
            ("127.0.0.1", address.port), _TIMEOUT, (own, 0)
        )
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if address.tls:
            self._socket = trusting().wrap_socket(self._socket)

    def __enter__(self) -> Self:
        """Return the connection."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Leave."""
        self._socket.close()

    def get(self, path: str) -> tuple[int, bytes]:
        """Return the status and the body; raise OSError where there is none."""
        head, _, body = self._begin(path).partition(b"\r\n\r\n")
        lines = head.decode("latin-1").lower().split("\r\n")
        status = int(lines[0].split()[1])
        lengths = [x.split(":")[1] for x in lines if x.startswith("content-length:")]
        if lengths:
            while len(body) < int(lengths[0]):
                body += self._more()
        elif "transfer-encoding: chunked" in lines:
            while not body.endswith(b"0\r\n\r\n"):
                body += self._more()
        else:
            while data := self._socket.recv(1 << 16):
                body += data
        return status, body

    def _begin(self, path: str) -> bytes:
        """Ask, and return the answer as far as it has come with its head."""
        try:
            self._socket.sendall(f"GET {path} HTTP/1.1\r\nHost: node\r\n\r\n".encode())
            data = self._more()
        except (ConnectionError, ssl.SSLEOFError) as error:
            raise NoAnswerError(f"GET {path}: {error}") from error
        while b"\r\n\r\n" not in data:
            data += self._more()
        return data

    def _more(self) -> bytes:
        data = self._socket.recv(1 << 16)
        if not data:
            raise ConnectionResetError("the answer ends before its end")
        return data


def trusting() -> ssl.SSLContext:
    """Return a context for whatever certificate a measured program has."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def scrape(address: Address, path: str, *, away: float) -> float | None:
    """Return how long a scrape over a new connection took, None if it failed.

    Between connecting and asking *away* seconds pass, which do not count: somebody
    who is that far away asks no sooner.
    """
    began = time.perf_counter()
    try:
        with Client(address) as client:
            time.sleep(away)
            status, _ = client.get(path)
    except OSError:
        return None
    return time.perf_counter() - began - away if status == 200 else None
