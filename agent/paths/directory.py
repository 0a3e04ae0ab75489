"""Which node is at which address: learnt from replies, bounded by what DNS says."""

import itertools
import random
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from agent.paths.names import Family, canonical, dialable, family, is_node_name

YOUNG = 20
"""Answers of DNS in which an address is new: names need less to get about."""

_MOST_HOST_ADDRESSES = 8
_MOST_TOLD = 128  # names in a reply, if there is room


@dataclass(frozen=True, slots=True)
class Entry:
    """What is known of an address.

    A *confirmed* name came from whoever answered at the address, or from the
    administrator; another one is hearsay. Of several addresses with the same
    confirmed name the one with the lower *serial* was confirmed first.
    """

    node: str
    confirmed: bool = False
    serial: int = 0
    host_addresses: tuple[str, ...] = ()


class Directory:
    """Names of the addresses in the latest answer of DNS, and of no others.

    A direct reply always wins. Hearsay only helps to place a peer on the ring: it
    never replaces what is confirmed, it never names this node, and two peers
    that contradict each other leave the address without a name.
    """

    def __init__(self, own: str) -> None:
        self.own = own
        self.addresses: frozenset[str] = frozenset()
        self.own_addresses: frozenset[str] = frozenset()
        self._entries: dict[str, Entry] = {}
        self._first_seen: dict[str, int] = {}
        self._answers = 0
        self._serials = itertools.count(1)

    def keep(self, answer: Mapping[str, str], own_addresses: Iterable[str]) -> None:
        """Forget all addresses but those in *answer* (address to name, or "").

        *own_addresses* are this node's, in the answer or not.
        """
        self.own_addresses = frozenset(own_addresses)
        self.addresses = frozenset(answer)
        self._answers += 1
        first_seen = self._first_seen
        self._first_seen = {a: first_seen.get(a, self._answers) for a in answer}
        self._entries = {a: e for a, e in self._entries.items() if a in answer}
        for address, node in answer.items():
            if address in self.own_addresses:
                self._entries[address] = Entry(self.own, confirmed=True)
            elif node and not self.confirmed(address):
                self._confirm(address, Entry(node))

    def confirm(
        self, address: str, node: str, host_addresses: Iterable[str] = ()
    ) -> None:
        """Believe that *node* is at *address*: it said so itself from there."""
        if address not in self.addresses - self.own_addresses:
            return
        if not is_node_name(node):
            return
        hosts = dialable(itertools.islice(host_addresses, _MOST_HOST_ADDRESSES))
        self._confirm(address, Entry(node, host_addresses=hosts))

    def _confirm(self, address: str, entry: Entry) -> None:
        earlier = self._entries.get(address)
        keeps = earlier is not None and earlier.confirmed and earlier.node == entry.node
        serial = earlier.serial if earlier and keeps else next(self._serials)
        self._entries[address] = replace(entry, confirmed=True, serial=serial)

    def doubt_all_but(self, addresses: Iterable[str]) -> None:
        """Take as hearsay from now on what is not asked in person any more.

        Another node may get the address, and nobody would notice.
        """
        exceptions = self.own_addresses.union(addresses)
        for address, entry in self._entries.items():
            if entry.confirmed and address not in exceptions:
                self._entries[address] = replace(entry, confirmed=False)

    def hear(self, names: Mapping[str, str]) -> None:
        """Note what a peer says of other peers' addresses."""
        for text, node in names.items():
            entry = self._entries.get(text)
            if entry and entry.node == node:
                continue  # most of it is no news, and to read an address costs
            address = canonical(text)
            if address in self.addresses and node != self.own and is_node_name(node):
                self._hear(address, node)

    def _hear(self, address: str, node: str) -> None:
        entry = self._entries.get(address)
        if entry is None:
            self._entries[address] = Entry(node)
        elif not entry.confirmed and entry.node != node:
            del self._entries[address]

    def tell(self, addresses: Collection[str]) -> dict[str, str]:
        """Return the names of those of *addresses* that have one.

        And some others by chance: who has just come cannot ask for what the few
        that it knows happen to know, so names would hardly begin to get about.
        """
        if not addresses:
            return {}
        entries = {a: self._entries.get(canonical(a)) for a in addresses}
        names = {address: entry.node for address, entry in entries.items() if entry}
        room = min(max(0, _MOST_TOLD - len(names)), len(self._entries))
        for address in random.sample(list(self._entries), room):
            names.setdefault(address, self._entries[address].node)
        return names

    def confirmed(self, address: str) -> str:
        """Return the confirmed name of the node at *address*, else ""."""
        entry = self._entries.get(address)
        return entry.node if entry and entry.confirmed else ""

    def host_addresses(self, address: str) -> tuple[str, ...]:
        """Return what the node at *address* said its own addresses are."""
        entry = self._entries.get(address)
        return entry.host_addresses if entry else ()

    def doubtful(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the addresses without a name, and those named by hearsay."""
        hearsay = [a for a, entry in self._entries.items() if not entry.confirmed]
        return tuple(self.addresses - self._entries.keys()), tuple(hearsay)

    def has(self, node: str) -> bool:
        """Say whether the answer has an address of a node of this name."""
        return any(entry.node == node for entry in self._entries.values())

    def copy(self) -> "Directory":
        """Return one that may be read in another thread."""
        twin = Directory(self.own)
        twin.addresses, twin.own_addresses = self.addresses, self.own_addresses
        twin._entries = self._entries.copy()
        twin._first_seen, twin._answers = self._first_seen, self._answers
        return twin

    def members(self, of: Family) -> "Members":
        """Return the other nodes of one family.

        A node has one address: the one confirmed first, as long as DNS gives it.
        An address that hearsay gives a name that is taken has none.
        """
        others = {a for a in self.addresses if family(a) is of} - self.own_addresses
        by_name: dict[str, str] = {}
        new: list[str] = []
        for address in sorted(others, key=self._trust):
            entry = self._entries.get(address)
            if entry and entry.node == self.own:
                continue
            is_named = entry is not None and (
                entry.confirmed or entry.node not in by_name
            )
            if entry and is_named:
                by_name.setdefault(entry.node, address)
            if not is_named or self._answers - self._first_seen[address] < YOUNG:
                new.append(address)
        everyone = frozenset(others)
        return Members(by_name, frozenset(new), everyone, self._own_address(of))

    def _own_address(self, of: Family) -> str:
        ours = sorted(a for a in self.own_addresses if family(a) is of)
        in_dns = [a for a in ours if a in self.addresses]
        return (in_dns or ours or [""])[0]

    def _trust(self, address: str) -> tuple[bool, int, str]:
        entry = self._entries.get(address)
        if entry is None:
            return True, 0, address
        return not entry.confirmed, entry.serial, address


@dataclass(frozen=True, slots=True)
class Members:
    """The other nodes of one family.

    *by_name* has addresses by node name. *new* are addresses that have no name, or
    appeared a short while ago, *everyone* is all addresses. *own_address* is this
    node's, "" if it has none of the family.
    """

    by_name: Mapping[str, str]
    new: frozenset[str]
    everyone: frozenset[str]
    own_address: str
