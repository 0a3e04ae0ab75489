"""Two network namespaces of the guest, a responder in one, probes from the other.

Prints what every attempt came to, as JSON; the tests judge.
"""

import asyncio
import collections
import contextlib
import json
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

from agent.echo.client import attempt
from agent.echo.hints import hint
from agent.echo.message import Request, encode_request
from agent.echo.outcome import Attempt
from tests.vm.guest.namespace import inside

Json = dict[str, Any]
Option: TypeAlias = Any
LOG = Path("/run/responder.log")
PORT, SILENT, FULL = 10132, 9000, 9001
PROTOCOL, PORT_CODE = 2, 3  # codes of ICMP
HONEST = "10.0.0.3"  # the hostile ones have another address, and its rate used up
HOSTILE_KINDS = 5
REQUEST = encode_request(Request("00" * 8), 9000)
HOSTILE = 200
BORROWED = 100  # addresses that a hostile end lists beside its own
HEARTBEAT = 4
FLOOD, AT_ONCE = 1000, 50  # associations that are aborted as soon as they stand
AT_REST = 20  # descriptors of a responder without associations
AGENT = (sys.executable, "-S", "-m", "agent")
THERE = ("ip", "netns", "exec", "there")
LINKS = """
ip netns add there
ip link add here type veth peer name there netns there
ip addr add 10.0.0.1/24 dev here
ip addr add 10.0.0.3/24 dev here
ip addr add fd00::1/64 dev here nodad
ip link set here up
ip -n there addr add 10.0.0.2/24 dev there
ip -n there addr add fd00::2/64 dev there nodad
ip -n there link set there up
ip -n there link set lo up
"""


SECOND_NETWORK = """
ip link add here2 type veth peer name there2 netns there
ip addr add 10.1.0.1/24 dev here2
ip link set here2 up
ip -n there addr add 10.1.0.2/24 dev there2
ip -n there link set there2 up
ip -n there route add 10.2.0.0/16 via 10.0.0.1
ip route add 10.3.0.0/16 via 10.0.0.2
"""


#: A pod behind the guest, which is the node then and keeps track of all that passes.
BEYOND = """
ip link set lo up
ip netns add beyond
ip link add near type veth peer name far netns beyond
ip addr add 10.4.0.1/24 dev near
ip link set near up
ip -n beyond addr add 10.4.0.2/24 dev far
ip -n beyond link set far up
ip -n beyond route add default via 10.4.0.1
ip -n there route add 10.4.0.0/24 via 10.0.0.1
modprobe nf_conntrack enable_hooks=1
"""
TRACKED = 60  # connections, all that there is room for
MOST_TRACKED = Path("/proc/sys/net/netfilter/nf_conntrack_max")


def shell(text: str) -> None:
    """Run commands, one a line; each must succeed."""
    for line in filter(None, text.splitlines()):
        subprocess.run(line.split(), check=True)


def until(condition: Callable[[], bool], seconds: float) -> bool:
    """Wait for *condition*; say whether it came true in time."""
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
    return condition()


def logged(text: str) -> int:
    """Return how often the responder's log has the text."""
    return LOG.read_text(encoding="utf-8").count(text)


def told(tried: Attempt) -> Json:
    """Return what the tests look at."""
    return {
        "failure": tried.failure,
        "error": tried.error,
        "stage": tried.stage,
        "node": tried.reply and tried.reply.node,
        "reached": tried.reply and tried.reply.reached,
        "seen": tried.seen,
        "sizes": tried.sizes,
        "names": tried.reply and dict(tried.reply.names),
        "seconds": tried.seconds,
        "counters": dict(tried.counters),
        "cause": found.cause if (found := hint(tried)) else "",
        "look": found.look if found else "",
    }


