"""Whole fleets with one fault: exactly the alerts that it deserves, when it does."""

import re
from pathlib import Path

import pytest

from tests.alerts.firing import Firing, fired, read_names
from tests.alerts.fleets import MINUTE, OTHER, VICTIM, Shape, series
from tests.alerts.inhibition import notified
from tests.alerts.matrix import BOTH, FLEET, MATRIX, NODE, POOL, Row, Wanted
from tests.alerts.table import DOCUMENT, written
from tests.rules.test_conventions import ALERTS

_MISSING = "not known|<no value>|<error"

_CELLS = [
    pytest.param(row, shape, id=f"{row.done}: {shape}")
    for row in MATRIX
    for shape in row.shapes
]


@pytest.mark.prometheus
@pytest.mark.parametrize(("row", "shape"), _CELLS)
def test_cell(row: Row, shape: Shape, tmp_path: Path) -> None:
    """Who has no fault has no alert, and who has one has it in time."""
    times = row.times
    scraped = series(shape, row.fault, times, read_names())
    found = fired(
        scraped,
        times.stop * MINUTE,
        tmp_path,
        looked_at=(times.end - 1) * MINUTE,
        alerts=[one.alert for one in row.wanted],
    )
    told = notified(found)

    wanted = {
        (one.alert, name): one for one in row.wanted for name in _subjects(one, shape)
    }

    assert sorted((one.alert, one.whom) for one in told) == sorted(wanted)
    for one in told:
        assert _faults(one, wanted[one.alert, one.whom], row) == []


def test_every_alert_has_a_row() -> None:
    """None is left out that somebody may be told of."""
    assert {one.alert for row in MATRIX for one in row.wanted} == ALERTS.keys()


def test_table(update_alerts: bool) -> None:  # noqa: FBT001  # a switch
    """The documentation has the matrix (--update-alerts)."""
    text = DOCUMENT.read_text()
    if update_alerts:
        DOCUMENT.write_text(written(text))

    assert DOCUMENT.read_text() == written(text)


def _subjects(wanted: Wanted, shape: Shape) -> tuple[str, ...]:
    """Return the names that the alerts have to give, one each."""
    names = {
        NODE: (VICTIM,),
        BOTH: (VICTIM, OTHER),
        POOL: (shape.pool(1),),
        FLEET: ("",),
    }
    return names[wanted.whom]


def _faults(one: Firing, wanted: Wanted, row: Row) -> list[str]:
    """Return what is wrong with the times of an alert."""
    since = one.first / MINUTE - row.times.begin
    after = one.last / MINUTE - row.times.end
    found = {
        f"fires {since:g} min after the fault": not 0 < since <= wanted.fires,
        f"fires until {after:g} min after its end": not -1 <= after <= wanted.ends,
        "comes and goes": not one.steady,
        f"does not say why: {one.texts}": not _says_why(one),
    }
    return [said for said, is_wrong in found.items() if is_wrong]


def _says_why(one: Firing) -> bool:
    """Say whether all texts are there, and every query in them found something."""
    texts = dict(one.texts).values()
    return bool(texts) and not any(re.search(_MISSING, text) for text in texts)
