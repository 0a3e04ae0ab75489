"""Where panels stand: rows of lines of 24 columns."""

from collections.abc import Iterator
from dataclasses import dataclass

from dashboards.model import Panel, Row

WIDTH = 24


@dataclass(frozen=True, slots=True)
class Place:
    """A panel's corner and size, in Grafana's grid."""

    x: int
    y: int
    width: int
    height: int

    def as_dict(self) -> dict[str, int]:
        """Return the form that Grafana reads."""
        return {"h": self.height, "w": self.width, "x": self.x, "y": self.y}


def places(rows: tuple[Row, ...]) -> Iterator[tuple[Row | Panel, Place]]:
    """Yield each row's heading and then its panels, from the top to the bottom."""
    top = 0
    for row in rows:
        yield row, Place(0, top, WIDTH, 1)
        top += 1
        left = tallest = 0
        for panel in row.panels:
            if left + panel.width > WIDTH:
                top, left, tallest = top + tallest, 0, 0
            yield panel, Place(left, top, panel.width, panel.height)
            left, tallest = left + panel.width, max(tallest, panel.height)
        top += tallest
