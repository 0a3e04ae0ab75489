"""The web configuration file of Prometheus exporters: what of it counts here."""

import os
import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import islice
from typing import Any

from agent.http.ciphers import OF_TLS12, OF_TLS13

_LIMIT = 1 << 16  # bytes; read again in the event loop, so it must not take long
_TLS, _USERS = "tls_server_config", "basic_auth_users"
# A salt of 128 bits leaves four of its last character without a meaning.
_HASH = re.compile(r"\$2[aby]\$\d\d\$[./A-Za-z0-9]{21}[.Oeu][./A-Za-z0-9]{31}")
_LEAST_COST, _MOST_COST = 4, 14  # the most takes about a second


class WebConfigError(ValueError):
    """The file cannot be used; says which key and why."""


class ClientAuth(StrEnum):
    """Which clients are served; by the names of Go's crypto/tls."""

    NONE = "NoClientCert"
    IF_GIVEN = "VerifyClientCertIfGiven"
    REQUIRED = "RequireAndVerifyClientCert"


@dataclass(frozen=True, slots=True)
class WebConfig:
    """How to serve, over TLS where there is a certificate, and whom.

    Paths are absolute or relative to where we run. *users* have their bcrypt hashes;
    where there are any, only they are served.
    """

    cert_file: str = ""
    key_file: str = ""
    users: Mapping[bytes, bytes] = field(default_factory=dict, repr=False)
    client_ca_file: str = ""
    client_auth: ClientAuth = ClientAuth.NONE
    allowed_sans: tuple[str, ...] = ()
    allowed_common_names: tuple[str, ...] = ()
    minimum: ssl.TLSVersion = ssl.TLSVersion.TLSv1_2
    maximum: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3
    ciphers: tuple[str, ...] = ()

    @property
    def files(self) -> tuple[str, ...]:
        """The files it names."""
        paths = (self.cert_file, self.key_file, self.client_ca_file)
        return tuple(filter(None, paths))


def load(path: str) -> WebConfig:
    """Read the file at *path*; raise WebConfigError, or OSError."""
    with open(path, "rb") as file:
        data = file.read(_LIMIT + 1)
    if len(data) > _LIMIT:
        raise WebConfigError(f"is larger than {_LIMIT} bytes")
    return parse(data, os.path.dirname(path))


def parse(data: bytes, folder: str) -> WebConfig:
    """Read a configuration whose relative paths start at *folder*."""
    top = _document(data)
    _keys(top or {}, "", {_TLS: "", _USERS: ""}, _TOP)
    top = top or {}
    users = _users(top.get(_USERS))
    if _TLS not in top and not users:
        raise WebConfigError(f"{_TLS}: is missing")
    config = _tls(top[_TLS], folder) if _TLS in top else WebConfig()
    return replace(config, users=users)


def _users(value: object) -> Mapping[bytes, bytes]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise WebConfigError(f"{_USERS}: is no mapping of keys")
    users = {}
    for name, hashed in value.items():
        if not isinstance(name, str) or not name or ":" in name:
            raise WebConfigError(f"{_USERS}.{name}: is no name of a user")
        if not isinstance(hashed, str) or not _HASH.fullmatch(hashed):
            raise WebConfigError(f"{_USERS}.{name}: is no bcrypt hash ($2y$10$…)")
        if not _LEAST_COST <= int(hashed[4:6]) <= _MOST_COST:
            problem = f"its cost is not within {_LEAST_COST} and {_MOST_COST}"
            raise WebConfigError(f"{_USERS}.{name}: {problem}")
        users[name.encode()] = hashed.encode()
    return users


def _document(data: bytes) -> Any:  # noqa: ANN401  # whatever YAML holds
    from agent.ignition.yaml_reader import BadTextError, load_all

    try:
        documents = list(islice(load_all(data.decode()), 2))
    except BadTextError as error:
        where = f"line {error.line}: " if error.line else ""
        raise WebConfigError(f"is no YAML: {where}{error.cause}") from None
    except UnicodeDecodeError:
        raise WebConfigError("is no YAML: not UTF-8") from None
    if len(documents) > 1:
        raise WebConfigError("has more than one document")
    for document in documents:
        for keys in document.duplicates:
            raise WebConfigError(f"{'.'.join(map(str, keys))}: is there twice")
    return documents[0].value if documents else None


