"""What both sides must hold before anybody can ask: keys, secrets, certificates, and the product's file of banks.

Made once in a folder of its own; a folder that is there is used again, so that both sides keep knowing each other.
"""

import hashlib
import ipaddress
import json
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from simulation.data_banks.catalogue import BANKS, Bank, Proof, Way
from simulation.data_banks.signing import Key, read_keys
from simulation.data_banks.state import STRANGER, Asker
from simulation.people import PILOT_ON

SENDER_ID = "sakha"
KEY_ID = "1"
VALID_DAYS = 3650


@dataclass(frozen=True, slots=True, kw_only=True)
class Listening:
    """Where the banks listen, and where they call back."""

    url: str
    tls_url: str = ""
    callback_url: str


@dataclass(frozen=True, slots=True)
class Installation:
    """The folder of both sides' secrets."""

    home: Path

    @property
    def banks_file(self) -> Path:
        """The product's file, for `SAKHA_BANKS`."""
        return self.home / "banks.toml"

    @property
    def words(self) -> dict[str, str]:
        """The shared secrets."""
        return dict(json.loads((self.home / "words.json").read_text(encoding="utf-8")))

    def private_key(self, name: str) -> Ed25519PrivateKey:
        """Read a signing key."""
        key = serialization.load_pem_private_key((self.home / f"{name}.pem").read_bytes(), None)
        if not isinstance(key, Ed25519PrivateKey):
            raise TypeError(name)
        return key

    def bank_keys(self) -> dict[str, Key]:
        """Give the signing key of each bank, and the stranger's."""
        names = [bank for bank in BANKS.values() if bank.way is Way.DCI or bank.name == "postal_address"]
        keys = {bank.name: Key(bank.sender_id, KEY_ID, self.private_key(bank.name)) for bank in names}
        return keys | {STRANGER: Key(STRANGER, KEY_ID, self.private_key(STRANGER))}

    def asker(self, listening: Listening) -> Asker:
        """Give the one who may ask."""
        words = self.words
        own = Key(SENDER_ID, KEY_ID, self.private_key(SENDER_ID))
        return Asker(
            sender_id=SENDER_ID,
            api_key=words["api_key"],
            client_id=words["client_id"],
            client_secret=words["client_secret"],
            callback_url=listening.callback_url,
            keys=read_keys({"keys": [own.jwk]}),
        )


def prepare_installation(home: Path, listening: Listening) -> Installation:
    """Make what is missing, and write the product's file for these addresses."""
    home.mkdir(parents=True, exist_ok=True)
    installation = Installation(home)
    words = home / "words.json"
    if not words.is_file():
        write_private(words, json.dumps({name: secrets.token_urlsafe(24) for name in WORDS}).encode())
    named = [bank.name for bank in BANKS.values() if bank.way is Way.DCI]
    for name in (SENDER_ID, STRANGER, "postal_address", *named):
        if not (home / f"{name}.pem").is_file():
            write_private(home / f"{name}.pem", private_pem(Ed25519PrivateKey.generate()))
    for name, key in installation.bank_keys().items():
        (home / f"{name}.jwks.json").write_text(json.dumps({"keys": [key.jwk]}), encoding="utf-8")
    if listening.tls_url and not (home / "authority.crt").is_file():
        make_certificates(home)
    write_private(installation.banks_file, banks_document(installation, listening).encode())
    return installation


WORDS = ("api_key", "client_id", "client_secret")


def banks_document(installation: Installation, listening: Listening) -> str:
    """Write the product's file."""
    lines = [
        f'sender_id = "{SENDER_ID}"',
        f'callback_url = "{listening.callback_url}"',
        f'signing_key_file = "{SENDER_ID}.pem"',
        f'signing_key_id = "{KEY_ID}"',
    ]
    for bank in BANKS.values():
        lines += ["", f"[banks.{bank.name}]", *bank_lines(bank, installation.words, listening)]
    lines += ["", "[banks.welfare_extract]", f'folder = "{installation.home / "extract"}"']
    return "\n".join(lines) + "\n"