def probe(host: str, port: int = PORT, **options: Option) -> Json:
    """Make one attempt from the namespace of this thread."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    options = {"deadline": 5.0, "node": "prober", **options}
    return told(asyncio.run(attempt((host, port), family=family, **options)))


@contextlib.contextmanager
def lost_replies(seconds: float | None = None) -> Iterator[None]:
    """Let nothing come back meanwhile, or for some seconds only."""
    shell("ip -n there route add blackhole 10.0.0.1/32")
    end = "ip -n there route del blackhole 10.0.0.1/32"
    timer = threading.Timer(seconds or 0, shell, [end])
    if seconds is None:
        yield
        shell(end)
    else:
        timer.start()
        yield
        timer.join()


@contextlib.contextmanager
def small_mtu() -> Iterator[None]:
    """Let packets of full size vanish, and only these."""
    shell("ip link set here mtu 9000\nip -n there link set there mtu 1400")
    yield
    shell("ip link set here mtu 1500\nip -n there link set there mtu 1500")


@contextlib.contextmanager
def unreachable(code: int) -> Iterator[None]:
    """Answer the next INIT by ICMP, "destination unreachable" with that code."""
    watch = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_SCTP)
    answer = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)

    def go() -> None:
        packet = sent.recv(2048)
        quoted = packet[14:62]
        header = bytes((3, code, *(0,) * 6))
        answer.sendto(header[:2] + checksum(header + quoted) + header[4:] + quoted, me)

    me = ("10.0.0.1", 0)
    sent = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0003))
    sent.bind(("here", 0))
    thread = threading.Thread(target=go, daemon=True)
    with watch, answer, sent, lost_replies():
        thread.start()
        yield


def checksum(data: bytes) -> bytes:
    """Return the Internet checksum."""
    total = sum(int.from_bytes(data[i : i + 2], "big") for i in range(0, len(data), 2))
    total = (total & 0xFFFF) + (total >> 16)
    return (~((total & 0xFFFF) + (total >> 16)) & 0xFFFF).to_bytes(2, "big")


@contextlib.contextmanager
def heartbeats() -> Iterator[collections.Counter[str]]:
    """Count the heartbeats on the first link meanwhile, by the network they go to."""
    seen: collections.Counter[str] = collections.Counter()
    sniffed = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0003))
    sniffed.bind(("here", 0))
    sniffed.settimeout(0.2)
    ending = threading.Event()

    def go() -> None:
        while not ending.is_set():
            with contextlib.suppress(TimeoutError):
                packet = sniffed.recv(2048)[14:]
                # IPv4 without options, then SCTP: its first chunk begins at byte 32.
                if packet[9:10] == b"\x84" and packet[32:33] == bytes((HEARTBEAT,)):
                    seen[f"10.{packet[17]}"] += 1

    thread = threading.Thread(target=go)
    thread.start()
    with sniffed:
        yield seen
        ending.set()
        thread.join()


@contextlib.contextmanager
def silent_responder() -> Iterator[None]:
    """Let somebody listen there on all addresses, and say nothing."""
    opened: Json = {}

    def listen() -> Json:
        sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_SCTP)
        sock.bind(("0.0.0.0", SILENT))  # noqa: S104  # in a namespace of our own
        sock.listen()
        return {"sock": sock}

    opened |= inside("there", listen)
    with opened["sock"]:
        yield


def second_network(seen: Json) -> None:
    """Give the responder another way, then break the one that is dialled."""
    shell(SECOND_NETWORK)
    time.sleep(2)  # a listener on all addresses learns of a new one by itself
    seen["second network"] = probe("10.0.0.2")
    with small_mtu():
        seen["broken beside a good one"] = probe("10.0.0.2", deadline=3.0)


def amplified(seen: Json) -> None:
    """Associate from and with an end that lists addresses of others."""
    here = "".join(f"ip addr add 10.2.0.{n}/32 dev lo\n" for n in range(1, BORROWED))
    shell(here)
    with heartbeats() as counted:
        peer = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_SCTP)
        peer.connect(("10.0.0.2", PORT))  # unbound: all addresses are offered
        time.sleep(3)
        peer.close()
    seen["heartbeats of the responder"] = counted["10.2"]
    shell(here.replace(" add ", " del "))
    there = here.replace("ip addr", "ip -n there addr").replace("10.2.", "10.3.")
    shell(there)
    seen["lying responder"] = probe("10.0.0.2")
    with heartbeats() as counted, silent_responder():
        probe("10.0.0.2", SILENT, deadline=3.0)  # long enough for heartbeats
    seen["heartbeats of the prober"] = counted["10.3"]
    shell(there.replace(" add ", " del "))


def flood(seen: Json) -> None:
    """Abort associations as soon as they stand, then see what is left of them."""
    for _ in range(FLOOD // AT_ONCE):
        peers = [hostile(1) for _ in range(AT_ONCE)]
        for peer in peers:
            aborting = (1).to_bytes(4, sys.byteorder) + bytes(4)
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, aborting)
            peer.close()
    seen["after a flood"] = probe("10.0.0.2", PORT + 1, source=HONEST)
    kept = Path("/proc/thread-self/net/sctp/assocs")
    seen |= inside("there", lambda: {"kept": kept.read_text("ascii").count("\n")})


def hostile(number: int) -> socket.socket:
    """Associate and misbehave in one of several ways; return the open socket."""
    port = PORT + number % 2
    peer = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_SCTP)
    peer.settimeout(3)
    with contextlib.suppress(OSError):
        peer.connect(("10.0.0.2", port))
        peer.settimeout(0)
        kind = number % HOSTILE_KINDS
        if kind == 1:
            peer.send(b"SNAP")  # the start of a message
        elif kind == 2:
            peer.send(b"\0" * 1000)  # another protocol
        elif kind == 3:
            peer.send(b"SNAP" * 20_000)  # a message of 80 KB
        elif kind == 4:
            while True:  # as much as goes, and never read
                peer.send(REQUEST)
    return peer


def full(host: str) -> list[socket.socket]:
    """Listen at *host* here, and let so many wait that nobody else may."""
    kind = (socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_SCTP)
    opened = [socket.socket(*kind)]
    opened[0].bind((host, FULL))
    opened[0].listen(1)
    with contextlib.suppress(ConnectionRefusedError):
        while True:
            opened.append(socket.socket(*kind))
            opened[-1].bind((host, 0))
            opened[-1].connect((host, FULL))
    return opened


def obstacles(seen: Json) -> None:
    """Meet what only looks like a filter, or like nobody who listens."""
    shell("ip link set lo up")
    opened: Json = {}
    opened |= inside("there", lambda: {"there": full("10.0.0.2"), "here": []})
    opened["here"] = full("10.0.0.1")
    seen["full backlog"] = probe("10.0.0.2", FULL)
    seen["own full backlog"] = probe("10.0.0.1", FULL)
    for sock in (*opened["there"], *opened["here"]):
        sock.close()
    seen["own port without a listener"] = probe("10.0.0.1", 9)
    addip = Path("/proc/sys/net/sctp/addip_enable")
    addip.write_text("1", encoding="ascii")
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_SCTP) as own:
        own.bind(("10.0.0.1", SILENT))
        own.listen()
        seen["addip without auth"] = probe("10.0.0.1", SILENT)
    addip.write_text("0", encoding="ascii")
    shell("ip link set lo down")
    seen["lo down"] = probe("10.0.0.1", deadline=1.5)


def full_table(seen: Json) -> None:
    """Let connections that stand be all that the node's conntrack has places for."""
    shell(BEYOND)
    Path("/proc/sys/net/ipv4/ip_forward").write_text("1", encoding="ascii")
    usual = MOST_TRACKED.read_text(encoding="ascii")
    seen["through the node"] = inside("there", partial(probe, "10.4.0.2"))
    with contextlib.ExitStack() as standing:
        server = standing.enter_context(socket.create_server(("127.0.0.1", 0)))
        for _ in range(TRACKED):
            peer = socket.create_connection(server.getsockname())
            standing.enter_context(peer)
        MOST_TRACKED.write_text(str(TRACKED), encoding="ascii")
        seen["full table here"] = probe("10.0.0.2", deadline=1.5)
        through = partial(probe, "10.4.0.2", deadline=1.5)
        seen["full table of the node"] = inside("there", through)
    MOST_TRACKED.write_text(usual, encoding="ascii")


