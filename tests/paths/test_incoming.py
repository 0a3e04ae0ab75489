"""Who has come by: distinct, recent, and bounded whatever they call themselves."""

from agent.paths.incoming import Visitors


def test_count() -> None:
    """Distinct other nodes within the window; a visit renews an earlier one."""
    now = [0.0]
    visitors = Visitors("me", window=90, clock=lambda: now[0])
    for name in ("a", "b", "a", "me", "Not_A_Node", ""):
        visitors.note(name)
    assert visitors.count() == 2

    now[0] = 60.0
    visitors.note("a")
    now[0] = 91.0

    assert visitors.count() == 1
    now[0] = 151.0
    assert visitors.count() == 0


def test_bounded() -> None:
    """Somebody with ever new names only drives out those silent for longest."""
    visitors = Visitors("me", window=90, clock=lambda: 0.0)
    for number in range(5000):
        visitors.note(f"node-{number}")
        visitors.note("steady")

    assert visitors.count() == 4096
