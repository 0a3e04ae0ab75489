"""Times, latencies and long texts, as the page words them."""

from datetime import UTC, datetime

from agent.printable import printable

_LONGEST = 400
_SAID = {
    "true": "yes",
    "false": "no",
    "ipv4": "IPv4",
    "ipv6": "IPv6",
    "cluster_ip": "ClusterIP",
    "node_port": "NodePort",
    "no_sctp": "no SCTP",
}


def brief(text: str) -> str:
    """Return *text* with its odd characters escaped, and cut if it is very long.

    A file of the node may hold a line of any length; /report has all of it.
    """
    clean = printable(text)
    if len(clean) <= _LONGEST:
        return clean
    return f"{clean[:_LONGEST]}… ({len(clean) - _LONGEST} more characters in /report)"


def word(answer: str) -> str:
    """Return a word of a closed set as a person would say it.

    >>> word("on_demand"), word("false"), word("ipv6")
    ('on demand', 'no', 'IPv6')
    """
    return _SAID.get(answer) or answer.replace("_", " ")


def moment(time: float) -> str:
    """Return Unix *time* as a date and a time of day, in UTC."""
    return f"{datetime.fromtimestamp(time, UTC):%Y-%m-%d %H:%M:%S}"


def clock(time: float) -> str:
    """Return the time of day of Unix *time*, in UTC."""
    return moment(time).partition(" ")[2]


def latency(seconds: float) -> str:
    """Return a short length of time with two digits that matter.

    >>> [latency(s) for s in (0.00012, 0.0042, 0.25, 1.5)]
    ['0.12 ms', '4.2 ms', '250 ms', '1.5 s']
    """
    if seconds >= 1:
        return f"{seconds:.1f} s"
    thousandths = seconds * 1000
    return f"{thousandths:.2g} ms" if thousandths < 100 else f"{thousandths:.0f} ms"  # noqa: PLR2004  # three digits
