"""Faults of SCTP and of the network: each breaks something and mends it again.

Their docstrings are the first column of the table in docs/alerts.md.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from agent.paths.ring import successors
from tests.alerts.fleets import Fleet
from tests.alerts.kubernetes import PORT, TRANSLATED

_ROLLED_OUT = 4.0  # minutes from one node's reboot to the next


@contextmanager
def never_had_sctp(fleet: Fleet) -> Iterator[None]:
    """Start with a node without SCTP, load the module in the end."""
    fleet.victim.has_sctp = False
    yield
    fleet.victim.has_sctp = True


@contextmanager
def lost_by_reboot(fleet: Fleet) -> Iterator[None]:
    """Reboot a node, SCTP is gone and its pod's address is new."""
    fleet.reboot(fleet.victim, has_sctp=False)
    yield
    fleet.victim.has_sctp = True


@contextmanager
def denied_at_next_boot(fleet: Fleet) -> Iterator[None]:
    """Deny SCTP at a node's next boot."""
    fleet.victim.survives = False
    yield
    fleet.victim.survives = True


@contextmanager
def init_dropped_inward(fleet: Fleet) -> Iterator[None]:
    """Drop INITs to a node."""
    fleet.network.inward.add(fleet.victim.name)
    yield
    fleet.network.inward.clear()


@contextmanager
def init_dropped_outward(fleet: Fleet) -> Iterator[None]:
    """Drop INITs from a node."""
    fleet.network.outward.add(fleet.victim.name)
    yield
    fleet.network.outward.clear()


@contextmanager
def init_dropped_both_ways(fleet: Fleet) -> Iterator[None]:
    """Drop INITs to and from a node."""
    with init_dropped_inward(fleet), init_dropped_outward(fleet):
        yield


@contextmanager
def no_responder(fleet: Fleet) -> Iterator[None]:
    """Let the agent of a node not listen."""
    fleet.victim.deaf = True
    yield
    fleet.victim.deaf = False


@contextmanager
def init_dropped_over_ipv6(fleet: Fleet) -> Iterator[None]:
    """Drop INITs to a node over IPv6."""
    fleet.network.inward6.add(fleet.victim.name)
    yield
    fleet.network.inward6.clear()


@contextmanager
def certificate_not_renewed(fleet: Fleet) -> Iterator[None]:
    """Let the certificate of a node's agent come near its end."""
    before = fleet.victim.certificate
    fleet.victim.certificate = 3 * 86_400.0
    yield
    fleet.victim.certificate = before


@contextmanager
def certificate_renewed_badly(fleet: Fleet) -> Iterator[None]:
    """Renew the certificate of a node's agent, near its end, with another's key."""
    fleet.victim.readable = False
    with certificate_not_renewed(fleet):
        yield
    fleet.victim.readable = True


@contextmanager
def folder_not_writable(fleet: Fleet) -> Iterator[None]:
    """Take the textfile's folder from a node's agent."""
    fleet.victim.written = fleet.now
    yield
    fleet.victim.written = None


@contextmanager
def no_new_sockets(fleet: Fleet) -> Iterator[None]:
    """Let new network namespaces of a node get no SCTP."""
    fleet.victim.new_sockets = False
    yield
    fleet.victim.new_sockets = True


@contextmanager
def one_pair_severed(fleet: Fleet) -> Iterator[None]:
    """Drop INITs from one node to one other."""
    fleet.network.severed.add((fleet.victim.name, "worker-0"))
    yield
    fleet.network.severed.clear()


@contextmanager
def far_pair_severed(fleet: Fleet) -> Iterator[None]:
    """Drop INITs from one node to one that it does not watch."""
    others = [node.name for node in fleet.nodes]
    far = successors(fleet.victim.name, others, len(others))[-1]
    fleet.network.severed.add((fleet.victim.name, far))
    yield
    fleet.network.severed.clear()


@contextmanager
def refused_as_without_sctp(fleet: Fleet) -> Iterator[None]:
    """Let a node with SCTP refuse others as a kernel without it does."""
    fleet.network.refusing.add(fleet.victim.name)
    yield
    fleet.network.refusing.clear()


@contextmanager
def service_not_translated(fleet: Fleet) -> Iterator[None]:
    """Break the Service whose port has to be rewritten."""
    fleet.network.ports.add(TRANSLATED)
    yield
    fleet.network.ports.clear()


@contextmanager
def service_broken(fleet: Fleet) -> Iterator[None]:
    """Break both Services."""
    fleet.network.ports |= {PORT, TRANSLATED}
    yield
    fleet.network.ports.clear()


@contextmanager
def proxy_of_a_node(fleet: Fleet) -> Iterator[None]:
    """Take the rules for Services from a node."""
    fleet.network.proxies.add(fleet.victim.name)
    yield
    fleet.network.proxies.clear()


@contextmanager
def node_port_of_a_node(fleet: Fleet) -> Iterator[None]:
    """Break the node port of a node."""
    fleet.network.node_ports.add(fleet.victim.name)
    yield
    fleet.network.node_ports.clear()


@contextmanager
def node_ports_of_all(fleet: Fleet) -> Iterator[None]:
    """Break the node ports of all nodes."""
    fleet.network.node_ports |= fleet.cluster.nodes.keys()
    yield
    fleet.network.node_ports.clear()


@contextmanager
def partition(fleet: Fleet) -> Iterator[None]:
    """Drop SCTP between two halves of the fleet."""
    names = [node.name for node in fleet.nodes]
    half = len(names) // 2
    near, far = names[:half], names[half:]
    fleet.network.severed |= {(a, b) for a in near for b in far}
    fleet.network.severed |= {(b, a) for a in near for b in far}
    yield
    fleet.network.severed.clear()


@contextmanager
def pool_without_sctp(fleet: Fleet) -> Iterator[None]:
    """Take SCTP from a whole pool."""
    pool = fleet.pool
    for node in pool:
        node.has_sctp = False
    yield
    for node in pool:
        node.has_sctp = True


@contextmanager
def removed_while_pending(fleet: Fleet) -> Iterator[None]:
    """Take SCTP from a node, and remove it two minutes later."""
    node = fleet.victim
    node.has_sctp = False
    fleet.later(2, lambda: fleet.cluster.remove(node))
    yield


@contextmanager
def bad_rollout(fleet: Fleet) -> Iterator[None]:
    """Reboot two of a pool's three nodes into a system without SCTP."""
    nodes = fleet.pool[:2]
    for number, node in enumerate(nodes):
        reboot = partial(fleet.reboot, node, has_sctp=False)
        fleet.later(number * _ROLLED_OUT, reboot)
    yield
    for node in nodes:
        node.has_sctp = True
