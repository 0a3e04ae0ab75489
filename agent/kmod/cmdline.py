"""The kernel command line as libkmod splits it: blacklists and module options."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

from agent.findings import Origin
from agent.kmod.grammar import Directive, Keyword, canonical
from agent.names import CMDLINE

_SPACES = " \n\t\v\f\r"
_LIMIT = 4095  # libkmod reads no more of it (KCMD_LINE_SIZE)


def directives(arguments: str) -> Iterator[Directive]:
    """Yield what *arguments* say to kmod.

    `modprobe.blacklist=a,b` names are taken as they are, without the `-` to `_`
    of the configuration files; `MODULE.PARAMETER=VALUE` are options. After
    libkmod-config.c, kmod_config_parse_kcmdline.
    """
    for setting in _Scanner(arguments[:_LIMIT].partition("\0")[0]).settings():
        origin = Origin(CMDLINE, None, setting.text)
        key, equals, value = setting.parameter.partition("=")
        module = canonical(setting.module)
        if setting.module == "modprobe" and key == "blacklist" and equals:
            for name in value.split(","):
                yield Directive(Keyword.BLACKLIST, name, "", origin)
        elif module is not None:
            parameter = setting.parameter.replace("\t", " ")
            yield Directive(Keyword.OPTIONS, module, parameter, origin)


@dataclass(frozen=True, slots=True)
class _Setting:
    """One MODULE.PARAMETER[=VALUE]; *text* is the word as it stands there."""

    module: str
    parameter: str
    text: str


class _In(Enum):
    """What the scanner is in the middle of."""

    MODULE = auto()
    PARAMETER = auto()
    VALUE = auto()
    NOTHING = auto()  # of any use to kmod


@dataclass(slots=True)
class _Scanner:
    """The state of libkmod's scanner, which knows quotes in its own way.

    *quoted* changes at every quote and outlives the word. *requoted* when the word
    began with the quote: it then moves behind the equals sign.
    """

    text: str
    inside: _In = _In.MODULE
    quoted: bool = False
    requoted: bool = False
    start: int = 0
    parameter: int = 0

    def settings(self) -> Iterator[_Setting]:
        """Yield the settings in order."""
        for at, char in enumerate(f"{self.text} "):
            if char == '"':
                self._quote(at)
            elif char == ".":
                self._dot(at)
            elif char == "=":
                self._equals()
            elif char in _SPACES and self.quoted:
                self._quoted_space()
            elif char in _SPACES:
                if self.inside in {_In.PARAMETER, _In.VALUE}:
                    yield self._setting(at)
                self.inside, self.start, self.requoted = _In.MODULE, at + 1, False

    def _quote(self, at: int) -> None:
        self.quoted = not self.quoted
        if self.quoted and self.inside == _In.MODULE and at == self.start:
            self.requoted = True
            self.start = at + 1
        elif self.inside != _In.VALUE:
            self.inside = _In.NOTHING

    def _dot(self, at: int) -> None:
        if self.inside == _In.MODULE:
            self.inside, self.parameter = _In.PARAMETER, at + 1
        elif self.inside == _In.PARAMETER:
            self.inside = _In.NOTHING

    def _equals(self) -> None:
        if self.inside == _In.PARAMETER:
            self.inside = _In.VALUE
        elif self.inside == _In.MODULE:
            self.inside = _In.NOTHING

    def _quoted_space(self) -> None:
        if self.inside != _In.VALUE:
            self.inside = _In.NOTHING

    def _setting(self, end: int) -> _Setting:
        module = self.text[self.start : self.parameter - 1]
        parameter = self.text[self.parameter : end]
        if self.requoted:
            parameter = parameter.replace("=", '="', 1)
        text = self.text[self.start - self.requoted : end]
        return _Setting(module, parameter, text)
