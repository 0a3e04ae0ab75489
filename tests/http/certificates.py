"""An authority of the test's own, and the files that a web configuration names."""

import ssl
from dataclasses import dataclass
from pathlib import Path

import trustme
import yaml
from cryptography.hazmat.primitives import serialization


@dataclass(frozen=True, slots=True)
class Desk:
    """Issues certificates into *folder*, where the configuration is, too."""

    folder: Path
    authority: trustme.CA

    @property
    def config(self) -> Path:
        """The configuration's path."""
        return self.folder / "web.yml"

    def configure(self, **keys: object) -> Path:
        """Write the configuration: our certificate, and *keys*."""
        served = {"cert_file": "tls.crt", "key_file": "tls.key"}
        self.config.write_text(yaml.safe_dump({"tls_server_config": served | keys}))
        return self.config

    def serve_as(self, *names: str) -> None:
        """Write a new certificate for the server."""
        self._write("tls", *names)

    def write_client(self, name: str) -> None:
        """Write a certificate for a client that is not of this process."""
        self._write("client", name)

    def _write(self, stem: str, *names: str) -> None:
        certificate = self.authority.issue_cert(*names)
        certificate.private_key_pem.write_to_path(self.folder / f"{stem}.key")
        chain = b"".join(blob.bytes() for blob in certificate.cert_chain_pems)
        (self.folder / f"{stem}.crt").write_bytes(chain)

    def encrypt_key(self) -> None:
        """Write the server's key anew, such that it takes a password to read it."""
        path = self.folder / "tls.key"
        key = serialization.load_pem_private_key(path.read_bytes(), None)
        encrypted = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(b"password"),
        )
        path.write_bytes(encrypted)

    def client(
        self, name: str = "", *, common_name: str = "", issuer: trustme.CA | None = None
    ) -> ssl.SSLContext:
        """Return a client that trusts the authority; with *name* it shows itself."""
        context = ssl.create_default_context()
        self.authority.configure_trust(context)
        if name:
            certificate = (issuer or self.authority).issue_cert(
                name, common_name=common_name or None
            )
            certificate.configure_cert(context)
        return context


def open_desk(folder: Path) -> Desk:
    """Return a desk that has issued the server's first certificate."""
    folder.mkdir(exist_ok=True)
    desk = Desk(folder, trustme.CA())
    desk.authority.cert_pem.write_to_path(folder / "ca.crt")
    desk.serve_as("127.0.0.1", "localhost")
    desk.configure()
    return desk
