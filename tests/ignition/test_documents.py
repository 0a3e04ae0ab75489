"""YAML and JSON as Kubernetes clients read them, within bounds, with places."""

import json
from contextlib import suppress
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from agent.ignition.documents import UnreadableError, parse
from agent.ignition.scalars import resolve


def _values(data: bytes | str) -> list[Any]:
    text = data.encode() if isinstance(data, str) else data
    return [item.value for item in parse("x.yaml", text).items]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param("0644", 420, id="octal of YAML 1.1"),
        pytest.param("0o644", 420, id="octal of YAML 1.2"),
        pytest.param("0O644", 420, id="octal in capitals"),
        pytest.param("420", 420, id="decimal"),
        pytest.param("-0_7", -7, id="signed octal with an underscore"),
        pytest.param("0x1A4", 420, id="hexadecimal"),
        pytest.param("0b110", 6, id="binary"),
        pytest.param("0", 0, id="zero"),
        pytest.param("0899", 899.0, id="no octal after all"),
        pytest.param("1e3", 1000.0, id="floating point"),
        pytest.param("3.2.0", "3.2.0", id="version"),
        pytest.param("1:30", "1:30", id="no sexagesimal numbers"),
        pytest.param("2026-11-22", "2026-11-22", id="a date is text"),
        pytest.param("9" * 50, "9" * 50, id="longer than any number"),
        pytest.param("on", True, id="on"),
        pytest.param("N", False, id="capital n"),
        pytest.param("~", None, id="tilde"),
        pytest.param("", None, id="nothing"),
        pytest.param("data:,", "data:,", id="data URL"),
    ],
)
def test_resolves(text: str, value: object) -> None:
    """Unquoted words mean what they mean to Kubernetes."""
    found = resolve(text)

    assert (value, type(value)) == (found, type(found))


@pytest.mark.parametrize(
    ("text", "values"),
    [
        pytest.param("", [], id="nothing"),
        pytest.param("---\n---\n# none\n", [], id="empty documents"),
        pytest.param("a: 1\n---\nb: 2\n", [{"a": 1}, {"b": 2}], id="two documents"),
        pytest.param("\ufeffa: 1", [{"a": 1}], id="byte order mark"),
        pytest.param("- a\n", [], id="no object"),
        pytest.param("kind: List\nitems: [{a: 1}, x]", [{"a": 1}], id="a list"),
        pytest.param(
            "kind: List\nitems: [{kind: List, items: [{a: 1}]}, {b: 2}]",
            [{"a": 1}, {"b": 2}],
            id="a list in a list",
        ),
        pytest.param("kind: List\nitems: x", [], id="a list of no items"),
        pytest.param(
            "kind: MachineConfigList\nitems: [{a: 1}]", [{"a": 1}], id="a typed list"
        ),
        pytest.param('{"a": 420}', [{"a": 420}], id="JSON"),
        pytest.param('\n{"a": 1}\n {"a": 2}', [{"a": 1}, {"a": 2}], id="JSON, twice"),
        pytest.param("{a: 0644}", [{"a": 420}], id="YAML that looks like JSON"),
        pytest.param("a: '0644'\nb: !!str 1", [{"a": "0644", "b": "1"}], id="texts"),
        pytest.param("a: !!int '7'\nb: ! 1", [{"a": 7, "b": "1"}], id="plain tags"),
        pytest.param("a: !!map {}\nb: !!seq []", [{"a": {}, "b": []}], id="container"),
        pytest.param("on: 1", [{"on": 1}], id="a key is text"),
        pytest.param(
            "a: &x {b: 1}\nc: *x", [{"a": {"b": 1}, "c": {"b": 1}}], id="alias"
        ),
        pytest.param("a: &x 1\nb: *x", [{"a": 1, "b": 1}], id="alias of a word"),
        pytest.param(
            "a: &x {b: 1, c: 2}\nd: {<<: *x, c: 3}\ne: {<<: [*x]}",
            [{"a": {"b": 1, "c": 2}, "d": {"b": 1, "c": 3}, "e": {"b": 1, "c": 2}}],
            id="merge keys",
        ),
    ],
)
def test_reads(text: str, values: list[object]) -> None:
    """Documents become plain objects."""
    assert values == _values(text)


_BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{c}: &{c} [{','.join([f'*{p}'] * 9)}]\n"
    for p, c in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("text", "place", "cause"),
    [
        pytest.param("a: 1\nb: [", "x.yaml:3: document 1", "flow node", id="open list"),
        pytest.param(
            "a: 1\n---\n\tb: 1", "x.yaml:3: document 2", "cannot start", id="a tab"
        ),
        pytest.param(b"a: 1\nb: \xff", "x.yaml:2: document 1", "UTF-8", id="bytes"),
        pytest.param("a: \x07", "x.yaml: document 1", "#x0007", id="control character"),
        pytest.param("a: !x 1", "x.yaml:1: document 1", "tag !x", id="unknown tag"),
        pytest.param(
            "a:\n- !!python/object:os.system {}",
            "x.yaml:2: document 1",
            "is not plain data",
            id="a tag that would run code",
        ),
        pytest.param("a: &a [*a]", "x.yaml:1: document 1", "itself", id="a circle"),
        pytest.param("a: *b", "x.yaml:1: document 1", "nothing", id="unknown alias"),
        pytest.param(_BOMB, "x.yaml:7: document 1", "1000000 values", id="alias bomb"),
        pytest.param("[" * 101 + "]" * 101, "x.yaml:1", "deeper than 100", id="depth"),
        pytest.param('{"a":' * 99999, "x.yaml:1", "deeper", id="depth of JSON"),
        pytest.param("? [a]\n: 1", "x.yaml:1", "is no key", id="a list as a key"),
        pytest.param(
            "a: &b 1\n*b : 1", "x.yaml:2", "is no key", id="an alias as a key"
        ),
        pytest.param("<<: 1", "x.yaml:1", "merges mappings", id="merging a number"),
        pytest.param('{"a": NaN, b}}', "x.yaml:1", "", id="neither JSON nor YAML"),
    ],
)
def test_refuses(text: str | bytes, place: str, cause: str) -> None:
    """What is no plain, bounded data is refused with file, line and document."""
    with pytest.raises(UnreadableError) as caught:
        _values(text)

    assert str(caught.value).startswith(place)
    assert cause in str(caught.value)


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        pytest.param("a: 1\nb: 2\na: 3", "x.yaml:3: document 1: a", "twice", id="key"),
        pytest.param(
            "a: {b: 1, b: 2}", "x.yaml:1: document 1: a.b", "twice", id="inner key"
        ),
        pytest.param(
            '{"mode": 0644}', "x.yaml:1: document 1", "is no JSON", id="octal in JSON"
        ),
        pytest.param(
            '{"a": Infinity}', "x.yaml:1", "Infinity is no JSON", id="constant"
        ),
    ],
)
def test_warns(text: str, place: str, message: str) -> None:
    """What is read, but not by every client or not as meant, is said."""
    found = parse("x.yaml", text.encode()).problems[0]

    assert str(found.place).startswith(place)
    assert message in found.message


def test_lines() -> None:
    """Every value of YAML has its line; JSON has none."""
    (item,) = parse("x.yaml", b"a:\n- b: 1\n  c:\n    d: 2\n").items

    assert item.source.place(("a", 0, "c", "d")).line == 4
    assert str(item.source.place(("a", 0, "b"))) == "x.yaml:2: document 1: a[0].b"
    (item,) = parse("x.json", b'{"a": [1]}').items
    assert str(item.source.place(("a", 0))) == "x.json: document 1: a[0]"


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.text(min_size=1), _VALUES, max_size=4))
def test_json_round_trip(value: dict[str, object]) -> None:
    """An object written as JSON is read as itself."""
    assert [value] == _values(json.dumps(value))


@given(st.dictionaries(st.text("abc<*&", min_size=1), _VALUES, max_size=4))
def test_yaml_round_trip(value: dict[str, object]) -> None:
    """An object written as YAML is read as itself."""
    assert [value] == _values(yaml.safe_dump(value, default_style='"'))


_PIECES = st.sampled_from(
    [
        *"{}[]:,-?!|>%@`#'\"\n\t \\~<",
        "&a ",
        "*a",
        "<<: ",
        "---\n",
        "...\n",
        "!!str ",
        "0x",
    ]
)


@given(st.lists(_PIECES | st.text(max_size=3)).map("".join) | st.binary())
def test_any_text(text: str | bytes) -> None:
    """No input makes the reader fail in any other way than by its own error."""
    with suppress(UnreadableError):
        assert all(isinstance(value, dict) for value in _values(text))
