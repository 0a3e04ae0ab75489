"""The kernel command line as libkmod splits it: blacklists and module options."""

from collections.abc import Iterator
from enum import Enum, auto

from agent.findings import Origin
from agent.kmod.grammar import Directive, Keyword, canonical

PATH = "/proc/cmdline"
_SPACES = " \n\t\v\f\r"
_LIMIT = 4095  # libkmod reads no more of it (KCMD_LINE_SIZE)


class _At(Enum):
    IGNORE = auto()
    MODULE = auto()
    PARAMETER = auto()
    VALUE = auto()


def directives(arguments: str) -> Iterator[Directive]:
    """Yield what *arguments* say to kmod.

    `modprobe.blacklist=a,b` names are taken as they are, without the `-` to `_`
    of the configuration files; `MODULE.PARAMETER=VALUE` are options. After
    libkmod-config.c, kmod_config_parse_kcmdline.
    """
    for module, parameter, word in _dotted(arguments[:_LIMIT]):
        key, equals, value = parameter.partition("=")
        if module == "modprobe" and key == "blacklist" and equals:
            for name in value.split(","):
                yield Directive(
                    Keyword.BLACKLIST, name, "", Origin(PATH, None, word)
                )
            continue
        spelled = canonical(module)
        if spelled:
            origin = Origin(PATH, None, word)
            yield Directive(Keyword.OPTIONS, spelled, parameter, origin)


def _dotted(arguments: str) -> Iterator[tuple[str, str, str]]:
    """Yield (module, parameter[=value], whole word) as libkmod's scanner does."""
    state = _At.MODULE
    quoted = False
    start = at_parameter = 0
    quote_opened = False
    for at, char in enumerate(f"{arguments}\0"):
        if char == '"':
            quoted = not quoted
            if quoted and state == _At.MODULE and at == start:
                quote_opened = True
                start = at + 1
            elif state != _At.VALUE:
                state = _At.IGNORE
        elif char in _SPACES or char == "\0":
            if quoted and state == _At.VALUE:
                if char != "\0":
                    continue
            elif quoted:
                state = _At.IGNORE
            elif state in {_At.PARAMETER, _At.VALUE}:
                module = arguments[start : at_parameter - 1]
                parameter = arguments[at_parameter:at]
                if quote_opened:
                    parameter = parameter.replace("=", '="', 1)
                yield module, parameter, arguments[start:at]
                state, start, quote_opened = _At.MODULE, at + 1, False
            else:
                state, start, quote_opened = _At.MODULE, at + 1, False
        elif char == ".":
            if state == _At.MODULE:
                state, at_parameter = _At.PARAMETER, at + 1
            elif state == _At.PARAMETER:
                state = _At.IGNORE
        elif char == "=":
            if state == _At.PARAMETER:
                state = _At.VALUE
            elif state == _At.MODULE:
                state = _At.IGNORE
