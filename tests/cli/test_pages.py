"""docs/cli.md has every command and flag, as the parser has them."""

import re
from pathlib import Path

import pytest

from agent.cli.option import Option
from agent.cli.options import OPTIONS, SUMMARIES
from tests.kept import Keep

PAGE = Path(__file__).parents[2] / "docs" / "cli.md"
_TABLE = "| flag | variable | default | |\n|---|---|---|---|\n"
_SECTION = re.compile(r"^## `([a-z ]+)`.*?(?=^## |\Z)", re.MULTILINE | re.DOTALL)


def _default(option: Option) -> str:
    if option.kind is bool:
        return "off"
    if isinstance(option.default, tuple):
        return ", ".join(f"`{part}`" for part in option.default)
    if isinstance(option.default, float):
        return f"{option.default:g}"
    return f"`{option.default}`" if option.default != "" else ""


def _row(option: Option) -> str:
    words = f": `{'`, `'.join(option.kind)}`" if isinstance(option.kind, tuple) else ""
    meaning = f"{option.help}{words}".replace("|", "\\|")
    default = _default(option)
    return f"| `{option.flag}` | `{option.variable}` | {default} | {meaning} |\n"


def _table(command: str) -> str:
    rows = "".join(_row(option) for option in OPTIONS if command in option.commands)
    return f"{_TABLE}{rows}" if rows else ""


def test_every_command_has_its_flags(keep: Keep) -> None:
    """Commands in the parser's order, each with its summary and its table."""
    text = PAGE.read_text()
    sections = {found[1]: found[0] for found in _SECTION.finditer(text)}

    assert [*sections] == [*SUMMARIES]
    for command, section in sections.items():
        head, _, rest = section.partition(_TABLE)
        after = rest.partition("\n\n")[2] if rest else ""
        table = _table(command)
        wanted = f"{head.rstrip()}\n\n{table}\n{after}" if table else section
        text = text.replace(section, wanted)
    keep(text, PAGE)


@pytest.mark.parametrize("command", SUMMARIES)
def test_summary_stands_below_the_heading(command: str) -> None:
    """What `--help` says of a command is what the page says."""
    start = re.escape(f"## `{command}`")
    pattern = rf"^{start}\n\n(.*?)\n\n"
    summary = re.search(pattern, PAGE.read_text(), re.MULTILINE | re.DOTALL)

    assert summary
    said = summary[1].replace("\n", " ").rstrip(".")
    assert said.lower() == SUMMARIES[command].replace("\n", " ").lower()
