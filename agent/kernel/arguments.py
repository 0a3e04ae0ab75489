"""The kernel command line as the kernel and systemd split it."""

from collections.abc import Iterator
from dataclasses import dataclass

from agent.findings import Origin
from agent.names import CMDLINE


@dataclass(frozen=True, slots=True)
class Argument:
    """One parameter; *key* is spelled with `_`, *value* None without `=`."""

    key: str
    value: str | None
    text: str

    @property
    def origin(self) -> Origin:
        """Where it stands."""
        return Origin(CMDLINE, None, self.text)


def split(arguments: str) -> Iterator[Argument]:
    """Yield the parameters up to ` -- `, after lib/cmdline.c's next_arg."""
    at = 0
    while at < len(arguments):
        if arguments[at].isspace():
            at += 1
            continue
        end = _end_of_word(arguments, at)
        argument = _argument(arguments[at:end])
        if argument.key == "__" and argument.value is None:
            return
        yield argument
        at = end


def last(arguments: tuple[Argument, ...], key: str) -> Argument | None:
    """Return the last argument of this *key*, the one that counts."""
    return next((a for a in reversed(arguments) if a.key == key), None)


_STARTS = "sctp_init"  # module_init of net/sctp/protocol.c


def without_modules(arguments: tuple[Argument, ...]) -> Argument | None:
    """Return the `nomodule` by which the kernel starts with loading switched off.

    It is kernel.modules_disabled under another name (kernel/module/main.c).

    >>> [a and a.text for a in (without_modules(tuple(split("nomodule nomodule=0"))),)]
    [None]
    """
    argument = last(arguments, "nomodule")
    on = argument is not None and (argument.value or "1")[:1] in "1yYtT"
    return argument if on else None


def stops_sctp(arguments: tuple[Argument, ...]) -> Argument | None:
    """Return an `initcall_blacklist=` that names the function sctp starts with.

    The kernel then skips it, built in or not, if it was built with names of symbols
    (init/main.c, initcall_blacklisted): a load fails with EPERM (do_one_initcall).
    """
    for argument in arguments:
        if argument.key == "initcall_blacklist" and _STARTS in value_names(argument):
            return argument
    return None


def value_names(argument: Argument | None) -> tuple[str, ...]:
    """Return the comma-separated names in the value."""
    value = argument.value if argument else None
    return tuple(value.split(",")) if value else ()


def _end_of_word(text: str, at: int) -> int:
    quoted = False
    while at < len(text) and (quoted or not text[at].isspace()):
        quoted ^= text[at] == '"'
        at += 1
    return at


def _argument(word: str) -> Argument:
    text = word
    if word.startswith('"'):
        word = word[1:].removesuffix('"')
    key, equals, value = word.partition("=")
    if value.startswith('"'):
        value = value[1:].removesuffix('"')
    return Argument(key.replace("-", "_"), value if equals else None, text)