def without_sctp(seen: Json) -> subprocess.Popen[bytes]:
    """Start the responder and probe on a node without SCTP, then load it."""
    with LOG.open("wb") as log:
        responder = subprocess.Popen(
            [*THERE, *AGENT, "respond", "--node-name", "node-b"], stderr=log
        )
    seen["waited"] = until(lambda: logged("waiting") == 1, 60)
    ended = subprocess.run(
        [*AGENT, "probe", "10.0.0.2"], capture_output=True, check=False
    )
    seen["without_sctp"] = [ended.returncode, ended.stdout.decode()]
    seen["still_without"] = not Path("/sys/module/sctp").exists()
    shell("modprobe sctp")
    seen["listened"] = until(lambda: logged("event=listening") == 4, 20)
    return responder


def paths(seen: Json) -> None:
    """Try every path that works, and every fault."""
    for host in ("10.0.0.2", "fd00::2"):
        for port in (PORT, PORT + 1):
            seen[f"{host} {port}"] = probe(host, port, ask=["10.0.0.9"])
    for host in ("127.0.0.1", "::1"):
        seen[host] = inside("there", partial(probe, host))
    seen["given source"] = probe("10.0.0.2", source_port=4711)
    seen["other node"] = probe("10.0.0.2", responder="node-c")
    seen["refused"] = probe("10.0.0.2", 9)
    seen["no route"] = probe("203.0.113.1")
    seen["no such host"] = probe("10.0.0.77")
    with lost_replies(0.2):
        seen["one loss"] = probe("10.0.0.2")
    with lost_replies():
        seen["timeout"] = probe("10.0.0.2", deadline=1.5)
    with unreachable(PROTOCOL):  # as of a kernel without SCTP
        seen["peer without SCTP"] = probe("10.0.0.2")
    with unreachable(PORT_CODE):  # as of kube-proxy for a Service without endpoints
        seen["rejected"] = probe("10.0.0.2")
    with small_mtu():
        seen["small MTU"] = probe("10.0.0.2", deadline=2.0)


