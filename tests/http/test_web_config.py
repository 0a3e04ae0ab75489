"""The web configuration file: what of it counts, and what is refused by name."""

import ssl
from pathlib import Path

import pytest

from agent.http.live_config import LiveConfig
from agent.http.web_config import ClientAuth, WebConfig, WebConfigError, load, parse
from tests.http.certificates import open_desk

HASH = "$2b$04$" + "." * 53
FILES = "cert_file: a.crt, key_file: /k/a.key"
VERIFIED = f"{FILES}, client_ca_file: ca.crt"


def _tls(keys: str) -> bytes:
    return f"tls_server_config: {{{keys}}}".encode()


def test_all_that_counts() -> None:
    """Paths start at the file; suites get the names of OpenSSL."""
    text = _tls(
        f"{VERIFIED}, client_auth_type: RequireAndVerifyClientCert, "
        "client_allowed_sans: [a, b], client_allowed_common_names: [c], "
        "min_version: TLS12, max_version: TLS12, cipher_suites: ["
        "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256, TLS_AES_128_GCM_SHA256]"
    )

    assert parse(text, "/etc/web") == WebConfig(
        cert_file="/etc/web/a.crt",
        key_file="/k/a.key",
        client_ca_file="/etc/web/ca.crt",
        client_auth=ClientAuth.REQUIRED,
        allowed_sans=("a", "b"),
        allowed_common_names=("c",),
        minimum=ssl.TLSVersion.TLSv1_2,
        maximum=ssl.TLSVersion.TLSv1_2,
        ciphers=("ECDHE-RSA-CHACHA20-POLY1305",),
    )


