"""A server of one thread that answers with the bytes it is given, and remembers."""

import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

_HANDSHAKE = b"\x16"  # how TLS begins
Reply = Callable[[str], bytes | None]


@dataclass(frozen=True, slots=True)
class Stub:
    """Where it listens, and the requests that came: head lines as they were sent."""

    port: int
    requests: list[str] = field(default_factory=list)


def ok(document: object, status: str = "200 OK", extra: str = "") -> bytes:
    """Return a whole answer with a JSON document."""
    body = json.dumps(document).encode()
    head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{extra}\r\n"
    return head.encode() + body


def vector(
    samples: Sequence[tuple[Mapping[str, str], str]] = (), **more: object
) -> dict[str, Any]:
    """Return Prometheus' form of an instant vector."""
    result = [{"metric": dict(m), "value": [1.5, value]} for m, value in samples]
    data = {"resultType": "vector", "result": result}
    return {"status": "success", "data": data, **more}


@contextmanager
def serving(reply: Reply, tls: ssl.SSLContext | None = None) -> Iterator[Stub]:
    """Answer each request with *reply* of it; None: never, until the client goes."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        stub = Stub(listener.getsockname()[1])
        ended = threading.Event()

        def serve() -> None:
            while not ended.is_set():
                with suppress(OSError):
                    connection, _ = listener.accept()
                    with connection:
                        connection.settimeout(10)
                        _answer(connection, reply, tls, stub)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield stub
        ended.set()
        with suppress(OSError), socket.create_connection(("127.0.0.1", stub.port), 5):
            pass
        thread.join(10)


def _answer(
    connection: socket.socket, reply: Reply, tls: ssl.SSLContext | None, stub: Stub
) -> None:
    plain = tls.wrap_socket(connection, server_side=True) if tls else connection
    with plain:
        head = b""
        while b"\r\n\r\n" not in head and head[:1] != _HANDSHAKE:
            chunk = plain.recv(65_536)
            if not chunk:
                return
            head += chunk
        stub.requests.append(head.decode(errors="replace"))
        answer = reply(stub.requests[-1])
        if answer is None:
            plain.recv(1)
        else:
            plain.sendall(answer)
