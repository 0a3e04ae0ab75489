"""What a terminal shows, as the documentation's pictures: made here, and kept equal."""

import io
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import TerminalTheme

from agent.evaluation.evaluator import Evaluator
from agent.evaluation.gather import Scope
from agent.findings import Compliance, Expectation, State
from agent.fleet.node import Node as FleetNode
from agent.fleet.output import Fleet, print_fleet
from agent.report.build import NodeSpec
from agent.terminal.text import print_report, write_report
from tests.kept import Keep
from tests.nodes import BOOT, ETC, MODULES, MakeNode, Node, module_tree

IMAGES = Path(__file__).parents[2] / "docs" / "images"
RELEASE = "6.1.0-56-amd64"
_NOW = 1_790_000_000.0
#: No font is fetched from elsewhere, unlike in rich's own form.
SVG = """\
<svg viewBox="0 0 {width} {height}" role="img"
 xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{
  font-family: ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace;
  font-size: {char_height}px;
  line-height: {line_height}px;
}}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}"/>
</clipPath>
{lines}
</defs>
<rect width="100%" height="100%" rx="8" fill="#10141a"/>
<g transform="translate(12, 30)" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""
_COLOURS = [
    *((16, 20, 26), (255, 107, 107), (98, 208, 130), (240, 190, 80)),
    *((110, 168, 254), (212, 140, 255), (90, 205, 215), (214, 220, 228)),
]
THEME = TerminalTheme((16, 20, 26), (214, 220, 228), _COLOURS, _COLOURS)


def _capture(show: Callable[[Console], None], name: str, width: int) -> str:
    console = Console(
        file=io.StringIO(),
        record=True,
        width=width,
        force_terminal=True,
        color_system="standard",
        highlight=False,
        emoji=False,
        markup=False,
    )
    show(console)
    picture = console.export_svg(
        title=name, theme=THEME, code_format=SVG, unique_id=name
    )
    return "\n".join(line.rstrip() for line in picture.splitlines()) + "\n"


def _without_links(picture: str) -> str:
    assert "http" not in picture.replace("http://www.w3.org/2000/svg", "")
    return picture


def _undone(make_node: MakeNode) -> Node:
    """Make a node whose usual recipe is undone by a third file."""
    node = make_node(
        module_tree(RELEASE),
        {
            f"{ETC}/CIS.conf": "# 3.4.2\ninstall sctp /bin/true\n",
            f"{ETC}/sctp-blacklist.conf": "",
            BOOT: "sctp\n",
        },
    )
    node.path(MODULES).rename(node.path("/modules-of-this-machine"))
    return node


def test_example_of_the_readme(make_node: MakeNode) -> None:
    """The first lines that a pipe gets are those that people read first."""
    stream = io.StringIO()
    write_report(_undone(make_node).report(offline=True), stream)
    head = "".join(stream.getvalue().splitlines(keepends=True)[:9])

    shown = f"```console\n$ sctp-node-agent check | head -n 9\n{head}```\n"
    assert shown in (IMAGES.parents[1] / "README.md").read_text()


def test_check(make_node: MakeNode, keep: Keep) -> None:
    """A node whose usual recipe is undone by a third file."""
    node = _undone(make_node)
    scope = Scope(root=str(node.root), offline=True)
    report = Evaluator(scope, NodeSpec("worker-0", Expectation.REQUIRED))()

    picture = _capture(lambda console: print_report(console, report), "check", 108)
    keep(_without_links(picture), IMAGES / "check.svg")


def _nodes() -> tuple[FleetNode, ...]:
    ready, gone = State.READY, State.UNAVAILABLE
    required, forbidden = Expectation.REQUIRED, Expectation.FORBIDDEN
    true, false = Compliance.TRUE, Compliance.FALSE
    bad = ("worker-3", "worker-7")
    hours = 3600.0
    return (
        FleetNode(
            *(bad[0], "amf", "", gone, gone, false, required, "InstallOverride"),
            since=_NOW - 2.4 * hours,
            exact=True,
        ),
        FleetNode(
            *(bad[1], "amf", "", ready, gone, false, required, "NotDeclaredAtBoot"),
            since=_NOW - 24 * hours,
        ),
        FleetNode(
            *("edge-1", "hardened"),
            cluster="",
            expectation=forbidden,
            reason="AgentDown",
            since=_NOW - 0.4 * hours,
            exact=True,
        ),
        *(
            FleetNode(
                *(name, "amf", "", ready, ready, true, required, "AsExpected"),
                since=_NOW - 24 * hours,
            )
            for name in ("worker-0", "worker-1", "worker-2", "worker-4", "worker-5")
        ),
        FleetNode(
            *("edge-0", "hardened", "", gone, gone, true, forbidden, "AsExpected"),
            since=_NOW - 24 * hours,
        ),
    )


def test_fleet(keep: Keep) -> None:
    """Two pools, two nodes that are not as expected, and a silent one."""
    fleet = Fleet("http://localhost:9090", _NOW, _nodes())

    picture = _capture(
        lambda console: print_fleet(console, fleet, fleet.nodes), "fleet", 100
    )
    keep(_without_links(picture), IMAGES / "fleet.svg")
