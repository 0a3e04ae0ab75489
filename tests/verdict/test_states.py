"""The two states and their causes, from forecasts alone."""

import pytest

from agent.facts import KernelFacts, NodeFacts
from agent.findings import Cause, Origin, Reason, State
from agent.loading.assessment import Assessment
from agent.loading.forecast import Forecast, LoadForecasts, TriState
from agent.verdict.states import look, root_cause

YES, NO, UNKNOWN = TriState.YES, TriState.NO, TriState.UNKNOWN
AT_LOAD = Cause(Reason.ALIAS_DIVERTED, "what stops the load at boot", (Origin("/l"),))
AT_SOCKET = Cause(Reason.BLACKLISTED, "what stops the socket", (Origin("/s"),))
NOT_DECLARED = Cause(Reason.NOT_DECLARED_AT_BOOT, "nothing names sctp")
OPAQUE = Cause(Reason.INSTALL_COMMAND_OPAQUE, "a script")


@pytest.mark.parametrize(
    ("load", "autoload", "state", "causes"),
    [
        pytest.param(Forecast(YES), Forecast(NO), State.READY, (), id="declared"),
        pytest.param(
            Forecast(NO, (NOT_DECLARED,)),
            Forecast(YES),
            State.ON_DEMAND,
            (),
            id="by the first socket",
        ),
        pytest.param(
            Forecast(NO, (AT_LOAD,)),
            Forecast(NO, (AT_SOCKET,)),
            State.UNAVAILABLE,
            (AT_LOAD, AT_SOCKET),
            id="declared in vain, and denied to sockets",
        ),
        pytest.param(
            Forecast(NO, (NOT_DECLARED,)),
            Forecast(NO, (AT_SOCKET,)),
            State.UNAVAILABLE,
            (AT_SOCKET,),
            id="not declared, which denies nothing",
        ),
        pytest.param(
            Forecast(UNKNOWN, (OPAQUE,)),
            Forecast(NO, (AT_SOCKET,)),
            State.UNKNOWN,
            (OPAQUE, AT_SOCKET),
            id="declared, with an open end",
        ),
        pytest.param(
            Forecast(NO, (AT_LOAD,)),
            Forecast(UNKNOWN, (OPAQUE,)),
            State.UNKNOWN,
            (AT_LOAD, OPAQUE),
            id="declared in vain, with an open end for sockets",
        ),
    ],
)
def test_after_a_boot(
    load: Forecast, autoload: Forecast, state: State, causes: tuple[Cause, ...]
) -> None:
    """The load at boot comes first, in the answer and in its causes."""
    forecasts = LoadForecasts(boot_load=load, boot_autoload=autoload)
    states = look(Assessment(NodeFacts(KernelFacts(live=False)), forecasts))

    assert (states.boot_state, states.boot_causes) == (state, causes)


@pytest.mark.parametrize(
    ("reason", "open_end"),
    [
        (Reason.FACT_TIMEOUT, True),
        (Reason.FACT_UNREADABLE, True),
        (Reason.CHECK_CRASHED, True),
        (Reason.VERSION_DECIDES, True),
        (Reason.MODPROBE_HELPER, False),
    ],
)
def test_cause_of_what_is_not_known(reason: Reason, *, open_end: bool) -> None:
    """It is what leaves the answer open, even where something else would deny."""
    other = Cause(reason, "another")
    found = root_cause((AT_SOCKET, other), State.UNKNOWN)

    assert found is (other if open_end else AT_SOCKET)


def test_no_cause_at_all() -> None:
    """A state whose cause is lost says so."""
    assert root_cause((), State.UNAVAILABLE).reason == Reason.FACT_UNREADABLE
