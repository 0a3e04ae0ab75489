"""The value of a softdep directive, split exactly as libkmod splits it."""

_SPACES = " \t\n\v\f\r"


def split(value: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the names after `pre:` and after `post:`.

    libkmod's scanner has an oddity that decides: exactly one blank before the
    first word becomes part of that word, so that ` pre:` is not recognised
    (libkmod-config.c, kmod_config_add_softdep).
    """
    found: dict[str, list[str]] = {"": [], "pre:": [], "post:": []}
    mode = ""
    for word in _words(value):
        if word in {"pre:", "post:"}:
            mode = word
        else:
            found[mode].append(word)
    return tuple(found["pre:"]), tuple(found["post:"])


def _words(value: str) -> list[str]:
    words = []
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
        words.append(value[start:at])
        start = at + 1
    if value and not after_space:
        words.append(value[start:])
    return words
