"""What Alertmanager tells people of, with the inhibition that the docs recommend."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import yaml

from tests.alerts.firing import Firing
from tests.alerts.table import DOCUMENT

_BLOCK = re.compile(r"^```yaml\n(.*?)^```", re.MULTILINE | re.DOTALL)
_MATCHER = re.compile(r'(\w+)\s*(=~|=)\s*"?([^"]*)"?')


@dataclass(frozen=True, slots=True)
class _Rule:
    """While a source fires, targets that are equal in some labels are held back."""

    sources: tuple[str, ...]
    targets: tuple[str, ...]
    equal: tuple[str, ...]

    def mutes(self, source: Firing, target: Firing) -> bool:
        """Say whether nobody hears of *target*, because of *source*."""
        return (
            source is not target
            and _matches(self.sources, source)
            and _matches(self.targets, target)
            and all(source.label(name) == target.label(name) for name in self.equal)
            and source.first <= target.first
            and source.last >= target.last
        )


def notified(firing: Iterable[Firing]) -> list[Firing]:
    """Return the alerts that are not held back all of their time by another one."""
    everything = list(firing)
    return [
        one
        for one in everything
        if not any(rule.mutes(by, one) for rule in _rules() for by in everything)
    ]


@cache
def _rules() -> tuple[_Rule, ...]:
    return tuple(_read(DOCUMENT.read_text(encoding="utf-8")))


def _read(text: str) -> Iterator[_Rule]:
    for block in _BLOCK.findall(text):
        found: list[dict[str, Any]] = yaml.safe_load(block)
        for rule in (one for one in found if "source_matchers" in one):
            sources, targets = rule["source_matchers"], rule["target_matchers"]
            yield _Rule(tuple(sources), tuple(targets), tuple(rule["equal"]))


def _matches(matchers: tuple[str, ...], one: Firing) -> bool:
    for matcher in matchers:
        parts = _MATCHER.fullmatch(matcher)
        assert parts, matcher
        name, operator, value = parts.groups()
        pattern = value if operator == "=~" else re.escape(value)
        if not re.fullmatch(pattern, one.label(name)):
            return False
    return True
