"""The runbooks and the pages they lead to, by name; nothing else can be asked for."""

from functools import cache
from importlib.resources import files

_SUFFIX = ".md"


@cache
def names() -> tuple[str, ...]:
    """Return the names of all pages, alerts first."""
    folder = files(__package__).joinpath("pages")
    entries = (entry.name for entry in folder.iterdir())
    pages = [name.removesuffix(_SUFFIX) for name in entries if name.endswith(_SUFFIX)]
    return tuple(sorted(pages, key=lambda name: (name.islower(), name)))


def find(name: str) -> str | None:
    """Return the page's own spelling of *name*, None if there is none."""
    return next((page for page in names() if page.lower() == name.lower()), None)


def text(name: str) -> str:
    """Return the Markdown of the page *name*, one of *names*."""
    page = files(__package__).joinpath("pages", f"{name}{_SUFFIX}")
    return page.read_text(encoding="utf-8")
