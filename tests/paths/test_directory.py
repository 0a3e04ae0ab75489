"""The directory: what replies teach, and what nobody can talk it into."""

from hypothesis import given
from hypothesis import strategies as st

from agent.paths.directory import YOUNG, Directory
from agent.paths.names import Family, is_node_name

A, B, C, OWN = "192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.9"
ANSWER = dict.fromkeys((A, B, C, OWN), "")
ADDRESSES = st.sampled_from([A, B, C, OWN, "198.51.100.1", "::ffff:192.0.2.1", "?"])
SAID = st.sampled_from(["a", "b", "me", "Not_A_Node", "", "x" * 254])


def _directory(answer: dict[str, str] | None = None) -> Directory:
    directory = Directory("me")
    directory.keep(answer or ANSWER, [OWN])
    return directory


def _named(directory: Directory) -> dict[str, str]:
    return dict(directory.members(Family.IPV4).by_name)


def test_a_direct_reply_wins() -> None:
    """Hearsay places a peer; only its own word is believed, first or last."""
    directory = _directory()

    directory.hear({A: "b", C: "c"})
    assert (directory.confirmed(A), _named(directory)) == ("", {"b": A, "c": C})
    directory.confirm(A, "a", ["10.0.0.1", "127.0.0.1"])
    directory.hear({A: "b"})

    assert directory.confirmed(A) == "a"
    assert directory.host_addresses(A) == ("10.0.0.1",)
    assert directory.host_addresses(C) == directory.host_addresses(B) == ()
    assert directory.tell([A, B, C, OWN, "?"]) == {A: "a", C: "c", OWN: "me"}


def test_telling_more_than_was_asked() -> None:
    """Who asks for what this node does not know hears of others, but of few."""
    directory = _directory({f"192.0.2.{n}": f"n{n}" for n in range(1, 200)})
    assert directory.tell([]) == {}

    told = directory.tell(["198.51.100.1", "192.0.2.77"])

    assert len(told) in {127, 128}
    assert told["192.0.2.77"] == "n77"
    assert all(told[a] == directory.confirmed(a) for a in told)


def test_contradictions_cancel_out() -> None:
    """Two peers that say different things leave nothing to believe."""
    directory = _directory()

    directory.hear({A: "a"})
    directory.hear({A: "a"})
    assert _named(directory) == {"a": A}
    directory.hear({A: "b"})

    assert _named(directory) == {}
    assert set(directory.doubtful()[0]) == {A, B, C}


def test_a_name_that_is_taken() -> None:
    """A node has one address: hearsay cannot hide it, a second pod has to wait."""
    directory = _directory()

    directory.confirm(B, "b")
    directory.hear({A: "b"})
    assert _named(directory) == {"b": B}
    assert A in directory.members(Family.IPV4).new
    directory.confirm(A, "b")
    assert _named(directory) == {"b": B}
    directory.keep(dict.fromkeys((A, OWN), ""), [OWN])

    assert _named(directory) == {"b": A}


def test_an_address_with_another_node() -> None:
    """Who answers now is there now; it has not inherited what the other said."""
    directory = _directory()
    directory.confirm(A, "a", ["10.0.0.1"])

    directory.confirm(A, "b")

    assert directory.confirmed(A) == "b"
    assert directory.host_addresses(A) == ()
    assert directory.has("b")
    assert not directory.has("a")


def test_what_is_not_asked_any_more_is_hearsay() -> None:
    """A name that was confirmed once can be contradicted once nobody checks it."""
    directory = _directory()
    directory.confirm(A, "a")
    directory.confirm(B, "b")

    directory.doubt_all_but([B])

    assert [directory.confirmed(x) for x in (A, B, OWN)] == ["", "b", "me"]
    assert directory.doubtful() == ((C,), (A,))
    directory.hear({A: "c"})
    assert _named(directory) == {"b": B}


def test_names_in_the_answer() -> None:
    """The administrator's names are believed until a node says otherwise."""
    answer = {A: "a", B: "", OWN: "other"}
    directory = _directory(answer)
    assert [directory.confirmed(x) for x in answer] == ["a", "", "me"]

    directory.confirm(A, "b")
    directory.keep(answer, [OWN])

    assert directory.confirmed(A) == "b"


def test_new_for_a_while() -> None:
    """An address is new until its name has had the time to get about."""
    directory = _directory()
    directory.confirm(A, "a")
    for _ in range(YOUNG - 1):
        assert directory.members(Family.IPV4).new == {A, B, C}
        directory.keep(ANSWER, [OWN])

    directory.keep(ANSWER, [OWN])

    assert directory.members(Family.IPV4).new == {B, C}


def test_families_are_apart() -> None:
    """Each family has its members and its own address, listed or not."""
    directory = _directory({A: "", "2001:db8::1": ""})
    directory.own_addresses = frozenset({OWN, "2001:db8::9"})

    assert directory.members(Family.IPV6).everyone == {"2001:db8::1"}
    assert directory.members(Family.IPV6).own_address == "2001:db8::9"
    assert directory.members(Family.IPV4).own_address == OWN
    assert _directory({A: ""}).members(Family.IPV6).own_address == ""


def test_own_name_elsewhere() -> None:
    """An older pod of this node is none of the others."""
    directory = _directory()

    directory.confirm(A, "me")

    members = directory.members(Family.IPV4)
    assert members.new == {B, C}
    assert not members.by_name


@given(
    said=st.lists(st.tuples(st.sampled_from("hctd"), ADDRESSES, SAID), max_size=30),
    answer=st.dictionaries(st.sampled_from([A, B, C, OWN]), st.just("")),
)
def test_bounded_whatever_is_said(
    said: list[tuple[str, str, str]], answer: dict[str, str]
) -> None:
    """There is an entry for addresses of DNS only, by names that nodes may have."""
    directory = _directory()
    for act, address, node in said:
        match act:
            case "h":
                directory.hear({address: node})
            case "c":
                directory.confirm(address, node, [address] * 99)
            case "d":
                directory.doubt_all_but([address])
            case _:
                directory.keep(answer, [OWN])
    twin = directory.copy()
    directory.keep({}, [])

    members = twin.members(Family.IPV4)
    assert set(members.by_name.values()) <= members.everyone <= {A, B, C}
    assert all(is_node_name(name) and name != "me" for name in members.by_name)
    assert twin.confirmed(OWN) == ("me" if OWN in twin.addresses else "")
    assert all(len(twin.host_addresses(a)) <= 8 for a in ANSWER)
    assert directory.tell(ANSWER) == {}
