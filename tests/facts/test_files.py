"""What a file of the node was, as the report shows it."""

from agent.facts import DropIn
from agent.hostfs.values import Presence


def test_hidden_file_names_what_hides_it() -> None:
    """Only where something does."""
    seen = DropIn("/a", Presence.EMPTY)
    hidden = DropIn("/b", Presence.PRESENT, masked_by="/a")

    assert seen.as_dict() == {"path": "/a", "presence": "empty"}
    assert hidden.as_dict()["masked_by"] == "/a"
