"""Of the rules and the series only what a test is about: the rest costs time."""

import json
import re
from collections.abc import Iterable
from functools import cache
from typing import Any

import yaml

from daemonset.rules.render import SOURCES

Group = dict[str, Any]
_WORD = re.compile(r"[\w:]+")


def excerpt(tests: Iterable[Group]) -> list[Group]:
    """Return the shipped groups with the rules that *tests* depend on, as they are.

    A rule depends on those that record what it names. Raise ValueError if *tests* are
    about no rule.
    """
    groups = _groups()
    by_name = {_name(rule): rule for group in groups for rule in group["rules"]}
    needed: set[str] = set()
    found = _words([{**test, "input_series": []} for test in tests]) & by_name.keys()
    if not found:
        raise ValueError("no rule of that name")
    while found:
        needed |= found
        found = _words([by_name[name] for name in found]) & by_name.keys() - needed
    kept = [
        group | {"rules": [rule for rule in group["rules"] if _name(rule) in needed]}
        for group in groups
    ]
    return [group for group in kept if group["rules"]]


def with_series_read(tests: Iterable[Group], groups: list[Group]) -> list[Group]:
    """Return *tests* without the series that no rule of *groups* reads."""
    read = _words(groups)
    return [
        test
        | {
            "input_series": [
                row
                for row in test["input_series"]
                if row["series"].partition("{")[0] in read
            ]
        }
        for test in tests
    ]


@cache
def _groups() -> list[Group]:
    loaded = [yaml.safe_load(source.read_text(encoding="utf-8")) for source in SOURCES]
    return [group for rules in loaded for group in rules["groups"]]


def _name(rule: Group) -> str:
    return str(rule.get("alert") or rule["record"])


def _words(value: object) -> set[str]:
    # A line's end is a letter in JSON, and would join the word that begins the next.
    return set(_WORD.findall(json.dumps(value).replace("\\n", " ")))
