"""What OpenRC's service reads beside modules-load.d, by its script on the node."""

from collections.abc import Iterator

from agent.facts import BootLoad, Gap
from agent.findings import Origin
from agent.hostfs.host import Host
from agent.names import SCTP
from agent.sources.lenient import read_text
from agent.startup import openrc
from agent.startup.module_list import (
    ETC_MODULES,
    assignments,
    first_words,
    places_of,
)
from agent.startup.openrc import OF_EVERY_KERNEL, OWN_LIST, Script
from agent.systemd.modules_load import Entry

_SCRIPTS = ("/etc/init.d/modules", "/etc/init.d/modules-load")
_BY = "OpenRC's service modules"


def script(host: Host, gaps: list[Gap]) -> Script:
    """Return what is known of the service by its scripts."""
    return openrc.script("\n".join(read_text(host, path, gaps) for path in _SCRIPTS))


def entries(host: Host, service: Script, gaps: list[Gap]) -> Iterator[Entry]:
    """Yield the names of the lists that *service* certainly reads."""
    if service.reads_etc_modules:
        text = read_text(host, ETC_MODULES, gaps)
        yield from (Entry(name, o) for name, o in first_words(ETC_MODULES, text))
    if service.reads_own_list:
        text = read_text(host, OWN_LIST, gaps)
        if not any(openrc.lists_of_releases(text)):
            words = assignments(OWN_LIST, text, OF_EVERY_KERNEL)
            yield from (Entry(name, o) for name, o in words)


def loads(host: Host, service: Script, gaps: list[Gap]) -> Iterator[BootLoad]:
    """Yield what the service loads if it reads a list, or one for some kernels."""
    words: list[tuple[str, Origin]] = []
    if service.reads_etc_modules is None:
        text = read_text(host, ETC_MODULES, gaps)
        words += first_words(ETC_MODULES, text)
    if service.reads_own_list is not False:
        text = read_text(host, OWN_LIST, gaps)
        keys = [*openrc.lists_of_releases(text)]
        keys += [OF_EVERY_KERNEL] if keys or service.reads_own_list is None else []
        for key in keys:
            words += assignments(OWN_LIST, text, key)
    for place in places_of(SCTP, words):
        yield BootLoad(SCTP, place, _BY, bool(service.heeds_blacklist))
