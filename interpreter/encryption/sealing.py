"""AES-256-GCM: 12 random bytes, then the encrypted content with its 16 bytes of proof.

The id of the key and what the content is for are bound to it as associated data: nothing can be passed off as encrypted
with another key, nor an object of the store as a payload, nor as another object. Random nonces of 96 bits allow 2^32
contents for one key (NIST SP 800-38D, 8.3); a new key comes long before that.
"""

import os
from functools import lru_cache
from typing import TYPE_CHECKING

from interpreter.encryption.errors import WrongKey
from interpreter.encryption.keyring import Key

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES = 12
MOST_KEYS = 64


def seal(key: Key, content: bytes, purpose: bytes) -> bytes:
    nonce = os.urandom(NONCE_BYTES)
    return nonce + _cipher(key.secret).encrypt(nonce, content, _bound(key, purpose))


def unseal(key: Key, sealed: bytes, purpose: bytes) -> bytes:
    """Raises `WrongKey`."""
    from cryptography.exceptions import InvalidTag

    try:
        return _cipher(key.secret).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], _bound(key, purpose))
    except (InvalidTag, ValueError):
        raise WrongKey(key.id) from None


def _bound(key: Key, purpose: bytes) -> bytes:
    return purpose + b"\0" + key.id.encode()


@lru_cache(maxsize=MOST_KEYS)
def _cipher(secret: bytes) -> "AESGCM":
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    return AESGCM(secret)
