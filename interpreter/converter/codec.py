"""The codec between this process and Temporal: each payload goes out encrypted as a whole, its metadata too.

With no key it changes nothing that goes out, and says of what comes in encrypted which key it needs. What comes in
plain is taken as it is, so histories from before the first key still replay.
"""

from collections.abc import Sequence
from typing import cast

from google.protobuf.message import DecodeError
from temporalio.api.common.v1 import Payload
from temporalio.converter import PayloadCodec, SerializationContext, WithSerializationContext

from interpreter.encryption.errors import WrongKey
from interpreter.encryption.keyring import Keyring
from interpreter.encryption.sealing import seal, unseal

ENCODING = "encoding"
ENCRYPTED = b"binary/steadflow-encrypted"
KEY_ID = "encryption-key-id"
PURPOSE = b"steadflow/payload/1"


class Encrypting(PayloadCodec, WithSerializationContext):
    """Outermost: `inner`, which was there before (one that compresses, say), sees what is not encrypted."""

    def __init__(self, keys: Keyring, inner: PayloadCodec | None = None) -> None:
        self.keys = keys
        self.inner = inner

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        encoded = list(payloads) if self.inner is None else await self.inner.encode(payloads)
        return [encrypted(payload, self.keys) for payload in encoded] if self.keys else encoded

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Raises `EncryptionError`."""
        decoded = [decrypted(payload, self.keys) for payload in payloads]
        return decoded if self.inner is None else await self.inner.decode(decoded)

    def with_context(self, context: SerializationContext) -> "Encrypting":
        inner: object = self.inner
        if not isinstance(inner, WithSerializationContext):
            return self
        return Encrypting(self.keys, cast(PayloadCodec, inner.with_context(context)))


def encrypted(payload: Payload, keys: Keyring) -> Payload:
    key = keys.first
    data = seal(key, payload.SerializeToString(), PURPOSE)
    return Payload(metadata={ENCODING: ENCRYPTED, KEY_ID: key.id.encode()}, data=data)


def decrypted(payload: Payload, keys: Keyring) -> Payload:
    """What is not encrypted, or by somebody else, as it is. Raises `EncryptionError`."""
    id_ = key_id(payload)
    if id_ is None:
        return payload
    try:
        return Payload.FromString(unseal(keys.key(id_), payload.data, PURPOSE))
    except DecodeError:
        raise WrongKey(id_) from None


def key_id(payload: Payload) -> str | None:
    """The id of the key that `payload` is encrypted with; None when it is not, or by somebody else."""
    if payload.metadata.get(ENCODING) != ENCRYPTED:
        return None
    return payload.metadata.get(KEY_ID, b"").decode(errors="replace")
