"""What goes out encrypted comes back, and nothing else does."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from temporalio.api.common.v1 import Payload
from temporalio.api.failure.v1 import Failure
from temporalio.converter import DataConverter, PayloadCodec
from temporalio.exceptions import ApplicationError

from interpreter.converter.codec import ENCODING, KEY_ID, Encrypting
from interpreter.converter.own import own_converter
from interpreter.encryption.errors import MissingKey, WrongKey
from interpreter.encryption.keyring import NO_KEYS, Key, Keyring
from interpreter.stores.memory import MemoryStore
from interpreter.worker.objects import Objects
from interpreter.worker.reading_ahead import converter_that_reads_ahead

OLD, NEW = Key.new("old"), Key.new("new")
PAYLOAD = Payload(metadata={"encoding": b"json/plain", "steadflow-references": b"[]"}, data=b'"secret"')


class Backwards(PayloadCodec):
    """One that was there before."""

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        return [Payload(metadata=payload.metadata, data=payload.data[::-1]) for payload in payloads]

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        return await self.encode(payloads)


async def test_a_payload_goes_out_whole_and_comes_back() -> None:
    codec = Encrypting(Keyring((NEW,)))
    [sent] = await codec.encode([PAYLOAD])
    assert set(sent.metadata) == {ENCODING, KEY_ID}
    assert b"secret" not in sent.SerializeToString()
    assert await codec.decode([sent]) == [PAYLOAD]
    assert await codec.encode([PAYLOAD]) != [sent], "equal payloads look different"


async def test_what_is_plain_or_somebody_elses_passes() -> None:
    foreign = Payload(metadata={"encoding": b"binary/encrypted", "encryption-key-id": b"x"}, data=b"?")
    for codec in (Encrypting(Keyring((NEW,))), Encrypting(NO_KEYS)):
        assert await codec.decode([PAYLOAD, foreign]) == [PAYLOAD, foreign]
    assert await Encrypting(NO_KEYS).encode([PAYLOAD]) == [PAYLOAD]


async def test_older_keys_decrypt() -> None:
    sent = await Encrypting(Keyring((OLD,))).encode([PAYLOAD])
    assert await Encrypting(Keyring((NEW, OLD))).decode(sent) == [PAYLOAD]
    with pytest.raises(MissingKey) as missing:
        await Encrypting(Keyring((NEW,))).decode(sent)
    assert missing.value.key == "old"


async def test_the_id_of_the_key_is_bound_to_what_it_encrypts() -> None:
    [sent] = await Encrypting(Keyring((OLD,))).encode([PAYLOAD])
    sent.metadata[KEY_ID] = b"other"
    with pytest.raises(WrongKey):
        await Encrypting(Keyring((Key("other", OLD.secret),))).decode([sent])


@pytest.mark.parametrize(
    "damage", [lambda data: data[:-1], lambda data: data[1:], lambda data: b"", lambda data: data * 2]
)
async def test_what_was_changed_is_not_taken(damage: object) -> None:
    [sent] = await Encrypting(Keyring((OLD,))).encode([PAYLOAD])
    assert callable(damage)
    sent.data = damage(sent.data)
    with pytest.raises(WrongKey):
        await Encrypting(Keyring((OLD,))).decode([sent])


async def test_a_codec_that_was_there_before_sees_what_is_not_encrypted() -> None:
    codec = Encrypting(Keyring((OLD,)), Backwards())
    assert await codec.decode(await codec.encode([PAYLOAD])) == [PAYLOAD]
    [sent] = await codec.encode([PAYLOAD])
    [before] = await Encrypting(Keyring((OLD,))).decode([sent])
    assert before.data == PAYLOAD.data[::-1]


async def test_the_keys_of_a_client_stay_where_a_plugin_has_none_and_nothing_is_encrypted_twice() -> None:
    converter = own_converter(replace(DataConverter.default, payload_codec=Backwards()), Keyring((OLD,)))
    for keys, expected in ((NO_KEYS, "old"), (Keyring((OLD,)), "old"), (Keyring((NEW,)), "new")):
        again = converter_that_reads_ahead(converter, Objects([], MemoryStore()), keys)
        [sent] = await again.encode(["secret"])
        assert sent.metadata[KEY_ID] == expected.encode()
        assert await again.decode([sent]) == ["secret"]
        [inside] = await Encrypting(Keyring((OLD, NEW))).decode([sent])
        assert inside.data == b'"secret"'[::-1]


async def test_what_failures_say_is_encrypted_also_where_it_was_read_once() -> None:
    """An error that came from a failure is written again as it came, with its causes in plain text."""
    converter = own_converter(None, Keyring((OLD,)))
    read: BaseException = RuntimeError("secret at the top")
    read.__cause__ = ApplicationError("secret below", "secret detail", type="Kind")
    for _ in range(3):
        failure = Failure()
        outer = RuntimeError("secret again")
        outer.__cause__ = read
        await converter.encode_failure(outer, failure)
        assert b"secret" not in failure.SerializeToString()
        assert failure.cause.cause.application_failure_info.type in ("Kind", "RuntimeError")
        read = await converter.decode_failure(failure)
    texts = []
    error: BaseException | None = read
    while error is not None:
        texts.append(str(error))
        error = error.__cause__
    assert "secret below" in texts[-1]
    plain = Failure()
    await own_converter(None, NO_KEYS).encode_failure(RuntimeError("plain"), plain)
    assert plain.message == "plain"
