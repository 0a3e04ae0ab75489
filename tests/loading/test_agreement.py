"""Several sets of rules and one answer, where they agree."""

import pytest

from agent.findings import Cause, Reason, State
from agent.loading.agreement import agree
from agent.loading.forecast import Forecast, TriState
from tests.nodes import Files, Link, MakeNode

YES, NO, UNKNOWN = TriState.YES, TriState.NO, TriState.UNKNOWN
DENIED = Cause(Reason.BLACKLISTED, "denied")
LIBKMOD = "/usr/lib/x86_64-linux-gnu/libkmod.so.2"


def test_alternatives_that_agree() -> None:
    """The first one speaks for all, column by column."""
    first, second = Forecast(NO, (DENIED,)), Forecast(YES)

    assert agree([(first, second), (Forecast(NO), second)]) == (first, second)


def test_alternatives_that_differ() -> None:
    """The answer is open, by the version first, with the causes of all once."""
    denied = Forecast(NO, (DENIED,))
    (forecast,) = agree([(denied,), (Forecast(YES),), (denied,)])

    assert forecast.likelihood == UNKNOWN
    assert [c.reason for c in forecast.causes] == [
        Reason.VERSION_DECIDES,
        Reason.BLACKLISTED,
    ]


@pytest.mark.parametrize(
    ("files", "state", "reason"),
    [
        pytest.param({LIBKMOD: None}, State.UNKNOWN, Reason.VERSION_DECIDES, id="none"),
        pytest.param(
            {LIBKMOD: Link("libkmod.so.2.3.7")},
            State.ON_DEMAND,
            Reason.AS_EXPECTED,
            id="29, which does not read the folder",
        ),
        pytest.param({}, State.UNAVAILABLE, Reason.BLACKLISTED, id="30, which does"),
    ],
)
def test_version_that_decides(
    make_node: MakeNode, files: Files, state: State, reason: Reason
) -> None:
    """A node whose kmod is not known gets a definite answer only where none differs."""
    local: Files = {"/usr/local/lib/modprobe.d/a.conf": "blacklist sctp\n"}
    verdict = make_node(local, files).report().verdict

    assert (verdict.state, verdict.reason) == (state, reason)
