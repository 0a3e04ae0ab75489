"""What can be seen, what is not there, what was not given and what fails."""

from collections.abc import Callable

import pytest

from agent.facts import Gap
from agent.hostfs.host import Host
from agent.hostfs.mounts import NOT_GIVEN, Mounts
from agent.hostfs.values import Kind, UnseenError
from agent.sources import lenient
from tests.failing_calls import failing_name
from tests.nodes import MakeNode

FAILED = "input/output error"
Question = Callable[[Host, str, list[Gap]], object]


@pytest.mark.parametrize(
    ("question", "nothing", "closed"),
    [
        pytest.param(lenient.list_names, (), NOT_GIVEN, id="names"),
        pytest.param(lenient.read_text, "", NOT_GIVEN, id="text"),
        pytest.param(lenient.kind_of, Kind.NOTHING, "", id="kind"),
        pytest.param(lenient.real_path_of, "", "", id="real path"),
    ],
)
def test_what_is_not_seen(
    make_node: MakeNode, question: Question, nothing: object, closed: str
) -> None:
    """A failure is a gap for each; what was not given where it could decide."""
    host = Host(str(make_node().root), live=True, mounts=Mounts(("/etc",)))
    gaps: list[Gap] = []

    assert question(host, "/etc/none", gaps) == nothing
    assert gaps == []
    question(host, "/opt/x", gaps)
    assert [gap.problem for gap in gaps] == [closed] * bool(closed)
    with failing_name("modprobe.d"):
        question(host, "/etc/modprobe.d", gaps)
    assert gaps[-1] == Gap("/etc/modprobe.d", FAILED)


@pytest.mark.parametrize(
    ("question", "nothing"),
    [
        pytest.param(lenient.given_names, (), id="names"),
        pytest.param(lenient.given_text, "", id="text"),
    ],
)
def test_what_matters_only_where_it_is_seen(
    make_node: MakeNode, question: Callable[[Host, str], object], nothing: object
) -> None:
    """What was not given is none; a failure is still none of the answers."""
    host = Host(str(make_node().root), live=True, mounts=Mounts(("/etc",)))

    assert question(host, "/opt/x") == nothing
    with failing_name("modprobe.d"), pytest.raises(UnseenError, match=FAILED):
        question(host, "/etc/modprobe.d")
