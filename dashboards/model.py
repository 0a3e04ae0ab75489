"""What a dashboard is made of, without a word about who draws it.

Expressions are PromQL with three names in the place of matchers, which the renderers
fill in: CLUSTERS (what belongs to the chosen clusters), POOLS (also to the chosen
pools) and NODES (also to the chosen nodes).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Colour(StrEnum):
    """The colours of Okabe and Ito, which everybody can tell apart."""

    BLUE = "#0072B2"
    SKY = "#56B4E9"
    GREEN = "#009E73"
    YELLOW = "#F0E442"
    ORANGE = "#E69F00"
    VERMILLION = "#D55E00"
    PURPLE = "#CC79A7"
    GREY = "#999999"


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
    STACK = "stack"
    BARS = "bars"
    TIMELINE = "timeline"
    TABLE = "table"
    MATRIX = "matrix"


@dataclass(frozen=True, slots=True)
class Query:
    """PromQL, and what its series are called: text with {{labels}}."""

    expr: str
    legend: str
    colour: Colour | None = None


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a number stands for where numbers are codes."""

    value: int
    text: str
    colour: Colour


@dataclass(frozen=True, slots=True)
class Column:
    """A label's column of a table; *link* has {value} in the place of the label's."""

    label: str
    title: str
    link: str = ""


@dataclass(frozen=True, slots=True)
class Panel:
    """One panel.

    *width* is in columns of 24, *height* in Grafana's rows. *bad* is the number from
    which a stat is bad news. *value* titles the column of a table's numbers, "" hides
    it. *columns* of a matrix are its row and its column.
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
    value: str = ""
    bad: float | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """Panels under a heading, laid out from left to right, 24 columns a line."""

    title: str
    panels: tuple[Panel, ...]


@dataclass(frozen=True, slots=True)
class Variable:
    """A choice of the reader: the values of *label* in the series *of*.

    In the OpenShift console, which takes one value or all, *single* is without all.
    """

    label: str
    title: str
    of: str
    single: bool = False


@dataclass(frozen=True, slots=True)
class Dashboard:
    """A dashboard; *others* are the names and titles of those it links to."""

    name: str
    title: str
    description: str
    span: str
    variables: tuple[Variable, ...]
    rows: tuple[Row, ...]
    others: Mapping[str, str] = field(default_factory=dict)
