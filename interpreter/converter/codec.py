"""The codec between this process and Temporal: each payload goes out encrypted as a whole, its metadata too.

With no key it changes nothing that goes out, and says of what comes in encrypted which key it needs. What comes in
plain is taken as it is, so histories from before the first key still replay; unless the keys are `required`.

A payload is encrypted for the run in whose history it stands: its namespace and id are bound to it, as associated data,
and stand beside it. They are the same for who encrypts and who decrypts (the SDK says them to both: of a child's input
and result those of the child, of a signal those of who gets it), after a continue and in a replay. So a payload that
somebody has moved from one run to another is not taken. Who is told of no run (a codec server: its protocol does not
say one) decrypts by what stands beside the payload, and can compare it with nothing.
"""

from collections.abc import Sequence
from typing import cast

from google.protobuf.message import DecodeError
from temporalio.api.common.v1 import Payload
from temporalio.converter import (
    ActivitySerializationContext,
    PayloadCodec,
    SerializationContext,
    WithSerializationContext,
    WorkflowSerializationContext,
)

from interpreter.encryption.errors import NotEncrypted, WrongKey, WrongRun
from interpreter.encryption.keyring import Keyring
from interpreter.encryption.sealing import seal, unseal

ENCODING = "encoding"
ENCRYPTED = b"binary/steadflow-encrypted"
KEY_ID = "encryption-key-id"
RUN = "encrypted-for-run"
PURPOSE = b"steadflow/payload/1"
PURPOSE_IN_A_RUN = b"steadflow/payload/2"


class Encrypting(PayloadCodec, WithSerializationContext):
    """Outermost: `inner`, which was there before (one that compresses, say), sees what is not encrypted. `run` is the
    one in whose history the payloads stand, where that is known.
    """

    def __init__(self, keys: Keyring, inner: PayloadCodec | None = None, run: str | None = None) -> None:
        self.keys = keys
        self.inner = inner
        self._run = run
        self._same_for_all = inner is None and run is None and not keys and not keys.required

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        encoded = list(payloads) if self.inner is None else await self.inner.encode(payloads)
        return [encrypted(payload, self.keys, self._run) for payload in encoded] if self.keys else encoded

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Raises `EncryptionError`."""
        decoded = [decrypted(payload, self.keys, self._run) for payload in payloads]
        return decoded if self.inner is None else await self.inner.decode(decoded)

    def with_context(self, context: SerializationContext) -> "Encrypting":
        if self._same_for_all:  # the SDK asks some ten times for each call
            return self
        inner: object = self.inner
        if isinstance(inner, WithSerializationContext):
            inner = inner.with_context(context)
        run = run_of(context) if self.keys or self.keys.required else None
        if inner is self.inner and run == self._run:  # of another, the SDK copies its converter
            return self
        return Encrypting(self.keys, cast("PayloadCodec | None", inner), run)


def run_of(context: SerializationContext) -> str | None:
    """`NAMESPACE/ID` of the run in whose history it stands; None for an activity of no run."""
    if not isinstance(context, WorkflowSerializationContext | ActivitySerializationContext):
        return None
    namespace = context.namespace.replace("/", "%2F")
    return f"{namespace}/{context.workflow_id}" if context.workflow_id else None


def encrypted(payload: Payload, keys: Keyring, run: str | None = None) -> Payload:
    key, bound = keys.first, b"" if run is None else run.encode()
    data = seal(key, payload.SerializeToString(), _purpose(bound))
    beside = {ENCODING: ENCRYPTED, KEY_ID: key.id.encode()} | ({RUN: bound} if bound else {})
    return Payload(metadata=beside, data=data)


def decrypted(payload: Payload, keys: Keyring, run: str | None = None) -> Payload:
    """What is not encrypted, or by somebody else, as it is. Raises `EncryptionError`: also when it is of another run
    than `run`.
    """
    id_ = key_id(payload)
    bound = payload.metadata.get(RUN, b"")
    if keys.required and run is not None and (id_ is None or not bound):
        raise NotEncrypted(run, key=id_ or "")
    if id_ is None:
        return payload
    try:
        content = Payload.FromString(unseal(keys.key(id_), payload.data, _purpose(bound)))
    except DecodeError:
        raise WrongKey(id_) from None
    if bound and run is not None and bound != run.encode():
        raise WrongRun(id_, bound.decode(errors="replace"), run)
    return content


def _purpose(bound: bytes) -> bytes:
    return PURPOSE_IN_A_RUN + b"\0" + bound if bound else PURPOSE


def key_id(payload: Payload) -> str | None:
    """The id of the key that `payload` is encrypted with; None when it is not, or by somebody else."""
    if payload.metadata.get(ENCODING) != ENCRYPTED:
        return None
    return payload.metadata.get(KEY_ID, b"").decode(errors="replace")