def offer_extract(installation: Installation, extract: Path) -> None:
    """Put the welfare extract where the product looks for files, with its manifest."""
    folder = installation.home / "extract"
    folder.mkdir(exist_ok=True)
    offered = folder / extract.name
    offered.unlink(missing_ok=True)
    offered.symlink_to(extract.resolve())
    with extract.open("rb") as content, duckdb.connect() as connection:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
        row = connection.execute("SELECT count(*), max(decile_on) FROM read_parquet($path)", {"path": str(extract)})
        count, day = row.fetchone() or (0, None)
    manifest = {
        "bank": "welfare_extract",
        "extract_id": digest[:16],
        "made_at": f"{PILOT_ON.isoformat()}T00:00:00+03:30",
        "observed_on": str(day),
        "format": "PARQUET",
        "files": [{"name": extract.name, "sha256": digest, "rows": count}],
    }
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=1), encoding="utf-8")


def bank_lines(bank: Bank, words: dict[str, str], listening: Listening) -> list[str]:
    """Write one bank's part."""
    url = f"{listening.url}/{bank.name}"
    lines = [f'url = "{url}"']
    if bank.proof is Proof.CERTIFICATE and listening.tls_url:
        lines = [f'url = "{listening.tls_url}/{bank.name}"', 'client_certificate_file = "client.crt"']
        lines += ['client_key_file = "client.key"', 'authority_file = "authority.crt"']
    elif bank.proof is Proof.TOKEN:
        token = f'token_url = "{url}/oauth2/client/token", client_id = "{words["client_id"]}"'
        lines.append(f'oauth2 = {{ {token}, client_secret = "{words["client_secret"]}", scope = "inquiry" }}')
    else:
        lines.append(f'api_key = "{words["api_key"]}"')
    if bank.way is Way.DCI or bank.name == "postal_address":
        lines += [f'sender_id = "{bank.sender_id}"', f'signature = "{bank.practice or "JWS"}"']
        lines.append(f'public_keys_file = "{bank.name}.jwks.json"')
    return lines


def make_certificates(home: Path) -> None:
    """Make an authority, the banks' certificate and the asker's, all of this folder only."""
    authority_key = ec.generate_private_key(ec.SECP256R1())
    authority = certificate("authority", authority_key, None)
    (home / "authority.crt").write_bytes(authority.public_bytes(serialization.Encoding.PEM))
    for name in ("server", "client"):
        key = ec.generate_private_key(ec.SECP256R1())
        write_private(home / f"{name}.key", private_pem(key))
        made = certificate(name, key, (authority, authority_key))
        (home / f"{name}.crt").write_bytes(made.public_bytes(serialization.Encoding.PEM))


def certificate(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    issuer: tuple[x509.Certificate, ec.EllipticCurvePrivateKey] | None,
) -> x509.Certificate:
    """Make one certificate; without an issuer it is the authority's own."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"simulated banks {name}")])
    now = datetime.now(UTC)
    uses = [ExtendedKeyUsageOID.CLIENT_AUTH if name == "client" else ExtendedKeyUsageOID.SERVER_AUTH]
    places: list[x509.GeneralName] = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    authority_key = key if issuer is None else issuer[1]
    signer = authority_key.public_key()
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject if issuer is None else issuer[0].subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=VALID_DAYS))
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer), critical=False)
        .add_extension(key_usage(is_authority=issuer is None), critical=True)
    )
    if issuer is not None:
        builder = builder.add_extension(x509.ExtendedKeyUsage(uses), critical=False)
        builder = builder.add_extension(x509.SubjectAlternativeName(places), critical=False)
    return builder.sign(authority_key, hashes.SHA256())


def key_usage(*, is_authority: bool) -> x509.KeyUsage:
    """Say what a key may be used for."""
    return x509.KeyUsage(
        digital_signature=not is_authority, key_cert_sign=is_authority, crl_sign=is_authority,
        content_commitment=False, key_encipherment=False, data_encipherment=False, key_agreement=False,
        encipher_only=False, decipher_only=False,
    )  # fmt: skip


def private_pem(key: ec.EllipticCurvePrivateKey | Ed25519PrivateKey) -> bytes:
    """Write a private key."""
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def write_private(path: Path, content: bytes) -> None:
    """Write a file that only its owner reads."""
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_bytes(content)
