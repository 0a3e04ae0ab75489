"""The kernel command line as systemd splits it, which is not as the kernel does."""

from collections.abc import Iterator

from agent.findings import Origin
from agent.names import CMDLINE
from agent.systemd.modules_load import Entry

_BLANKS = " \t\n\r"
_QUOTES = "'\""
_KEY = "modules_load"
_RESCUE = frozenset({"emergency", "rescue", "single", "-b", "-s", "s", "S", "1"})
_ORDINARY = frozenset(
    {"", "default.target", "multi-user.target", "graphical.target"}
    | {f"runlevel{level}.target" for level in "2345"}
)


def module_names(command_line: str) -> Iterator[Entry]:
    """Yield the names in modules_load=, each once.

    Both kinds of quotes count, `--` does not, and a key may be spelled with `-`;
    what begins with `rd.` is for the initramfs only (proc-cmdline.c,
    modules-load.c).
    """
    names: set[str] = set()
    for word in words(command_line):
        key, equals, value = word.partition("=")
        if not equals or key.replace("-", "_") != _KEY:
            continue
        for name in value.split(","):
            if name and name not in names:
                names.add(name)
                yield Entry(name, Origin(CMDLINE, None, word))


def units_named(command_line: str, key: str) -> Iterator[tuple[str, str]]:
    """Yield the units that `systemd.mask=` or `systemd.wants=` name, and the argument.

    A name without a type is a service (systemd-debug-generator(8)).
    """
    for word in words(command_line):
        own, equals, value = word.partition("=")
        if equals and own == key and value:
            yield (value if "." in value else f"{value}.service"), word


def diversion(command_line: str) -> str:
    """Return the argument by which a boot does not start as usual, "" for none.

    Another target than an ordinary one, or another program than an init, by its name
    (init(1), kernel-command-line(7)); Bottlerocket's preinit starts systemd.
    """
    for word in words(command_line):
        key, _, value = word.partition("=")
        if word in _RESCUE or (key == "systemd.unit" and value not in _ORDINARY):
            return word
        name = value.rpartition("/")[2]
        if key == "init" and value and not ("init" in name or name == "systemd"):
            return word
    return ""


def words(text: str) -> Iterator[str]:
    """Yield the words without their quotes; a quote left open ends with the text."""
    word: list[str] = []
    begun = False
    quote = ""
    for char in f"{text} ":
        if char == quote:
            quote = ""
        elif quote:
            word.append(char)
        elif char in _QUOTES:
            quote, begun = char, True
        elif char not in _BLANKS:
            word.append(char)
            begun = True
        elif begun:
            yield "".join(word)
            word, begun = [], False
    if quote:
        yield "".join(word[:-1])
