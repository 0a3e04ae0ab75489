"""The paths that are ours: the metrics may be moved, but not onto one of them."""

import re

METRICS = "/metrics"
_TAKEN = frozenset({"/", "/news", "/npd", "/report"})
_FOLDERS = ("/-/", "/runbooks/")
#: What stands for itself in a path (RFC 3986, 3.3): with it one path has one spelling.
_PLAIN = re.compile(r"/[A-Za-z0-9/._~!$&'()*+,;=:@-]*")


def objection(path: str) -> str:
    """Return why metrics cannot be at *path*, "" if they can.

    >>> objection("/probe/metrics"), objection("/report")
    ('', 'something else is there')
    """
    if not _PLAIN.fullmatch(path):
        return "is no path: it begins with / and has no ?, #, % or blank"
    if path in _TAKEN or path.startswith(_FOLDERS):
        return "something else is there"
    return ""
