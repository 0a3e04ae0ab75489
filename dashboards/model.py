"""What a dashboard is made of, without a word about who draws it.

Expressions are PromQL with three names in the place of matchers, which the renderers
fill in: CLUSTERS (what belongs to the chosen clusters), POOLS (also to the chosen
pools) and NODES (also to the chosen node).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Colour(StrEnum):
    """Colours that can be read in light and dark: a test computes the contrasts.

    As dark as white text on them needs, and as light as a line on black does.
    """

    BLUE = "#0072B2"
    TEAL = "#007F86"
    GREEN = "#00805A"
    INDIGO = "#6A5ACD"
    BROWN = "#8C6239"
    OLIVE = "#667400"
    GREY = "#707070"
    AMBER = "#8F6700"
    VERMILLION = "#C24A00"
    PURPLE = "#A3568A"
    MAGENTA = "#B8408F"


#: What is drawn in these is bad news; nothing else is drawn in them.
BAD = frozenset({Colour.AMBER, Colour.VERMILLION, Colour.PURPLE, Colour.MAGENTA})


class Unit(StrEnum):
    """What a number counts; each renderer has its own names for them."""

    COUNT = "count"
    SHARE = "share"
    SECONDS = "seconds"
    RATE = "rate"
    MOMENT = "moment"
    CODE = "code"


class Kind(StrEnum):
    """How a panel is drawn."""

    STAT = "stat"
    SERIES = "series"
    BARS = "bars"
    TIMELINE = "timeline"
    TABLE = "table"
    MATRIX = "matrix"
    TEXT = "text"


class Link(StrEnum):
    """Where a field of a table leads."""

    NODE = "node"
    RUNBOOK = "runbook"
    REASON = "reason"


@dataclass(frozen=True, slots=True)
class Query:
    """PromQL, and what its series are called: text with {{labels}}.

    A line in a colour of bad news is grey while it is at 0.
    """

    expr: str
    legend: str
    colour: Colour | None = None


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a number, or a label's value, stands for."""

    value: int | str
    text: str
    colour: Colour | None


@dataclass(frozen=True, slots=True)
class Column:
    """A label's column of a table.

    *explained* columns have long texts in the place of values, which only Grafana
    can put there.
    """

    label: str
    title: str
    link: Link | None = None
    meanings: tuple[Meaning, ...] = ()
    explained: bool = False


@dataclass(frozen=True, slots=True)
class Number:
    """A column of a table's numbers; from *bad* on they are bad news, in *colour*."""

    title: str
    unit: Unit = Unit.COUNT
    bad: float | None = None
    colour: Colour = Colour.VERMILLION


@dataclass(frozen=True, slots=True)
class Panel:
    """One panel.

    *width* is in columns of 24, *height* in Grafana's rows. *bad* is the number from
    which a stat or a timeline is bad news, in *colour*. *numbers* of a table are
    one for each query, or none; it is sorted by the column *latest*, downwards.
    *columns* of a matrix are its row and its column. *text* is Markdown, in the place
    of the query where that can be drawn.
    """

    kind: Kind
    title: str
    description: str
    queries: tuple[Query, ...]
    unit: Unit
    width: int
    height: int = 8
    meanings: tuple[Meaning, ...] = ()
    columns: tuple[Column, ...] = ()
    numbers: tuple[Number, ...] = ()
    latest: str = ""
    bad: float | None = None
    colour: Colour = Colour.VERMILLION
    text: str = ""

    def unit_of(self, query: int) -> Unit:
        """Return what the numbers of a query count: those of a table differ."""
        return self.numbers[query].unit if self.numbers else self.unit


@dataclass(frozen=True, slots=True)
class Row:
    """Panels under a heading, laid out from left to right, 24 columns a line."""

    title: str
    panels: tuple[Panel, ...]


@dataclass(frozen=True, slots=True)
class Variable:
    """A choice of the reader: the values of *label* in the series *of*.

    *single* is without all. In the OpenShift console others are one value or all,
    in Grafana any number of them, or one or all if they are *narrow*.
    """

    label: str
    title: str
    of: str
    single: bool = False
    narrow: bool = False


@dataclass(frozen=True, slots=True)
class Annotation:
    """What happened, where *expr* is above 0, as a mark in all graphs."""

    name: str
    expr: str
    text: str


@dataclass(frozen=True, slots=True)
class Dashboard:
    """A dashboard; *others* are the names and titles of those it links to."""

    name: str
    title: str
    description: str
    span: str
    variables: tuple[Variable, ...]
    rows: tuple[Row, ...]
    annotations: tuple[Annotation, ...] = ()
    others: Mapping[str, str] = field(default_factory=dict)
