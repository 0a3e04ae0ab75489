"""Text of the node made harmless for a terminal, a log and one line."""


def printable(text: str) -> str:
    r"""Return *text* with control and other unprintable characters escaped.

    >>> printable("a\x1b[31mb\nc")
    'a\\x1b[31mb\\nc'
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else _escaped(c) for c in text)


def _escaped(char: str) -> str:
    return char.encode("unicode_escape", "surrogatepass").decode("ascii")
