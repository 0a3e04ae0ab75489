"""Moments and lengths of time in words that machines and people read."""

from datetime import UTC, datetime

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = (
    *("Jan", "Feb", "Mar", "Apr", "May", "Jun"),
    *("Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
)
_MINUTE, _HOUR, _DAY = 60, 3600, 86_400


def rfc3339(time: float, *, milliseconds: bool = False) -> str:
    """Return Unix *time* as machines write it, in UTC, by whole seconds unless told.

    >>> rfc3339(1_790_000_100.5), rfc3339(1_790_000_100.5, milliseconds=True)
    ('2026-09-21T14:15:00Z', '2026-09-21T14:15:00.500Z')
    """
    unit = "milliseconds" if milliseconds else "seconds"
    moment = datetime.fromtimestamp(time, UTC)
    return moment.replace(tzinfo=None).isoformat(timespec=unit) + "Z"


def http_date(time: float) -> str:
    """Return Unix *time* as HTTP writes it (RFC 9110, 5.6.7), whatever the locale.

    The standard library has it in `email`, half a megabyte for a line.

    >>> http_date(1_790_000_100.5)
    'Mon, 21 Sep 2026 14:15:00 GMT'
    """
    at = datetime.fromtimestamp(int(time), UTC)
    day, month = _DAYS[at.weekday()], _MONTHS[at.month - 1]
    return f"{day}, {at.day:02} {month} {at.year:04} {at:%H:%M:%S} GMT"


def span(seconds: float) -> str:
    """Return a length of time in the one unit that tells enough.

    >>> [span(s) for s in (0, 119.9, 120, 7200, 172_800)]
    ['0 s', '119 s', '2 min', '2 h', '2 d']
    """
    for unit, name in ((_DAY, "d"), (_HOUR, "h"), (_MINUTE, "min")):
        if seconds >= 2 * unit:
            return f"{seconds // unit:.0f} {name}"
    return f"{int(seconds)} s"