#: Keys of the format that are refused, each with what to do.
_TOP = {
    "http_server_config": "is not supported: HTTP/1.1 with fixed headers is served",
    "rate_limit": "is not supported: the number of connections is limited",
}
_REFUSED = {
    "cert": "is not supported: use cert_file",
    "key": "is not supported: use key_file",
    "client_ca": "is not supported: use client_ca_file",
    "curve_preferences": "is not supported: those of OpenSSL are used",
    "prefer_server_cipher_suites": "is not supported: the server's order is used",
}
_KEYS = {
    **dict.fromkeys(("cert_file", "key_file", "client_ca_file"), ""),
    **dict.fromkeys(("client_auth_type", "min_version", "max_version"), ""),
    **dict.fromkeys(("client_allowed_sans", "client_allowed_common_names"), ""),
    "cipher_suites": "",
}
_UNVERIFIED = "is not supported: it takes certificates without verifying them"
_OLD = "is not supported: TLS before 1.2 is not safe"
_VERSIONS = {"TLS12": ssl.TLSVersion.TLSv1_2, "TLS13": ssl.TLSVersion.TLSv1_3}


def _tls(value: object, folder: str) -> WebConfig:
    keys = _keys(value, _TLS, _KEYS, _REFUSED)
    texts = {k: _text(keys, k) for k in _KEYS if k not in _LISTS}
    lists = {k: _list(keys, k) for k in _LISTS}
    for key in ("cert_file", "key_file"):
        if not texts[key]:
            raise WebConfigError(f"{_TLS}.{key}: is missing")
    for name in lists["cipher_suites"]:
        if name not in OF_TLS12 and name not in OF_TLS13:
            raise _wrong("cipher_suites", f"{name!r} is not known or not safe")
    config = WebConfig(
        cert_file=_absolute(texts["cert_file"], folder),
        key_file=_absolute(texts["key_file"], folder),
        client_ca_file=_absolute(texts["client_ca_file"], folder),
        client_auth=_client_auth(texts["client_auth_type"]),
        allowed_sans=lists["client_allowed_sans"],
        allowed_common_names=lists["client_allowed_common_names"],
        minimum=_version(texts, "min_version", "TLS12"),
        maximum=_version(texts, "max_version", "TLS13"),
        ciphers=tuple(OF_TLS12[n] for n in lists["cipher_suites"] if n in OF_TLS12),
    )
    _agrees(config)
    return config


_LISTS = ("client_allowed_sans", "client_allowed_common_names", "cipher_suites")


def _agrees(config: WebConfig) -> None:
    if config.minimum > config.maximum:
        raise _wrong("max_version", "is lower than min_version")
    verifies = config.client_auth is not ClientAuth.NONE
    if verifies and not config.client_ca_file:
        raise _wrong("client_ca_file", f"is missing: {config.client_auth} needs it")
    if config.client_ca_file and not verifies:
        raise _wrong("client_auth_type", "is missing: client_ca_file goes with it")
    for key, names in (
        ("client_allowed_sans", config.allowed_sans),
        ("client_allowed_common_names", config.allowed_common_names),
    ):
        if names and not verifies:
            raise _wrong(key, "needs a client_auth_type that verifies")


def _client_auth(text: str) -> ClientAuth:
    if text in {"RequestClientCert", "RequireAnyClientCert"}:
        raise _wrong("client_auth_type", f"{text} {_UNVERIFIED}")
    try:
        return ClientAuth(text or ClientAuth.NONE)
    except ValueError:
        choices = ", ".join(ClientAuth)
        raise _wrong("client_auth_type", f"{text!r}: choose from {choices}") from None


def _version(texts: Mapping[str, str], key: str, default: str) -> ssl.TLSVersion:
    text = texts[key] or default
    if text in {"TLS10", "TLS11"}:
        raise _wrong(key, f"{text} {_OLD}")
    if text not in _VERSIONS:
        raise _wrong(key, f"{text!r}: choose from {', '.join(_VERSIONS)}")
    return _VERSIONS[text]


def _keys(
    value: object, where: str, keys: Mapping[str, str], refused: Mapping[str, str]
) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise WebConfigError(f"{where or 'the file'}: is no mapping of keys")
    for key in value:
        if key not in keys:
            problem = refused.get(key, "there is no such key")
            raise WebConfigError(f"{f'{where}.' if where else ''}{key}: {problem}")
    return value


def _text(keys: Mapping[str, Any], key: str) -> str:
    value = keys.get(key)
    if value is None or isinstance(value, str):
        return value or ""
    raise _wrong(key, "is no text")


def _list(keys: Mapping[str, Any], key: str) -> tuple[str, ...]:
    value = keys.get(key)
    if value is None:
        return ()
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return tuple(value)
    raise _wrong(key, "is no list of texts")


def _absolute(path: str, folder: str) -> str:
    return os.path.join(folder, path) if path else ""


def _wrong(key: str, problem: str) -> WebConfigError:
    return WebConfigError(f"{_TLS}.{key}: {problem}")
