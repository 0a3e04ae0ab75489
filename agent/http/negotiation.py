"""What a client accepts: media types and encodings with their weights."""

from collections.abc import Iterator

OPENMETRICS = "application/openmetrics-text"
_OPENMETRICS_VERSIONS = {"", "1.0.0"}
_TEXTS = ("text/plain", "text/*", "*/*")


def wants_openmetrics(accept: str) -> bool:
    """Tell whether OpenMetrics is asked for, and not less than plain text.

    >>> wants_openmetrics("application/openmetrics-text;version=1.0.0,*/*;q=0.1")
    True
    >>> wants_openmetrics("text/plain, application/openmetrics-text;q=0.5")
    False
    """
    openmetrics = text = 0.0
    for name, parameters in _entries(accept):
        weight = _weight(parameters)
        if name == OPENMETRICS:
            if parameters.get("version", "") in _OPENMETRICS_VERSIONS:
                openmetrics = max(openmetrics, weight)
        elif name in _TEXTS:
            text = max(text, weight)
    return 0.0 < openmetrics >= text


def wants_gzip(accept_encoding: str) -> bool:
    """Tell whether gzip is among the encodings asked for.

    >>> wants_gzip("br, gzip;q=0.5"), wants_gzip("gzip;q=0"), wants_gzip("*")
    (True, False, False)
    """
    return any(
        name == "gzip" and _weight(parameters) > 0
        for name, parameters in _entries(accept_encoding)
    )


def _entries(header: str) -> Iterator[tuple[str, dict[str, str]]]:
    for entry in header.split(","):
        name, *parameters = entry.split(";")
        pairs = (parameter.partition("=") for parameter in parameters)
        yield (
            name.strip().lower(),
            {key.strip().lower(): value.strip(' "') for key, _, value in pairs},
        )


def _weight(parameters: dict[str, str]) -> float:
    """Return the weight, 1 without one, 0 when it makes no sense."""
    try:
        weight = float(parameters.get("q", "1"))
    except ValueError:
        return 0.0
    return weight if 0 <= weight <= 1 else 0.0
