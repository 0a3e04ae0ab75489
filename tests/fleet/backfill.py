"""A real Prometheus that holds the past of a made-up fleet."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.prometheus import prometheus
from tests.rules.fleet import LAST_RUN, SCRAPE, Labels, Node, history
from tests.rules.promtool import complaints, program

_USED = ("up", "sctp_node_", "sctp_agent_")


@contextmanager
def remembering(folder: Path, nodes: Sequence[Node]) -> Iterator[str]:
    """Run Prometheus on the past of *nodes*, which ends now; yield its URL."""
    text = folder / "past.om"
    text.write_text("\n".join([*_lines(nodes, int(time.time())), "# EOF\n"]))
    command = (program("promtool"), "tsdb", "create-blocks-from", "openmetrics")
    said = complaints(*command, str(text), str(folder / "data"))
    assert not said, said
    with prometheus(folder, {"global": {}}) as url:
        yield url


def _lines(nodes: Sequence[Node], end: int) -> Iterator[str]:
    series: dict[tuple[str, Labels], list[str]] = {}
    for one in nodes:
        samples = [*history(one)]
        start = end - (len(samples) - 1) * SCRAPE
        for minute, scraped in enumerate(samples):
            moment = start + minute * SCRAPE
            for key, value in scraped.items():
                if key[0] == LAST_RUN and value:
                    value += start  # a clock that shows the time  # noqa: PLW2901
                if key[0].startswith(_USED):
                    series.setdefault(key, []).append(f"{float(value)} {moment}")
    metric = ""
    for (name, labels), values in sorted(series.items()):
        if name != metric:
            metric = name
            yield f"# TYPE {name} unknown"
        pairs = ",".join(f'{key}="{value}"' for key, value in labels)
        yield from (f"{name}{{{pairs}}} {value}" for value in values)
