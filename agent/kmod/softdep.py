"""The value of a softdep directive, split exactly as libkmod splits it."""

from collections.abc import Iterator

_SPACES = " \t\n\v\f\r"
_KINDS = ("pre:", "post:")


def split(value: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the names after `pre:` and after `post:`."""
    pairs = list(kinds_and_names(value))
    before = tuple(name for kind, name in pairs if kind == "pre:")
    after = tuple(name for kind, name in pairs if kind == "post:")
    return before, after


def kinds_and_names(value: str) -> Iterator[tuple[str, str]]:
    """Yield each name with the `pre:` or `post:` it stands behind, in order."""
    kind = ""
    for word in words(value):
        if word in _KINDS:
            kind = word
        elif kind:
            yield kind, word


def words(value: str) -> Iterator[str]:
    """Yield the words of *value*.

    libkmod's scanner has an oddity that decides: exactly one blank before the
    first word becomes part of that word, so that ` pre:` is not recognised
    (libkmod-config.c, kmod_config_add_softdep).
    """
    start = 0
    after_space = False
    for at, char in enumerate(value):
        if char not in _SPACES:
            after_space = False
            continue
        if after_space:
            start = at + 1
            continue
        after_space = True
        if start >= at:
            continue
        yield value[start:at]
        start = at + 1
    if value and not after_space:
        yield value[start:]
