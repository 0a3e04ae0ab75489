"""What handshakes are made with: a configuration's files, as OpenSSL takes them."""

import ssl

from agent.http.web_config import ClientAuth, WebConfig


def context(config: WebConfig) -> ssl.SSLContext:
    """Return what serves as *config* says; raise ValueError with the file's name."""
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.minimum_version = config.minimum
    tls.maximum_version = config.maximum
    # A resumed session would outlive a CA or a certificate that was withdrawn.
    tls.options |= ssl.OP_NO_TICKET | ssl.OP_NO_RENEGOTIATION
    tls.num_tickets = 0
    try:
        tls.load_cert_chain(config.cert_file, config.key_file, password=_none)
    except (OSError, ValueError) as error:
        where = f"{config.cert_file} and {config.key_file}"
        raise ValueError(f"{where}: {explain(error)}") from None
    if config.client_auth is not ClientAuth.NONE:
        try:
            tls.load_verify_locations(config.client_ca_file)
        except (OSError, ValueError) as error:
            raise ValueError(f"{config.client_ca_file}: {explain(error)}") from None
        # Who has none is turned away by path: probes of the kubelet have none.
        tls.verify_mode = ssl.CERT_OPTIONAL
    if config.ciphers:
        tls.set_ciphers(":".join(config.ciphers))
    return tls


def explain(error: Exception) -> str:
    """Return what is wrong, as short as it can be said."""
    if isinstance(error, ssl.SSLError):
        return error.reason or str(error)
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    return str(error)


def _none() -> str:
    raise ValueError("the key is encrypted")  # never ask a terminal for a password
