"""TLS by a configuration file, read again when it or a certificate changes."""

import asyncio
import logging
import math
import os
import ssl
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial

from agent.http.access import guarded
from agent.http.router import Handler
from agent.http.web_config import ClientAuth, WebConfig, load
from agent.threads import Bounded, NoThreadError, Overdue, in_thread

_PAUSE = 1.0  # seconds between two looks at the files
_PATIENCE = 1.0  # seconds that a client waits for a look
_FIRST_PATIENCE = 10.0  # seconds that the start waits for the first reading
_NO_FILE = (0, 0, 0)

_log = logging.getLogger(__name__)
_Seen = dict[str, tuple[int, int, int]]


@dataclass(frozen=True, slots=True)
class _Reading:
    """The files as they were *seen*, and what became of them."""

    seen: _Seen
    config: WebConfig
    context: ssl.SSLContext


class Tls:
    """What handshakes are made with: always the newest files that were whole.

    The first reading raises OSError or ValueError where it fails. Later ones are
    logged, once for each state of the files, and what was read before stays. All are
    made in threads, since a file system may hang: then, too, it stays.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._looked = time.monotonic()
        self._looking: asyncio.Future[_Reading | None] | None = None
        first = Bounded().run(
            "TLS", partial(_read, path, (path,)), deadline=_FIRST_PATIENCE
        )
        if isinstance(first, Overdue):
            raise TimeoutError("reading it, or what it names, takes too long")
        self._now = first
        self._seen = first.seen

    async def context(self) -> ssl.SSLContext:
        """Return the context for a handshake now."""
        now = time.monotonic()
        if self._looking is None and now - self._looked >= _PAUSE:
            self._looked = now
            self._looking = in_thread(partial(_look, self._path, self._seen))
            self._looking.add_done_callback(self._take)
            # Whoever comes later, while it hangs, need not wait as well.
            await asyncio.wait({self._looking}, timeout=_PATIENCE)
        return self._now.context

    def look_again(self) -> None:
        """Look at the files for the next client, however lately that was done."""
        self._looked = -math.inf

    def guard(self, handlers: Mapping[str, Handler]) -> dict[str, Handler]:
        """Return *handlers*, of which all but health ask who the client is."""
        return guarded(handlers, lambda: self._now.config)

    def _take(self, looking: asyncio.Future[_Reading | None]) -> None:
        self._looking = None
        try:
            found = looking.result()
        except _UnusableError as unusable:
            self._seen = unusable.seen
            _log.error("TLS stays as it was", extra={"error": _said(unusable.why)})
        except NoThreadError as error:  # no thread: the next look may have one
            _log.warning("TLS is not looked at", extra={"error": str(error)})
        else:
            if found:
                self._now, self._seen = found, found.seen
                _log.info("TLS files read again", extra={"file": self._path})


class _UnusableError(Exception):
    """The files as they were *seen* cannot be used, for *why*."""

    def __init__(self, seen: _Seen, why: OSError | ValueError) -> None:
        super().__init__(why)
        self.seen = seen
        self.why = why


def _look(path: str, seen: _Seen) -> _Reading | None:
    """Read the files if they are not as they were *seen*."""
    now = _identities(seen)
    if now == seen:
        return None
    try:
        return _read(path, seen)
    except (OSError, ValueError) as error:
        raise _UnusableError(now, error) from None


def _read(path: str, known: Iterable[str]) -> _Reading:
    # Taken before the reading: what changes meanwhile is read again.
    seen = _identities(known)
    config = load(path)
    seen = {path: seen[path]} | _identities(config.files)
    return _Reading(seen, config, _context(config))


def _context(config: WebConfig) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = config.minimum
    context.maximum_version = config.maximum
    # A resumed session would outlive a CA or a certificate that was withdrawn.
    context.options |= ssl.OP_NO_TICKET | ssl.OP_NO_RENEGOTIATION
    context.num_tickets = 0
    try:
        context.load_cert_chain(config.cert_file, config.key_file, password=_none)
    except (OSError, ValueError) as error:
        where = f"{config.cert_file} and {config.key_file}"
        raise ValueError(f"{where}: {_said(error)}") from None
    if config.client_auth is not ClientAuth.NONE:
        try:
            context.load_verify_locations(config.client_ca_file)
        except (OSError, ValueError) as error:
            raise ValueError(f"{config.client_ca_file}: {_said(error)}") from None
        # Who has none is turned away by path: probes of the kubelet have none.
        context.verify_mode = ssl.CERT_OPTIONAL
    if config.ciphers:
        context.set_ciphers(":".join(config.ciphers))
    return context


def _none() -> str:
    raise ValueError("the key is encrypted")  # never ask a terminal for a password


def _identities(paths: Iterable[str]) -> _Seen:
    return {path: _identity(path) for path in paths}


def _identity(path: str) -> tuple[int, int, int]:
    """Return what changes when the file does; a Secret is swapped by a link."""
    try:
        found = os.stat(path)
    except OSError:
        return _NO_FILE
    return found.st_dev, found.st_ino, found.st_mtime_ns


def _said(error: Exception) -> str:
    if isinstance(error, ssl.SSLError):
        return error.reason or str(error)
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    return str(error)
