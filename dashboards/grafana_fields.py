"""What all of Grafana's panels say about their fields: units, words and colours."""

from collections.abc import Mapping
from typing import Any

from dashboards.model import Colour, Meaning, Panel, Unit

Json = dict[str, Any]

UNITS: Mapping[Unit, str] = {
    Unit.COUNT: "short",
    Unit.SHARE: "percentunit",
    Unit.SECONDS: "s",
    Unit.RATE: "cps",
    Unit.MOMENT: "dateTimeAsLocal",
    Unit.CODE: "short",
}
#: No colour: the text and the background of whoever reads.
NO_COLOUR = "transparent"


def config(
    kind: str, options: Json, fields: Json, overrides: list[Json] | None = None
) -> Json:
    """Return the part of a panel that says how it is drawn."""
    field_config = {"defaults": fields, "overrides": overrides or []}
    return {"type": kind, "options": options, "fieldConfig": field_config}


def defaults(panel: Panel) -> Json:
    """Return what holds of all fields of *panel*."""
    found: Json = {"unit": UNITS[panel.unit], "noValue": "no data"}
    if panel.unit is Unit.COUNT:
        found["decimals"] = 0
    if panel.meanings:
        found["mappings"] = [words(panel.meanings)]
    if panel.unit is Unit.MOMENT:
        found["mappings"] = [no_number()]
    return found


def no_number() -> Json:
    """Return the mapping of what was not counted, or a moment that there was not."""
    nothing = {"match": "nan", "result": {"text": "-", "index": 0}}
    return {"type": "special", "options": nothing}


def steps(
    below: Colour | None,
    bad: float | None = None,
    worse: Colour = Colour.VERMILLION,
) -> Json:
    """Return thresholds: *below* the number that is bad, and from there on."""
    found: list[Json] = [{"color": below or NO_COLOUR, "value": None}]
    if bad is not None:
        found.append({"color": worse, "value": bad})
    return {"mode": "absolute", "steps": found}


def words(meanings: tuple[Meaning, ...]) -> Json:
    """Return the mapping from values to words and their colours."""
    options: Json = {}
    for at, one in enumerate(meanings):
        result: Json = {"text": one.text, "index": at}
        if one.colour:
            result["color"] = one.colour
        options[str(one.value)] = result
    return {"type": "value", "options": options}


def override(title: str, properties: Json) -> Json:
    """Return *properties* of the field that is called *title*."""
    return {
        "matcher": {"id": "byName", "options": title},
        "properties": [
            {"id": name, "value": value} for name, value in properties.items()
        ],
    }
