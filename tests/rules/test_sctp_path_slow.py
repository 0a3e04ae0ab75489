"""SCTPPathSlow: paths that work, for those who have the time."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.rules.promtool import Alert, alert_group, prove_groups

ALERT = Alert(
    "SCTPPathSlow",
    "info",
    "SCTP paths from a node work, but lose packets or are slow.",
    "{share} of the successful probes of paths from node {node} took more than 0.3 s "
    "in the last 15 minutes: packets are lost and sent again, or something on the way "
    "is overloaded.",
    reason="slow",
    labels=(
        ("cluster", "east"),
        ("job", "sctp-node-agent"),
        ("namespace", "sctp-node-agent"),
        ("pool", "amf"),
    ),
)
_SCRAPED = 'cluster="east",job="sctp-node-agent",namespace="sctp-node-agent",pool="amf"'


def _every_third(more: int) -> str:
    """Return a counter that grows by twelve a minute, each third minute by *more*."""
    counts = (12 * minute + (more - 12) * (minute // 3) for minute in range(61))
    return " ".join(map(str, counts))


def _probes(*, all_: str, fast: str, number: int = 0) -> list[dict[str, str]]:
    name = "sctp_node_path_probe_duration_seconds"
    node = f'{_SCRAPED},node="worker-{number}"'
    expected = f'sctp_node_expectation{{{node},expectation="observe"}}'
    labels = f'{node},path="pod",family="ipv4"'
    return [
        {"series": f"up{{{node}}}", "values": "1x60"},
        {"series": expected, "values": "1x60"},
        {"series": f"{name}_count{{{labels}}}", "values": all_},
        {"series": f'{name}_bucket{{{labels},le="0.3"}}', "values": fast},
    ]


@pytest.mark.prometheus
@pytest.mark.parametrize(
    ("series", "firing"),
    [
        pytest.param(
            _probes(all_="0+12x60", fast="0+9x60"),
            {15: (), 16: ({"node": "worker-0", "share": "25%"},)},
            id="a-quarter",
        ),
        pytest.param(
            [
                *_probes(all_="0+12x60", fast="0+2x60"),
                *_probes(all_="0+12x60", fast="0+10x60", number=1),
                *_probes(all_="0+12x60", fast="0+5x60", number=2),
            ],
            {
                20: (
                    {"node": "worker-0", "share": "83.33%"},
                    {"node": "worker-2", "share": "58.33%"},
                )
            },
            id="not-for-a-neighbour-that-notices",
        ),
        pytest.param(
            _probes(all_="0+12x60", fast="0+11x60"),
            dict.fromkeys(range(60), ()),
            id="one-in-twelve-is-chance",
        ),
        pytest.param(
            _probes(all_=_every_third(18), fast=_every_third(9)),
            {60: ({"node": "worker-0", "share": "21.43%"},)},
            id="again-and-again",
        ),
        pytest.param(
            _probes(all_="0x60", fast="0x60"),
            dict.fromkeys(range(60), ()),
            id="none-succeeds",
        ),
    ],
)
def test_alert(
    series: list[dict[str, str]],
    firing: Mapping[int, tuple[dict[str, str], ...]],
    tmp_path: Path,
) -> None:
    """It fires when more than a tenth is slow for half an hour."""
    prove_groups([alert_group(ALERT, series, firing)], tmp_path)
