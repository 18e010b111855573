"""What the codec that reads ahead looks at, and that it changes nothing, also beside a codec of the user's own."""

import json
from collections.abc import Sequence
from dataclasses import replace

import pytest
from temporalio.api.common.v1 import Payload
from temporalio.converter import DataConverter, PayloadCodec

from interpreter.encryption.keyring import NO_KEYS, Key, Keyring
from interpreter.stores.memory import MemoryStore
from interpreter.stores.store import MissingObject, digest_of
from interpreter.worker.objects import MOST_KEPT, Objects, named_in
from interpreter.worker.reading_ahead import converter_that_reads_ahead

DEFINITION, STATE = b'{"flow":"main"}', b'{"format":1}'


class Backwards(PayloadCodec):
    """As an encrypting codec: nothing can be read before it has decoded."""

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        return [Payload(metadata=payload.metadata, data=payload.data[::-1]) for payload in payloads]

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        return await self.encode(payloads)


def run_input(**changes: object) -> dict[str, object]:
    return {"definition": {"hash": digest_of(DEFINITION), "inline": None}, "state": None} | changes


@pytest.mark.parametrize("keys", [NO_KEYS, Keyring((Key.new("one"),))], ids=["plain", "encrypted"])
@pytest.mark.parametrize("codec", [None, Backwards()], ids=["alone", "beside another codec"])
async def test_what_the_input_of_a_run_names_is_in_memory_afterwards(codec: PayloadCodec | None, keys: Keyring) -> None:
    store = MemoryStore()
    store.put(DEFINITION)
    objects = Objects([], store)
    given = run_input(state={"kept": store.put(STATE), "size": len(STATE)})
    converter = converter_that_reads_ahead(replace(DataConverter.default, payload_codec=codec), objects, keys)
    assert await converter.decode(await converter.encode([given, "else"])) == [given, "else"]
    assert objects.definition(digest_of(DEFINITION)) == DEFINITION
    assert objects.definition(digest_of(DEFINITION)) == DEFINITION, "kept for the next run"
    assert objects.state(digest_of(STATE)) == STATE
    with pytest.raises(MissingObject, match="memory"):
        objects.state(digest_of(STATE))


async def test_the_definition_of_a_child_is_read_ahead_too() -> None:
    store = MemoryStore()
    objects = Objects([], store)
    given = {"child": f"{store.put(DEFINITION)} child 0 0 1", "input": {"child": "other words"}}
    converter = converter_that_reads_ahead(None, objects, NO_KEYS)
    await converter.decode(await converter.encode([given]))
    assert objects.definition(digest_of(DEFINITION)) == DEFINITION


async def test_a_codec_of_its_own_is_put_around_a_converter_once() -> None:
    objects = Objects([], MemoryStore())
    converter = converter_that_reads_ahead(None, objects, NO_KEYS)
    assert converter_that_reads_ahead(converter, objects, NO_KEYS) is converter


async def test_what_could_not_be_brought_is_told_when_it_is_needed_and_brought_the_next_time() -> None:
    store = MemoryStore()
    objects = Objects([], store)
    content = json.dumps(run_input()).encode()
    await objects.bring(content)
    with pytest.raises(MissingObject, match="no object"):
        objects.definition(digest_of(DEFINITION))
    store.put(DEFINITION)
    await objects.bring(content)
    assert objects.definition(digest_of(DEFINITION)) == DEFINITION


async def test_what_looks_like_the_input_of_a_run_fills_no_memory() -> None:
    """A tool may be called with such data, again and again, and nobody asks for what it names."""
    store = MemoryStore()
    objects = Objects([], store)
    for number in range(MOST_KEPT + 50):
        await objects.bring(json.dumps({"definition": {"hash": f"{number:064x}"}}).encode())
    assert len(objects._brought) == MOST_KEPT
    store.put(DEFINITION)
    await objects.bring(json.dumps(run_input()).encode())
    assert objects.definition(digest_of(DEFINITION)) == DEFINITION


@pytest.mark.parametrize(
    "content",
    [
        b"\x00\xff",
        b'"definition"',
        b'{"definition": ' + b"[" * 100_000,
        b'{"definition": null, "state": {"kept": "a"}}',
        b'{"definition": {"hash": "a", "inline": "packed"}}',
        b'{"definition": {"hash": 1, "inline": null}}',
    ],
)
def test_anything_else_names_nothing(content: bytes) -> None:
    assert list(named_in(content)) == []
