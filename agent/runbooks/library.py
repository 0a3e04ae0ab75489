"""The runbooks and the pages they lead to, by name; nothing else can be asked for."""

from functools import cache
from importlib.resources import files

_SUFFIX = ".md"


@cache
def names() -> tuple[str, ...]:
    """Return the names of all pages, alerts first."""
    found = (entry.name for entry in files(__package__).joinpath("pages").iterdir())
    pages = [name.removesuffix(_SUFFIX) for name in found if name.endswith(_SUFFIX)]
    return tuple(sorted(pages, key=lambda name: (name.islower(), name)))


def find(name: str) -> str | None:
    """Return the page's own spelling of *name*, None if there is none."""
    wanted = name.lower()
    return next((known for known in names() if known.lower() == wanted), None)


def text(name: str) -> str:
    """Return the Markdown of the page *name*, one of *names*."""
    page = files(__package__).joinpath("pages", f"{name}{_SUFFIX}")
    return page.read_text(encoding="utf-8")