def test_users() -> None:
    """They need no TLS, and their hashes are not shown by accident."""
    config = parse(f"basic_auth_users: {{ä: {HASH}}}".encode(), "/etc/web")

    assert config == WebConfig(users={"ä".encode(): HASH.encode()})
    assert HASH not in repr(config)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param(b"", "tls_server_config: is missing", id="empty"),
        pytest.param(b"{", "is no YAML", id="no YAML"),
        pytest.param(b"a: 1\n\tb", "is no YAML: line 2: ", id="line of the mistake"),
        pytest.param(b"a: \xff", "not UTF-8", id="Latin"),
        pytest.param(b"a: \x01", "is no YAML: ", id="character that YAML forbids"),
        pytest.param(b"a: !!timestamp x", "is not plain data", id="tag"),
        pytest.param(b"{}\n---\n{}", "more than one document", id="two documents"),
        pytest.param(
            _tls(f"{FILES}, key_file: k"),
            "tls_server_config.key_file: is there twice",
            id="key given twice",
        ),
        pytest.param(b"- a", "the file: is no mapping", id="list"),
        pytest.param(b"tls_server_config: x", "is no mapping", id="text for a mapping"),
        pytest.param(b"tls: {}", "tls: there is no such key", id="unknown section"),
        pytest.param(
            b"basic_auth_users: {a: b}",
            r"basic_auth_users.a: is no bcrypt hash \(\$2y",
            id="password in clear",
        ),
        pytest.param(
            f"basic_auth_users: {{a: {HASH[:28]}z{HASH[29:]}}}".encode(),
            "is no bcrypt hash",
            id="salt that is none",
        ),
        pytest.param(
            b"basic_auth_users: {a: [b]}", "is no bcrypt hash", id="no text for a hash"
        ),
        pytest.param(
            f"basic_auth_users: {{a: {HASH.replace('$04', '$31')}}}".encode(),
            "its cost is not within 4 and 14",
            id="hash that takes days",
        ),
        pytest.param(
            f"basic_auth_users: {{'a:b': {HASH}}}".encode(),
            "a:b: is no name of a user",
            id="colon in a name",
        ),
        pytest.param(
            f"basic_auth_users: {{'': {HASH}}}".encode(),
            r"basic_auth_users\.: is no name of a user",
            id="nobody's name",
        ),
        pytest.param(b"basic_auth_users: [a]", "no mapping", id="list of users"),
        pytest.param(
            b"basic_auth_users: {}", "tls_server_config: is missing", id="no users"
        ),
        pytest.param(b"rate_limit: {}", "rate_limit: is not supported", id="rate"),
        pytest.param(
            b"http_server_config: {http2: false}",
            "http_server_config: is not supported",
            id="headers",
        ),
        pytest.param(_tls("key_file: k"), "cert_file: is missing", id="no certificate"),
        pytest.param(_tls("cert_file: c"), "key_file: is missing", id="no key"),
        pytest.param(_tls("cert_file: [c]"), "cert_file: is no text", id="no text"),
        pytest.param(
            _tls(f"{FILES}, certfile: c"), "certfile: there is no", id="misspelt"
        ),
        pytest.param(
            _tls(f"{FILES}, cert: c"), "cert: .*use cert_file", id="certificate inline"
        ),
        pytest.param(
            _tls(f"{FILES}, curve_preferences: [X25519]"),
            "curve_preferences: is not supported",
            id="curves",
        ),
        pytest.param(
            _tls(f"{FILES}, min_version: TLS11"), "min_version: TLS11", id="TLS 1.1"
        ),
        pytest.param(
            _tls(f"{FILES}, min_version: SSL30"),
            "min_version: 'SSL30': choose from TLS12",
            id="unknown version",
        ),
        pytest.param(
            _tls(f"{FILES}, min_version: TLS13, max_version: TLS12"),
            "max_version: is lower",
            id="versions crossed",
        ),
        pytest.param(
            _tls(f"{FILES}, cipher_suites: [TLS_RSA_WITH_RC4_128_SHA]"),
            "cipher_suites: 'TLS_RSA_WITH_RC4_128_SHA' is not known",
            id="unsafe suite",
        ),
        pytest.param(
            _tls(f"{FILES}, cipher_suites: x"), "is no list", id="no list of suites"
        ),
        pytest.param(
            _tls(f"{VERIFIED}, client_auth_type: RequireAnyClientCert"),
            "client_auth_type: RequireAnyClientCert .*without verifying",
            id="any certificate",
        ),
        pytest.param(
            _tls(f"{FILES}, client_auth_type: Sometimes"),
            "client_auth_type: 'Sometimes': choose from NoClientCert",
            id="unknown kind",
        ),
        pytest.param(
            _tls(f"{FILES}, client_auth_type: VerifyClientCertIfGiven"),
            "client_ca_file: is missing",
            id="nothing to verify with",
        ),
        pytest.param(
            _tls(VERIFIED), "client_auth_type: is missing", id="authority for nothing"
        ),
        pytest.param(
            _tls(f"{FILES}, client_allowed_sans: [a]"),
            "client_allowed_sans: needs",
            id="names that nobody verifies",
        ),
        pytest.param(
            _tls(f"{FILES}, client_allowed_common_names: [a]"),
            "client_allowed_common_names: needs",
            id="common names that nobody verifies",
        ),
    ],
)
def test_refused(text: bytes, message: str) -> None:
    """The message names the key and what is wrong with it."""
    with pytest.raises(WebConfigError, match=message):
        parse(text, "")


def test_too_large(tmp_path: Path) -> None:
    """A file that cannot be meant is not read to its end."""
    path = tmp_path / "web.yml"
    path.write_bytes(b"#" * (1 << 21))

    with pytest.raises(WebConfigError, match="larger than"):
        load(str(path))


@pytest.mark.parametrize(
    ("file", "content", "message"),
    [
        pytest.param("tls.crt", None, "tls.crt and .*no such file", id="missing"),
        pytest.param("tls.crt", "x", "tls.crt and", id="no certificate"),
        pytest.param("ca.crt", "x", "ca.crt: ", id="no authority"),
        pytest.param("tls.key", "x", "tls.key: ", id="no key"),
    ],
)
def test_files_that_cannot_be_used(
    tmp_path: Path, file: str, content: str | None, message: str
) -> None:
    """At the start a broken file is an error that names it."""
    desk = open_desk(tmp_path)
    desk.configure(client_ca_file="ca.crt", client_auth_type="VerifyClientCertIfGiven")
    path = tmp_path / file
    path.unlink() if content is None else path.write_text(content)

    with pytest.raises(ValueError, match=message):
        LiveConfig(str(desk.config))


def test_encrypted_key(tmp_path: Path) -> None:
    """It is refused by name: no terminal is asked for a password."""
    desk = open_desk(tmp_path)
    desk.encrypt_key()

    with pytest.raises(ValueError, match=r"tls\.key: the key is encrypted"):
        LiveConfig(str(desk.config))
