"""One Prometheus for all tests of this folder."""

import re
from collections.abc import Iterator

import pytest

from tests.dashboards.fleets import everything
from tests.dashboards.recordings import RULES, record
from tests.dashboards.server import Prometheus, serving, store
from tests.dashboards.shown import boards


@pytest.fixture(scope="session")
def prometheus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
    """Serve all made-up fleets."""
    folder = tmp_path_factory.mktemp("prometheus")
    store(everything(asked_for()), folder)
    record(folder)
    with serving(folder) as server:
        yield server


def asked_for() -> frozenset[str]:
    """Return the names of all series that rules and dashboards ask for."""
    panels = [panel for board in boards() for panel in board.panels()]
    texts = [rule["expr"] for rule in RULES]
    texts += [query for panel in panels for query in panel.queries]
    return frozenset(re.findall(r"\bsctp_\w+", " ".join(texts)))
