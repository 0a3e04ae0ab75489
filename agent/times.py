"""Moments and lengths of time in words that machines and people read."""

from datetime import UTC, datetime

_MINUTE, _HOUR, _DAY = 60, 3600, 86_400


def rfc3339(time: float) -> str:
    """Return Unix *time* as machines write it, in UTC and whole seconds.

    >>> rfc3339(1_790_000_100.5)
    '2026-09-21T14:15:00Z'
    """
    return f"{datetime.fromtimestamp(int(time), UTC):%Y-%m-%dT%H:%M:%SZ}"


def span(seconds: float) -> str:
    """Return a length of time in the one unit that tells enough.

    >>> [span(s) for s in (0, 119.9, 120, 7200, 172_800)]
    ['0 s', '119 s', '2 min', '2 h', '2 d']
    """
    for unit, name in ((_DAY, "d"), (_HOUR, "h"), (_MINUTE, "min")):
        if seconds >= 2 * unit:
            return f"{seconds // unit:.0f} {name}"
    return f"{int(seconds)} s"
