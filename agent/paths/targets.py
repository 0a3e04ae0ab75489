"""The matrix: whom this node probes on which path, from what it knows of others."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from agent.paths.directory import Directory, Members
from agent.paths.names import Family, family
from agent.paths.ring import successors

_OTHER_NODE_PORTS = 2


class Path(StrEnum):
    """The three promises of the platform."""

    POD = "pod"
    CLUSTER_IP = "cluster_ip"
    NODE_PORT = "node_port"


class Form(StrEnum):
    """Whether the port that is dialled is the responder's own."""

    SAME = "same"
    TRANSLATED = "translated"


@dataclass(frozen=True, slots=True)
class Target:
    """One path to probe.

    *node* is the confirmed name of the node dialled, "" for a Service and for a
    peer that has never answered. A *passing* one is dialled once, while it works.
    """

    path: Path
    family: Family
    form: Form
    address: str
    port: int
    node: str = ""
    passing: bool = False


@dataclass(frozen=True, slots=True)
class Service:
    """A ClusterIP Service as configured, and where it was last found."""

    host: str
    port: int
    addresses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Matrix:
    """What is to be probed, as configured; *node_port* 0 means none."""

    own: str
    port: int
    neighbours: int
    node_port: int = 0
    host_addresses: tuple[str, ...] = ()

    def form(self, port: int) -> Form:
        """Say whether the data plane has to rewrite *port*."""
        return Form.SAME if port == self.port else Form.TRANSLATED


def plan(
    matrix: Matrix, directory: Directory, services: tuple[Service, ...]
) -> tuple[Target, ...]:
    """Return everything to be probed in a round; each target once."""
    targets: dict[Target, None] = {}
    for of in Family:
        members = directory.members(of)
        targets.update(dict.fromkeys(_pods(matrix, directory, members)))
        targets.update(dict.fromkeys(_services(matrix, services, of)))
        if matrix.node_port:
            node_ports = _node_ports(matrix, directory, members, of)
            targets.update(dict.fromkeys(node_ports))
    return tuple(targets)


def peers_to_watch(own: str, members: Members, count: int) -> tuple[str, ...]:
    """Return the addresses of the peers that this node watches.

    On a ring of names that is the next *count*. Names have to get about, while
    all have the same addresses from DNS: so on a ring of addresses, those of the
    next *count* are watched that are new. Whatever the others know, a new peer is
    watched by the *count* that stand before it by address; and one that is not
    new by the *count* before it by name, if they know its name by then.
    """
    place = members.own_address or own
    by_address = successors(place, members.everyone, count)
    addresses = [members.by_name[name] for name in _by_name(own, members, count)]
    addresses += [address for address in by_address if address in members.new]
    return tuple(dict.fromkeys(addresses))


def _by_name(own: str, members: Members, count: int) -> Iterator[str]:
    """Yield the next nodes by name: *count* of them that are not new.

    A new one in between does not know yet whom it has to watch: it takes nobody's
    place, but of at most twice *count*. If there are too few others it counts.
    """
    new = {name for name, address in members.by_name.items() if address in members.new}
    if len(members.by_name) - len(new) < count:
        yield from successors(own, members.by_name, count)
        return
    for name in successors(own, members.by_name, 2 * count):
        yield name
        count -= name not in new
        if not count:
            return


def _pods(matrix: Matrix, directory: Directory, members: Members) -> Iterator[Target]:
    addresses = peers_to_watch(matrix.own, members, matrix.neighbours)
    if members.own_address in directory.addresses:
        addresses += (members.own_address,)
    for address in addresses:
        name = directory.confirmed(address)
        where = (family(address), Form.SAME, address, matrix.port)
        yield Target(Path.POD, *where, node=name)


def _services(
    matrix: Matrix, services: tuple[Service, ...], of: Family
) -> Iterator[Target]:
    for service in services:
        form = matrix.form(service.port)
        for address in _first(service.addresses, of):
            yield Target(Path.CLUSTER_IP, of, form, address, service.port)


def _node_ports(
    matrix: Matrix, directory: Directory, members: Members, of: Family
) -> Iterator[Target]:
    form = matrix.form(matrix.node_port)
    for node, address in _hosts(matrix, directory, members.by_name, of):
        yield Target(Path.NODE_PORT, of, form, address, matrix.node_port, node)


def _hosts(
    matrix: Matrix, directory: Directory, by_name: Mapping[str, str], of: Family
) -> Iterator[tuple[str, str]]:
    """Yield this node's address and those of the next nodes that told theirs."""
    for address in _first(matrix.host_addresses, of):
        yield matrix.own, address
    hosts = {
        node: host
        for node, address in by_name.items()
        for host in _first(directory.host_addresses(address), of)
    }
    for node in successors(matrix.own, hosts, _OTHER_NODE_PORTS):
        yield node, hosts[node]


def _first(addresses: tuple[str, ...], of: Family) -> tuple[str, ...]:
    return tuple(a for a in addresses if family(a) is of)[:1]
