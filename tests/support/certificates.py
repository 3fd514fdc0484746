"""A certificate authority of the tests, and the TLS contexts of servers and clients."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cached_property
from ipaddress import ip_address
from pathlib import Path
from tempfile import TemporaryDirectory

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

DAY = timedelta(days=1)


class Authority:
    """Issues certificates. `client` trusts them, and no others."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "test authority")])
        self._certificate = self._issued(self._name, self._key.public_key(), DAY, x509.BasicConstraints(True, None))

    @property
    def pem(self) -> str:
        return self._certificate.public_bytes(Encoding.PEM).decode()

    def client(self) -> ssl.SSLContext:
        return ssl.create_default_context(cadata=self.pem)

    @cached_property
    def localhost(self) -> ssl.SSLContext:
        return self.server("localhost", "127.0.0.1", "::1")

    def server(self, *hosts: str, ends_in: timedelta = DAY) -> ssl.SSLContext:
        """The context of a server with a certificate for these names and addresses."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        with self.files(*hosts, ends_in=ends_in) as (certificate, key):
            context.load_cert_chain(certificate, key)
        return context

    @contextmanager
    def files(self, *hosts: str, ends_in: timedelta = DAY) -> Iterator[tuple[Path, Path]]:
        """Files of a certificate for these hosts and of its key."""
        key = ec.generate_private_key(ec.SECP256R1())
        names = x509.SubjectAlternativeName([_name(host) for host in hosts])
        certificate = self._issued(x509.Name([]), key.public_key(), ends_in, names)
        with TemporaryDirectory() as folder:
            certificate_file, key_file = Path(folder, "certificate.pem"), Path(folder, "key.pem")
            certificate_file.write_bytes(certificate.public_bytes(Encoding.PEM))
            key_file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
            yield certificate_file, key_file

    def _issued(
        self,
        subject: x509.Name,
        key: ec.EllipticCurvePublicKey,
        ends_in: timedelta,
        extension: x509.ExtensionType,
    ) -> x509.Certificate:
        now = datetime.now(UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - 2 * DAY)
            .not_valid_after(now + ends_in)
            .add_extension(extension, critical=True)
            .sign(self._key, SHA256())
        )


def _name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        return x509.DNSName(host)
