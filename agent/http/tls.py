"""TLS by a configuration file, read again when it or a certificate changes."""

import logging
import os
import ssl
import time
from collections.abc import Mapping

from agent.http.access import guarded
from agent.http.router import Handler
from agent.http.web_config import ClientAuth, WebConfig, load

_PAUSE = 1.0  # seconds between two looks at the files
_NO_FILE = (0, 0, 0)

_log = logging.getLogger(__name__)
_Seen = dict[str, tuple[int, int, int]]


class Tls:
    """What handshakes are made with: always the newest files that were whole.

    The first reading raises OSError or ValueError where it fails. Later ones are
    logged, once for each state of the files, and what was read before stays. For
    the event loop: it reads a few small files.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._looked = time.monotonic()
        self._seen: _Seen = {}
        self._config, self._context = self._read()

    def context(self) -> ssl.SSLContext:
        """Return the context for a handshake now."""
        now = time.monotonic()
        if now - self._looked < _PAUSE:
            return self._context
        self._looked = now
        if self._seen == {path: _identity(path) for path in self._seen}:
            return self._context
        try:
            self._config, self._context = self._read()
        except (OSError, ValueError) as error:
            _log.error("TLS stays as it was", extra={"error": _said(error)})
        else:
            _log.info("TLS files read again", extra={"file": self._path})
        return self._context

    def guard(self, handlers: Mapping[str, Handler]) -> dict[str, Handler]:
        """Return *handlers*, of which all but health ask who the client is."""
        return guarded(handlers, lambda: self._config)

    def _read(self) -> tuple[WebConfig, ssl.SSLContext]:
        # Taken before the reading: what changes meanwhile is read again.
        self._seen = {path: _identity(path) for path in (self._path, *self._seen)}
        own = self._seen[self._path]
        config = load(self._path)
        self._seen = {path: _identity(path) for path in config.files}
        self._seen[self._path] = own
        return config, _context(config)


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
