"""One probed path, in the form that the page and others show."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PathRow:
    """The latest result of one probed path.

    *ok* is None before the first result. *failure* is the class of what went
    wrong, "" if nothing did. *since* is the Unix time since when *ok* has been as
    it is, *last_success* that of the last one, both None if there is none;
    *seconds* is how long the last exchange took.
    """

    path: str
    family: str
    form: str
    target: str
    ok: bool | None
    failure: str = ""
    since: float | None = None
    last_success: float | None = None
    seconds: float | None = None