def crowd(seen: Json, responder: Path) -> None:
    """Probe among hostile peers, and see what they cost the responder."""
    descriptors = responder / "fd"
    peers = [hostile(number) for number in range(HOSTILE)]
    seen["beside hostile peers"] = [
        probe("10.0.0.2", port, source=HONEST, deadline=60.0)
        for port in (PORT, PORT + 1)
    ]
    seen["descriptors"] = len([*descriptors.iterdir()])
    status = (responder / "status").read_text(encoding="ascii")
    seen["resident_kib"] = int(status.partition("VmRSS:")[2].split()[0])
    for peer in peers:
        peer.close()
    seen["left"] = until(lambda: len([*descriptors.iterdir()]) < AT_REST, 20)


def main() -> None:
    """Do everything, and print it."""
    seen: Json = {}
    shell(LINKS)
    responder = without_sctp(seen)
    paths(seen)
    flood(seen)
    second_network(seen)
    amplified(seen)
    obstacles(seen)
    crowd(seen, Path("/proc", str(responder.pid)))
    full_table(seen)
    ended = subprocess.run(
        [*AGENT, "probe", "[fd00::2]", "--output", "json"],
        capture_output=True,
        check=False,
    )
    seen["cli"] = [ended.returncode, json.loads(ended.stdout)]
    responder.send_signal(signal.SIGTERM)
    seen["status"] = responder.wait(10)
    seen["log"] = LOG.read_text(encoding="utf-8")
    sys.stdout.write(json.dumps(seen))


if __name__ == "__main__":
    main()
