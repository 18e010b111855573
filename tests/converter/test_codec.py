"""What goes out encrypted comes back, and nothing else does."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from temporalio.api.common.v1 import Payload
from temporalio.api.failure.v1 import Failure
from temporalio.converter import (
    ActivitySerializationContext,
    DataConverter,
    PayloadCodec,
    SerializationContext,
    WorkflowSerializationContext,
)
from temporalio.exceptions import ApplicationError

from interpreter.converter.codec import ENCODING, KEY_ID, RUN, Encrypting
from interpreter.converter.own import own_converter
from interpreter.encryption.errors import MissingKey, NotEncrypted, WrongKey, WrongRun
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


def of_run(id_: str, namespace: str = "default") -> SerializationContext:
    return WorkflowSerializationContext(namespace=namespace, workflow_id=id_)


def of_activity(id_: str | None) -> SerializationContext:
    return ActivitySerializationContext(
        namespace="default",
        activity_id="a",
        activity_type="t",
        activity_task_queue="q",
        workflow_id=id_,
        workflow_type="w",
        is_local=False,
    )


def codec_of(context: SerializationContext, *, required: bool = False) -> Encrypting:
    return Encrypting(Keyring((OLD,), required)).with_context(context)


async def test_a_payload_is_of_the_run_that_it_was_encrypted_for() -> None:
    for ours in (of_run("one"), of_activity("one")):
        [sent] = await codec_of(ours).encode([PAYLOAD])
        assert sent.metadata[RUN] == b"default/one"
        assert await codec_of(of_run("one"), required=True).decode([sent]) == [PAYLOAD]
        assert await codec_of(of_activity("one"), required=True).decode([sent]) == [PAYLOAD]
        for other in (of_run("two"), of_activity("two"), of_run("one", "elsewhere"), of_run("one/", "default")):
            with pytest.raises(WrongRun, match="encrypted for default/one, and stands in"):
                await codec_of(other).decode([sent])
        assert await Encrypting(Keyring((OLD,))).decode([sent]) == [PAYLOAD], "a codec server is told of no run"


async def test_what_it_says_to_be_for_is_bound_to_it() -> None:
    [sent] = await codec_of(of_run("one")).encode([PAYLOAD])
    for bound in (b"default/two", b"", b"default/one\0"):
        forged = Payload(metadata={**sent.metadata, RUN: bound}, data=sent.data)
        for reader in (codec_of(of_run("two")), codec_of(of_run("one")), Encrypting(Keyring((OLD,)))):
            with pytest.raises(WrongKey):
                await reader.decode([forged])
    [unbound] = await Encrypting(Keyring((OLD,))).encode([PAYLOAD])
    unbound.metadata[RUN] = b"default/one"
    with pytest.raises(WrongKey):
        await codec_of(of_run("one")).decode([unbound])


async def test_where_it_is_required_nothing_else_is_taken() -> None:
    [unbound] = await Encrypting(Keyring((OLD,))).encode([PAYLOAD])
    for context in (of_run("one"), of_activity("one")):
        assert await codec_of(context).decode([PAYLOAD, unbound]) == [PAYLOAD, PAYLOAD]
        with pytest.raises(NotEncrypted, match="is not encrypted, in default/one"):
            await codec_of(context, required=True).decode([PAYLOAD])
        with pytest.raises(NotEncrypted, match="for no run in particular"):
            await codec_of(context, required=True).decode([unbound])
    none = codec_of(of_activity(None), required=True)
    assert await none.decode(await none.encode([PAYLOAD])) == [PAYLOAD], "an activity of no run"


async def test_only_where_it_makes_a_difference_a_codec_is_of_a_run() -> None:
    """The SDK copies its converter for each call whose codec is another one."""
    assert (plain := Encrypting(NO_KEYS)).with_context(of_run("one")) is plain
    one = codec_of(of_run("one"))
    assert one.with_context(of_activity("one")) is one
    assert one.with_context(of_run("two")) is not one
    strict = Encrypting(Keyring((), required=True)).with_context(of_run("one"))
    with pytest.raises(NotEncrypted, match="is not encrypted, in default/one"):
        await strict.decode([PAYLOAD])


def test_a_codec_that_heeds_its_run_is_asked_within_ours() -> None:
    inner = Encrypting(Keyring((OLD,)))
    told = Encrypting(NO_KEYS, inner).with_context(of_run("one"))
    assert isinstance(told.inner, Encrypting)
    assert told.inner is not inner
