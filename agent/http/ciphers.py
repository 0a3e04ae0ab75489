"""Cipher suites by the names that Go gives them, as OpenSSL calls them."""

_BULK = {
    "AES_128_GCM_SHA256": "AES128-GCM-SHA256",
    "AES_256_GCM_SHA384": "AES256-GCM-SHA384",
    "CHACHA20_POLY1305_SHA256": "CHACHA20-POLY1305",
    "AES_128_CBC_SHA": "AES128-SHA",
    "AES_256_CBC_SHA": "AES256-SHA",
}
#: Of TLS 1.2: those that Go counts as secure.
OF_TLS12 = {
    f"TLS_ECDHE_{signature}_WITH_{name}": f"ECDHE-{signature}-{ours}"
    for signature in ("ECDSA", "RSA")
    for name, ours in _BULK.items()
}
#: Of TLS 1.3: always on, in Go as here.
OF_TLS13 = frozenset(
    {
        "TLS_AES_128_GCM_SHA256",
        "TLS_AES_256_GCM_SHA384",
        "TLS_CHACHA20_POLY1305_SHA256",
    }
)
