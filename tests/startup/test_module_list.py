"""Lists of modules: one a line, or words in a shell variable."""

import pytest

from agent.findings import Origin
from agent.startup.module_list import assignments, first_words


def test_first_words() -> None:
    """What follows the name are options, whatever it looks like."""
    text = "# modules\n\n  sctp # for the AMF\r\nloop max_loop=8\n"

    assert [*first_words("/etc/modules", text)] == [
        ("sctp", Origin("/etc/modules", 3, "sctp # for the AMF")),
        ("loop", Origin("/etc/modules", 4, "loop max_loop=8")),
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param('force_drivers+=" a sctp "', ["a", "sctp"], id="added"),
        pytest.param("force_drivers='sctp'", ["sctp"], id="single quotes"),
        pytest.param("force_drivers=sctp", ["sctp"], id="bare"),
        pytest.param("force_drivers=(a\n  sctp)", ["a", "sctp"], id="array"),
        pytest.param('add_drivers+=" sctp "', [], id="another key"),
        pytest.param('# force_drivers+=" sctp "', [], id="comment"),
    ],
)
def test_assigned(text: str, words: list[str]) -> None:
    """The words of one key, in every spelling that these files have."""
    assert [word for word, _ in assignments("/x", text, "force_drivers")] == words


def test_place() -> None:
    """The line that begins the assignment is named."""
    (found,) = assignments("/x", "a=1\nMODULES=(\n sctp )\n", "MODULES")

    assert found == ("sctp", Origin("/x", 2, "MODULES=( sctp )"))
