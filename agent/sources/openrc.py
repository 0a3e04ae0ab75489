"""What OpenRC's service reads beside modules-load.d, by its script on the node."""

from collections.abc import Iterator

from agent.facts import BootLoad, Gap
from agent.findings import Origin
from agent.hostfs.host import Host
from agent.kmod.grammar import canonical
from agent.names import SCTP
from agent.sources.lenient import read_text
from agent.startup import openrc
from agent.startup.module_list import assignments, first_words
from agent.startup.openrc import Script
from agent.systemd.modules_load import Entry

_SCRIPTS = ("/etc/init.d/modules", "/etc/init.d/modules-load")
_ETC_MODULES, _OWN_LIST = "/etc/modules", "/etc/conf.d/modules"
_BY = "OpenRC's service modules"


def script(host: Host, gaps: list[Gap]) -> Script:
    """Return what is known of the service by its scripts."""
    return openrc.script("\n".join(read_text(host, path, gaps) for path in _SCRIPTS))


def entries(host: Host, service: Script, gaps: list[Gap]) -> Iterator[Entry]:
    """Yield the names of the lists that *service* certainly reads."""
    if service.reads_etc_modules:
        text = read_text(host, _ETC_MODULES, gaps)
        yield from (Entry(name, o) for name, o in first_words(_ETC_MODULES, text))
    if service.reads_own_list:
        text = read_text(host, _OWN_LIST, gaps)
        if not any(openrc.lists_of_releases(text)):
            yield from (Entry(name, o) for name, o in openrc.own_list(_OWN_LIST, text))


def loads(host: Host, service: Script, gaps: list[Gap]) -> Iterator[BootLoad]:
    """Yield what the service loads if it reads a list, or one for some kernels."""
    words: list[tuple[str, Origin]] = []
    if service.reads_etc_modules is None:
        text = read_text(host, _ETC_MODULES, gaps)
        words += first_words(_ETC_MODULES, text)
    if service.reads_own_list is not False:
        text = read_text(host, _OWN_LIST, gaps)
        keys = [*openrc.lists_of_releases(text)]
        keys += ["modules"] if keys or service.reads_own_list is None else []
        for key in keys:
            words += assignments(_OWN_LIST, text, key)
    for name, origin in words:
        if canonical(name) == SCTP:
            yield BootLoad(SCTP, origin, _BY, bool(service.heeds_blacklist))
