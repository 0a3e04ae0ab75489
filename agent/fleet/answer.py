"""Prometheus' answer to one instant query, read as what it may be: anything."""

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from agent.printable import printable

_LONGEST_TEXT = 300  # characters of a foreign text that are shown
_MOST_WARNINGS = 10
_OK = 200
_REDIRECTS = range(300, 400)


class NoAnswerError(Exception):
    """Prometheus was not reached or did not answer; says which URL and why."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One element of an instant vector."""

    labels: Mapping[str, str]
    value: float


@dataclass(frozen=True, slots=True)
class Answer:
    """A vector, and what the server says is doubtful about it."""

    samples: tuple[Sample, ...]
    warnings: tuple[str, ...] = ()


def read_answer(status: int, location: str, body: bytes) -> Answer:
    """Return what an HTTP answer says; raise NoAnswerError with a phrase."""
    if status in _REDIRECTS:
        # Not followed: the token is meant for the host that was named.
        raise NoAnswerError(
            f"redirects to {one_line(location)}; give that URL if right"
        )
    document = _document(body)
    if document.get("status") == "error" and "error" in document:
        raise NoAnswerError(f"answers {status}: {one_line(document['error'])}")
    if status in {401, 403}:
        raise NoAnswerError(f"answers {status}: it wants (another) --token-file")
    if status != _OK:
        raise NoAnswerError(
            f"answers {status}: {one_line(body.decode(errors='replace'))}"
        )
    try:
        samples = tuple(_samples(document))
    except (KeyError, TypeError, ValueError, OverflowError):
        raise NoAnswerError("does not answer like Prometheus") from None
    return Answer(samples, tuple(_warnings(document)))


def one_line(text: object) -> str:
    """Return foreign text as one harmless line of bounded length."""
    line = printable(" ".join(str(text).split()))
    return line if len(line) <= _LONGEST_TEXT else f"{line[:_LONGEST_TEXT]}..."


def _document(body: bytes) -> dict[str, Any]:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}


def _samples(document: Mapping[str, Any]) -> Iterator[Sample]:
    if document["status"] != "success" or document["data"]["resultType"] != "vector":
        raise ValueError("no vector")
    for series in document["data"]["result"]:
        _, text = series["value"]
        value = float(text)
        if math.isfinite(value):
            labels = {str(k): str(v) for k, v in dict(series["metric"]).items()}
            yield Sample(labels, value)


def _warnings(document: Mapping[str, Any]) -> Iterator[str]:
    warnings = document.get("warnings") or ()
    if isinstance(warnings, list):
        yield from map(one_line, warnings[:_MOST_WARNINGS])
