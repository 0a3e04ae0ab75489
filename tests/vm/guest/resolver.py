"""A name server that knows the two agents of a guest, over UDP and over TCP.

The first answer to each question is cut short, so that resolvers come back over TCP.
"""

import socket
import socketserver
import struct
import threading
from collections.abc import Callable

HEADER = 12
LIFETIME = 5
TRUNCATED, ANSWER = 0x8780, 0x8580
KINDS = {1: socket.AF_INET, 28: socket.AF_INET6}
Names = Callable[[str], tuple[str, ...]]


def serve(address: str, names: Names) -> None:
    """Answer at port 53 of *address* for ever; returns when it is open."""
    asked: set[bytes] = set()

    class Datagrams(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            question, sock = self.request
            first = question[HEADER:] not in asked
            asked.add(question[HEADER:])
            sock.sendto(_answer(question, names, cut=first), self.client_address)

    class Streams(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            while prefix := self.rfile.read(2):
                question = self.rfile.read(struct.unpack("!H", prefix)[0])
                reply = _answer(question, names, cut=False)
                self.wfile.write(struct.pack("!H", len(reply)) + reply)

    for server in (
        socketserver.ThreadingUDPServer((address, 53), Datagrams),
        socketserver.ThreadingTCPServer((address, 53), Streams),
    ):
        threading.Thread(target=server.serve_forever, daemon=True).start()


def _answer(question: bytes, names: Names, *, cut: bool) -> bytes:
    end = question.index(b"\0", HEADER) + 5
    (kind,) = struct.unpack("!H", question[end - 4 : end - 2])
    family = KINDS.get(kind)
    records = [
        struct.pack("!HHHIH", 0xC000 | HEADER, kind, 1, LIFETIME, len(data)) + data
        for address in names(_name(question))
        if family == (socket.AF_INET6 if ":" in address else socket.AF_INET)
        for data in (socket.inet_pton(family, address),)
    ]
    told = [] if cut else records
    flags = TRUNCATED if cut else ANSWER
    counts = struct.pack("!HHHHH", flags, 1, len(told), 0, 0)
    return question[:2] + counts + question[HEADER:end] + b"".join(told)


def _name(question: bytes) -> str:
    labels, at = [], HEADER
    while length := question[at]:
        labels.append(question[at + 1 : at + 1 + length].decode("ascii"))
        at += 1 + length
    return ".".join(labels)
