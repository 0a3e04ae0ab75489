"""The web configuration as it is now: read again when it or a certificate changes."""

import asyncio
import logging
import os
import ssl
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial

from agent.http.access import Guard
from agent.http.router import Handler
from agent.http.tls import context, explain
from agent.http.validity import Validity, first_to_end
from agent.http.web_config import WebConfig, load
from agent.threads import Bounded, NoThreadError, Overdue, in_thread

_PAUSE = 1.0  # seconds between two looks at the files
_PATIENCE = 1.0  # seconds that a client waits for a look
_FIRST_PATIENCE = 10.0  # seconds that the start waits for the first reading
_NO_FILE = (0, 0, 0)
_LONGEST_CHAIN = 1 << 20  # bytes

_log = logging.getLogger(__name__)
_Identities = dict[str, tuple[int, int, int]]
Contexts = Callable[[], Awaitable[ssl.SSLContext]]


@dataclass(frozen=True, slots=True)
class _Reading:
    """The files by their *identities*, and what became of them."""

    identities: _Identities
    config: WebConfig
    context: ssl.SSLContext | None
    validity: Validity | None


class LiveConfig:
    """Who is served and with what: always the newest files that were whole.

    The first reading raises OSError or ValueError where it fails, and decides whether
    TLS is spoken. Later ones are logged, once for each state of the files, and what
    was read before stays. All are made in threads, since a file system may hang:
    then, too, it stays.

    *trouble* says why the files are not those that serve, "" if they are; *load_time*
    is when that was so last (Unix time).
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._look_time = time.monotonic()
        self._looking: asyncio.Future[_Reading | None] | None = None
        first = Bounded().run(
            "web", partial(_read, path, (path,)), deadline=_FIRST_PATIENCE
        )
        if isinstance(first, Overdue):
            raise TimeoutError("reading it, or what it names, takes too long")
        self._now = first
        self._guard = Guard(lambda: self._now.config)
        self._identities = first.identities
        self._unusable = self._not_seen = ""
        self.load_time = time.time()

    @property
    def contexts(self) -> Contexts | None:
        """What returns the context for a handshake now; None without TLS."""
        return self.context if self._now.context else None

    @property
    def trouble(self) -> str:
        """Why the files are not used, or are not known to be as they were."""
        return self._not_seen or self._unusable

    @property
    def validity(self) -> Validity | None:
        """When the certificate is valid that is shown now, None if that is unknown."""
        return self._now.validity

    async def context(self) -> ssl.SSLContext:
        """Return the context for a handshake now; raise ValueError without TLS."""
        if looking := self.look():
            # Whoever comes later, while it hangs, need not wait as well.
            await asyncio.wait({looking}, timeout=_PATIENCE)
        return _there(self._now.context)

    def look(self) -> asyncio.Future[_Reading | None] | None:
        """Begin to look at the files, unless it was done lately."""
        if self._looking or time.monotonic() - self._look_time < _PAUSE:
            return None
        return self._begin()

    async def reload(self) -> str:
        """Look at the files now; return the trouble, "" for none.

        However many ask at once, there is one look at a time, and one more for those
        who came after it had begun.
        """
        if earlier := self._looking:
            await asyncio.wait({earlier}, timeout=_PATIENCE)
        looking = self._looking or self._begin()
        if looking is not earlier:
            await asyncio.wait({looking}, timeout=_PATIENCE)
        if not looking.done():
            self._not_seen = "reading the files takes too long"
        if not self.trouble:
            self.load_time = time.time()
        return self.trouble

    def guard(self, handlers: Mapping[str, Handler]) -> dict[str, Handler]:
        """Return *handlers*, of which all but health ask who the client is."""
        return self._guard.before(handlers)

    def _begin(self) -> asyncio.Future[_Reading | None]:
        self._look_time = time.monotonic()
        work = partial(_look, self._path, self._identities, tls=bool(self._now.context))
        looking = in_thread(work)
        self._looking = looking
        looking.add_done_callback(self._take)
        return looking

    def _take(self, looking: asyncio.Future[_Reading | None]) -> None:
        self._looking, self._not_seen = None, ""
        try:
            reading = looking.result()
        except _UnusableError as unusable:
            self._identities, self._unusable = (
                unusable.identities,
                explain(unusable.why),
            )
            extra = {"error": self._unusable}
            _log.error("web configuration stays as it was", extra=extra)
        except NoThreadError as error:  # no thread: the next look may have one
            self._not_seen = str(error)
            extra = {"error": self._not_seen}
            _log.warning("web configuration is not looked at", extra=extra)
        else:
            if reading:
                self._now, self._identities, self._unusable = (
                    reading,
                    reading.identities,
                    "",
                )
                self.load_time = time.time()
                _log.info("web configuration read again", extra={"file": self._path})


class _UnusableError(Exception):
    """The files of these *identities* cannot be used, for *why*."""

    def __init__(self, identities: _Identities, why: OSError | ValueError) -> None:
        super().__init__(why)
        self.identities = identities
        self.why = why


def _there(context: ssl.SSLContext | None) -> ssl.SSLContext:
    if context is None:
        raise ValueError("the web configuration has no TLS")
    return context


def _look(path: str, before: _Identities, *, tls: bool) -> _Reading | None:
    """Read the files if they are not as they were *before*."""
    now = _identities(before)
    if now == before:
        return None
    try:
        reading = _read(path, before)
    except (OSError, ValueError) as error:
        raise _UnusableError(now, error) from None
    if bool(reading.context) is not tls:
        why = ValueError("tls_server_config: comes and goes with a restart only")
        raise _UnusableError(now, why)
    return reading


def _read(path: str, paths: Iterable[str]) -> _Reading:
    # Taken before the reading: what changes meanwhile is read again.
    identities = _identities(paths)
    config = load(path)
    identities = {path: identities[path]} | _identities(config.files)
    if not config.cert_file:
        return _Reading(identities, config, None, None)
    tls = context(config)
    with open(config.cert_file, "rb") as chain:
        validity = first_to_end(chain.read(_LONGEST_CHAIN))
    return _Reading(identities, config, tls, validity)


def _identities(paths: Iterable[str]) -> _Identities:
    return {path: _identity(path) for path in paths}


def _identity(path: str) -> tuple[int, int, int]:
    """Return what changes when the file does; a Secret is swapped by a link."""
    try:
        status = os.stat(path)
    except OSError:
        return _NO_FILE
    return status.st_dev, status.st_ino, status.st_mtime_ns
