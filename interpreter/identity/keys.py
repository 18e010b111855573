"""A person's own key: Ed25519 (RFC 8032), as PEM (PKCS #8, RFC 5958), and its public half in one line.

The public half is written `ed25519:` and the base64url of its 32 bytes; a key's id is the beginning of their SHA-256. A
key file says above the PEM whose it is, as RFC 7468 allows; that is a help for the owner, and proves nothing.
"""

import base64
import binascii
import hashlib
import os
import stat
import time
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from interpreter.boundary.payloads import Answer, Signature
from interpreter.boundary.statements import definition_statement, statement
from interpreter.identity.errors import UnusableKey

PREFIX = "ed25519:"
ID_LENGTH = 16
"""Hexadecimal digits."""
LARGEST_FILE = 16_384
_OWNER = "steadflow key of "


@dataclass(frozen=True)
class PublicKey:
    raw: bytes

    @property
    def id(self) -> str:
        return hashlib.sha256(self.raw).hexdigest()[:ID_LENGTH]

    @property
    def text(self) -> str:
        return PREFIX + base64.urlsafe_b64encode(self.raw).decode().rstrip("=")

    def has_signed(self, statement: bytes, signature: bytes) -> bool:
        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, statement)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True)
class SigningKey:
    """A private key, and the name that its file gives."""

    name: str
    _key: Ed25519PrivateKey

    @classmethod
    def new(cls, name: str) -> "SigningKey":
        return cls(name, Ed25519PrivateKey.generate())

    @classmethod
    def read(cls, path: Path) -> "SigningKey":
        """Raises `UnusableKey`: also for a file that others may read."""
        data = _read_private(path)
        try:
            key = load_pem_private_key(data, password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise UnusableKey(f"{path} holds no private key; `dsl keys new` makes one") from error
        if not isinstance(key, Ed25519PrivateKey):
            raise UnusableKey(f"{path} holds a key of another kind than Ed25519; `dsl keys new` makes one")
        return cls(_owner(data), key)

    def write(self, path: Path) -> None:
        """A new file, for the owner only. Raises `UnusableKey` where there is one already."""
        pem = self._key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError as error:
            raise UnusableKey(f"{path} is there already; a key is never overwritten") from error
        except OSError as error:
            raise UnusableKey(f"{path} cannot be written: {error.strerror}") from error
        with os.fdopen(descriptor, "wb") as file:
            file.write(f"{_OWNER}{self.name}\n".encode() + pem)

    @property
    def public(self) -> PublicKey:
        return PublicKey(self._key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))

    def sign(self, answer: Answer, run: str) -> Signature:
        """Sign what the answer says to this run, now."""
        at = time.time_ns() // 1_000_000
        return Signature(self.public.id, at, self._signed(statement(answer, run, at)))

    def sign_off(self, flow: str, hash: str, by: str) -> Signature:
        """Sign a definition, now: see `definition_statement`."""
        at = time.time_ns() // 1_000_000
        return Signature(self.public.id, at, self._signed(definition_statement(flow, hash, by, at)))

    def _signed(self, statement: bytes) -> str:
        return base64.b64encode(self._key.sign(statement)).decode()


def read_public(text: str) -> PublicKey:
    """Raises `UnusableKey`."""
    encoded = text.strip().removeprefix(PREFIX)
    if not text.strip().startswith(PREFIX):
        raise UnusableKey(f"a public key is written {PREFIX}…, as `dsl keys show` prints it")
    try:
        raw = base64.b64decode(encoded + "=" * (-len(encoded) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise UnusableKey("what comes after `ed25519:` is no base64url") from error
    if len(raw) != 32:
        raise UnusableKey(f"an Ed25519 key has 32 bytes, and this one {len(raw)}")
    return PublicKey(raw)


def _read_private(path: Path) -> bytes:
    try:
        mode = path.stat().st_mode
        if os.name == "posix" and stat.S_IMODE(mode) & 0o077:
            raise UnusableKey(f"{path} may be read by others; `chmod 600 {path}` mends that")
        data = path.read_bytes()[: LARGEST_FILE + 1]
    except OSError as error:
        raise UnusableKey(f"{path} cannot be read: {error.strerror}") from error
    if len(data) > LARGEST_FILE:
        raise UnusableKey(f"{path} is too large for a key")
    return data


def _owner(data: bytes) -> str:
    first = data.splitlines()[0].decode(errors="replace") if data else ""
    return first.removeprefix(_OWNER) if first.startswith(_OWNER) else ""
