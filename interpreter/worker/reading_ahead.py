"""Before a workflow task is activated, what the run's input names is read from the store.

The SDK decodes all payloads of an activation before it hands them to the workflow's thread, and awaits that. The input
of a run is among them whenever a run comes to this process for the first time, also for a replay or a query. So a
payload codec that changes nothing is the place where the store can be asked without holding up any workflow.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import cast

from temporalio.api.common.v1 import Payload
from temporalio.client import Client
from temporalio.converter import (
    DataConverter,
    PayloadCodec,
    SerializationContext,
    WithSerializationContext,
)

from interpreter.converter.own import headers_with, own_converter
from interpreter.encryption.keyring import Keyring
from interpreter.worker.objects import Objects
from interpreter.worker.unreadable_failures import reading_what_it_can


class ReadingAhead(PayloadCodec, WithSerializationContext):
    """The codec that was there before, or none; what it has decoded is looked at."""

    def __init__(self, objects: Objects, inner: PayloadCodec | None) -> None:
        self._objects = objects
        self.inner = inner

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        return list(payloads) if self.inner is None else await self.inner.encode(payloads)

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        decoded = list(payloads) if self.inner is None else await self.inner.decode(payloads)
        for payload in decoded:
            await self._objects.bring(payload.data)
        return decoded

    def with_context(self, context: SerializationContext) -> "ReadingAhead":
        inner: object = self.inner
        if not isinstance(inner, WithSerializationContext):
            return self
        with_context = inner.with_context(context)
        return self if with_context is inner else ReadingAhead(self._objects, cast(PayloadCodec, with_context))


def converter_that_reads_ahead(converter: DataConverter | None, objects: Objects, keys: Keyring) -> DataConverter:
    """What is encrypted is decrypted first, then looked at."""
    if converter is not None and isinstance(converter.payload_codec, ReadingAhead):
        return converter
    converter = own_converter(converter, keys)
    return replace(
        converter,
        payload_codec=ReadingAhead(objects, converter.payload_codec),
        failure_converter_class=reading_what_it_can(converter.failure_converter_class),
    )


def client_that_reads_ahead(client: Client, objects: Objects, keys: Keyring) -> Client:
    """`client` for a worker: the same connection, with a converter that reads ahead."""
    config = client.config(active_config=True)
    config["plugins"] = []  # what they change is in the active configuration already
    config["data_converter"] = converter_that_reads_ahead(config["data_converter"], objects, keys)
    config["header_codec_behavior"] = headers_with(keys, config["header_codec_behavior"])
    return Client(**config)
