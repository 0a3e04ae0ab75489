"""A simulated agent says what the agent says, and moves as it does."""

from collections.abc import Mapping

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from tests.scale.exposition import PROBED, SCRAPE, Template, node_name, templates

COUNT, NOW = 1_000, 1_790_000_000.0
Sample = tuple[str, tuple[tuple[str, str], ...]]


@pytest.fixture(scope="module")
def well() -> Template:
    """Return what a node answers that is well."""
    return templates()[0]


def _samples(template: Template, node: int, scrape: int) -> Mapping[Sample, float]:
    now = NOW + scrape * SCRAPE
    body = template.rendered(node=node, count=COUNT, scrape=scrape, now=now)
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(  # type: ignore[no-untyped-call]
            body.decode()
        )
        for sample in family.samples
    }


def test_nodes_probe_their_neighbours(well: Template) -> None:
    """The last nodes of the ring probe the first ones, and nobody's name is left."""
    found = _samples(well, COUNT - 1, 1)
    targets = {dict(labels).get("target", "") for _, labels in found} - {""}

    wanted = {node_name((COUNT - 1 + step) % COUNT) for step in range(PROBED)}
    assert targets == wanted


def test_counters_grow_and_states_stay(well: Template) -> None:
    """From scrape to scrape no counter falls, moments go on, and no state changes."""
    before, after = _samples(well, 5, 1), _samples(well, 5, 2)

    assert before.keys() == after.keys()
    grown = {key for key in before if key[0].endswith("_total")}
    assert all(before[key] <= after[key] for key in grown)
    assert any(before[key] < after[key] for key in grown)
    run = ("sctp_agent_last_run_timestamp_seconds", ())
    assert before[run] < after[run]
    state = ("sctp_node_state", (("state", "ready"),))
    assert before[state] == after[state] == 1


def test_nodes_differ(well: Template) -> None:
    """Two nodes do not take the same time for the same."""
    one, other = _samples(well, 5, 1), _samples(well, 6, 1)
    took = ("sctp_agent_run_duration_seconds", ())

    assert one[took] != other[took]


def test_troubled_nodes_say_so() -> None:
    """The other look is of a node without the module."""
    found = _samples(templates()[1], 1, 1)

    assert found["sctp_node_state", (("state", "unavailable"),)] == 1
