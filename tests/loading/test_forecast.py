"""Forecasts where something leaves everything open."""

from dataclasses import fields

import pytest

from agent.facts import BootFacts, Gap, HelperFact, KernelFacts
from agent.findings import Cause, Origin, Reason
from agent.hostfs.mounts import NOT_GIVEN
from agent.kmod.insert import KernelPolicy
from agent.loading.causes import unreadable_cause
from agent.loading.forecast import (
    Forecast,
    LoadForecasts,
    TriState,
    open_again,
    unknown_forecasts,
)
from agent.loading.partial_view import deciding_settings, doubt_absence

DAMAGED = Cause(Reason.MODULE_DAMAGED, "cut off")
UNDECLARED = Cause(Reason.NOT_DECLARED_AT_BOOT, "nothing names sctp")
UNSEEN = (Gap("/usr/lib/modules-load.d", NOT_GIVEN),)


def test_undecided() -> None:
    """Each forecast is open, and says what leaves it so."""
    forecasts = unknown_forecasts(UNDECLARED)

    values = [getattr(forecasts, each.name) for each in fields(LoadForecasts)]
    found = [value for value in values if isinstance(value, Forecast)]

    assert found == [Forecast(TriState.UNKNOWN, (UNDECLARED,))] * 6


def test_open_again() -> None:
    """What was found stays: the entries, and what else is in the way."""
    entry = Origin("/etc/modules-load.d/a.conf", 1, "sctp")
    before = Forecast(TriState.YES, (DAMAGED,), (entry,))

    assert open_again(before, UNDECLARED) == Forecast(
        TriState.UNKNOWN, (DAMAGED, UNDECLARED), (entry,)
    )


def test_entries_that_may_be_added() -> None:
    """A place that was not seen leaves a no open, but for what no entry overrules."""
    open_no = Forecast(TriState.NO, (UNDECLARED,))
    certain_no = Forecast(TriState.NO, (UNDECLARED, DAMAGED))
    yes = Forecast(TriState.YES)

    assert doubt_absence(open_no, UNSEEN) == Forecast(
        TriState.UNKNOWN, (UNDECLARED, unreadable_cause(UNSEEN))
    )
    assert doubt_absence(open_no, ()) == open_no
    assert doubt_absence(certain_no, UNSEEN) == certain_no
    assert doubt_absence(yes, UNSEEN) == yes


@pytest.mark.parametrize(
    ("disabled", "helper", "then", "decide"),
    [
        pytest.param(False, "/sbin/modprobe", False, False, id="as they made it"),
        pytest.param(None, "/sbin/modprobe", False, False, id="a switch not read"),
        pytest.param(True, "/sbin/modprobe", True, False, id="shut, as it will be"),
        pytest.param(True, "/sbin/modprobe", False, True, id="shut now"),
        pytest.param(False, "/sbin/modprobe", True, True, id="shut then"),
        pytest.param(False, "/opt/loader", False, True, id="another helper"),
    ],
)
def test_settings_that_decide(
    helper: str,
    *,
    disabled: bool | None,
    then: bool,
    decide: bool,
) -> None:
    """Unseen ones made the kernel what it is: they count where it is otherwise."""
    now = KernelFacts(
        modules_disabled=disabled, helper=HelperFact(path="/sbin/modprobe")
    )
    boot = BootFacts(unseen_settings=UNSEEN)
    later = HelperFact(path=helper), KernelPolicy(modules_disabled=then)

    assert deciding_settings(boot, now, *later) == (UNSEEN if decide else ())
