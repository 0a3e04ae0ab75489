"""The runbooks and the pages they lead to, by name; nothing else can be asked for."""

import os
from functools import cache

_SUFFIX = ".md"
_PAGES = os.path.join(os.path.dirname(__file__), "pages")


@cache
def names() -> tuple[str, ...]:
    """Return the names of all pages, alerts first."""
    files = (name for name in os.listdir(_PAGES) if name.endswith(_SUFFIX))
    pages = [name.removesuffix(_SUFFIX) for name in files]
    return tuple(sorted(pages, key=lambda name: (name.islower(), name)))


def find(name: str) -> str | None:
    """Return the page's own spelling of *name*, None if there is none."""
    return next((page for page in names() if page.lower() == name.lower()), None)


def text(name: str) -> str:
    """Return the Markdown of the page *name*, one of *names*."""
    with open(os.path.join(_PAGES, f"{name}{_SUFFIX}"), encoding="utf-8") as page:
        return page.read()
