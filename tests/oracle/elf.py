"""Kernel module files as small as depmod accepts them: ELF objects made by hand."""

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_HEADER = struct.Struct("<16sHHIQQQIHHHHHH")
_SECTION = struct.Struct("<IIQQQQIIQQ")
_SYMBOL = struct.Struct("<IBBHQQ")
_IDENT = b"\x7fELF\x02\x01\x01".ljust(16, b"\0")
_RELOCATABLE, _X86_64 = 1, 62
_PROGBITS, _SYMTAB, _STRTAB = 1, 2, 3
_GLOBAL = 0x10


@dataclass(frozen=True, slots=True)
class ModuleFile:
    """What depmod reads in a module: its .modinfo, and symbols for modules.dep."""

    info: Sequence[tuple[str, str]] = ()
    exports: Sequence[str] = ()
    imports: Sequence[str] = ()

    def content(self) -> bytes:
        """Return the bytes of the .ko file."""
        names = _strings(["", *self.imports])
        symbols = _SYMBOL.pack(0, 0, 0, 0, 0, 0) + b"".join(
            _SYMBOL.pack(names.index(f"\0{name}\0".encode()) + 1, _GLOBAL, 0, 0, 0, 0)
            for name in self.imports
        )
        return _object(
            {
                ".modinfo": _strings([f"{key}={value}" for key, value in self.info]),
                "__ksymtab_strings": _strings(self.exports),
                ".strtab": names,
                ".symtab": symbols,
            }
        )


def _object(sections: Mapping[str, bytes]) -> bytes:
    names = ["", *sections, ".shstrtab"]
    contents = [b"", *sections.values(), _strings(names)]
    strtab = names.index(".strtab")
    at = _HEADER.size
    table = []
    for name, content in zip(names, contents, strict=True):
        offset = contents[-1].index(f"\0{name}\0".encode()) + 1 if name else 0
        kind, link, size = _PROGBITS, 0, 0
        if name == ".symtab":
            kind, link, size = _SYMTAB, strtab, _SYMBOL.size
        elif "str" in name and name.startswith("."):
            kind = _STRTAB
        place = (offset, kind if name else 0, 0, 0, at if name else 0, len(content))
        table.append(_SECTION.pack(*place, link, 1 if link else 0, 1, size))
        at += len(content)
    header = _HEADER.pack(
        *(_IDENT, _RELOCATABLE, _X86_64, 1, 0, 0, at, 0),
        *(_HEADER.size, 0, 0, _SECTION.size, len(table), len(table) - 1),
    )
    return b"".join([header, *contents, *table])


def _strings(values: Sequence[str]) -> bytes:
    return b"".join(value.encode() + b"\0" for value in values)
