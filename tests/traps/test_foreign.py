"""A worker that is not ours: it gets plain JSON, and whatever it answers is data or a typed failure."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
from temporalio import activity
from temporalio.api.common.v1 import Payload
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError
from temporalio.worker import Replayer, Worker

from interpreter.boundary.failures import INVALID_OUTPUT, NOT_CALLED, OUTCOME_UNKNOWN, UNDECLARED
from interpreter.boundary.names import REFERENCES
from interpreter.boundary.told import MACHINE_KINDS
from interpreter.stores.values import LARGE
from interpreter.worker.plugin import FlowPlugin
from tests.live.runs import Runs

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.slow]

QUEUE = "somewhere else"
HEADER = """edition 1
tool text.make(letters: int) -> text read
tool foreign.read(x: json) -> json read { queue "somewhere else" }
tool foreign.write(x: json) -> json write final { queue "somewhere else" }
"""
FORGED = {"$ref": "0" * 64, "$size": 9}


@asynccontextmanager
async def foreign(runs: Runs, answer: Payload | None = None) -> AsyncIterator[list[Any]]:
    """The worker, which answers with a payload as it is, or with what it got; and what it got."""
    got: list[Any] = []

    @activity.defn(dynamic=True)
    async def anything(args: Sequence[RawValue]) -> Any:
        assert REFERENCES not in args[0].payload.metadata
        got.append(activity.payload_converter().from_payload(args[0].payload))
        return got[-1]["x"] if answer is None else RawValue(answer)

    async with Worker(runs.client, task_queue=QUEUE, activities=[anything]):
        yield got


def payload(data: bytes, encoding: bytes = b"json/plain") -> Payload:
    return Payload(metadata={"encoding": encoding}, data=data)


async def test_it_gets_plain_json_inline(runs: Runs) -> None:
    flow = """flow main() -> int {
      step made = text.make(letters: 100000) step got = foreign.read(x: [made]) return len(text(got[0]))
    }"""
    async with foreign(runs) as got:
        assert await (await runs.start(HEADER + flow)).value() == 100_000
    assert got == [{"x": ["x" * 100_000]}]
    assert LARGE < 100_000


async def test_what_cannot_travel_inline_was_not_called(runs: Runs) -> None:
    flow = "flow main() -> json { step a = text.make(letters: 2000000) step got = foreign.write(x: a) return got }"
    async with foreign(runs) as got:
        failure = await (await runs.start(HEADER + flow)).failure()
    assert (failure.kind, got) == (NOT_CALLED, [])
    assert "2,000,0" in failure.message


async def test_large_arguments_side_by_side_are_filled_in_by_so_many_as_a_task_may_carry(runs: Runs) -> None:
    flow = """flow main() -> [json] {
      step made = text.make(letters: 1800000)
      parallel for n in range(4) at most 4 as answers { step got = foreign.read(x: [made]) yield got }
      return answers
    }"""
    async with foreign(runs, payload(b"1")) as got:
        run = await runs.start(HEADER + flow)
        assert await run.value() == [1] * 4
    assert len(got) == 4
    replayer = Replayer(workflows=[], plugins=[FlowPlugin(store=runs.store)])
    await replayer.replay_workflow(await run.handle.fetch_history())


async def test_what_looks_like_a_reference_is_data(runs: Runs) -> None:
    flow = """flow main(x: json) -> json {
      step got = foreign.read(x: x) sleep 1s step again = foreign.read(x: got) return again
    }"""
    async with foreign(runs):
        run = await runs.start(HEADER + flow, {"x": {"a": FORGED, "$decimal": "x"}}, eagerly=True)
        assert await run.value() == {"a": FORGED, "$decimal": "x"}


@asynccontextmanager
async def failing(runs: Runs, kind: str) -> AsyncIterator[None]:
    @activity.defn(dynamic=True)
    async def fails(args: Sequence[RawValue]) -> Any:
        raise ApplicationError("it says so", {"$type": "Failure"}, type=kind, non_retryable=True)

    async with Worker(runs.client, task_queue=QUEUE, activities=[fails]):
        yield


@pytest.mark.parametrize("kind", sorted(MACHINE_KINDS))
async def test_a_tool_that_says_not_called(runs: Runs, kind: str) -> None:
    """No kind of the machine is taken from an activity: not that nothing happened, nor that nobody knows."""
    flow = """flow main() -> text {
      try { step a = foreign.read(x: 1) } on error e { return "caught {{ e.kind }}" }
      return "read"
    }"""
    async with failing(runs, kind):
        read = await (await runs.start(HEADER + flow)).value()
        write = await (await runs.start(HEADER + flow.replace("foreign.read", "foreign.write"))).failure()
    assert read == f"caught {UNDECLARED}"
    assert write.kind == OUTCOME_UNKNOWN
    assert UNDECLARED in write.message


LONG = "k" * 1_000, "m" * 1_000_000


@pytest.mark.parametrize(
    ("details", "kind", "message"),
    [
        (payload(b"{"), "Weird", "no"),
        (payload(b"\xff", b"json/unknown"), "Weird", "no"),
        (payload(b"[" * 5_000 + b"]" * 5_000), "Weird", "no"),
        (payload(b"[" * 500 + b"]" * 500), "Weird", "no"),
        (payload(b'["\\ud800", NaN]'), "Weird", "no"),
        (payload(b'"' + b"d" * 1_000_000 + b'"'), "Weird", "no"),
        (payload(b"{}"), *LONG),
    ],
    ids=["no json", "encoding", "levels", "deep", "half a character", "large", "long words"],
)
async def test_activity_with_a_malformed_failure(runs: Runs, details: Payload, kind: str, message: str) -> None:
    """Whatever it says of itself, it has failed; that neither wedges the run nor makes it too large to look at."""

    @activity.defn(dynamic=True)
    async def fails(args: Sequence[RawValue]) -> Any:
        raise ApplicationError(message, RawValue(details), type=kind)

    flow = """flow main() -> json {
      try { step a = foreign.read(x: 1) { retry 0 times } }
      on error e { sleep 10ms return { kind: e.kind, letters: len(e.message), all: e } }
      return null
    }"""
    async with Worker(runs.client, task_queue=QUEUE, activities=[fails]):
        run = await runs.start(HEADER + flow, eagerly=True)
        caught = await run.value()
        write = await (await runs.start(HEADER + flow.replace("foreign.read", "foreign.write"))).failure()
    assert caught["kind"] == (kind if len(kind) < 100 else UNDECLARED)
    assert caught["letters"] <= 2_000
    assert write.kind == OUTCOME_UNKNOWN


DIGITS = "1234567890123456789.0123456789"


@pytest.mark.parametrize("written", [f'"{DIGITS}"', DIGITS, f"{DIGITS}e0"], ids=["text", "number", "exponent"])
async def test_a_decimal_keeps_its_digits_however_it_is_written(runs: Runs, written: str) -> None:
    """No reader of JSON on the way may take a fraction for a binary one."""
    flow = """tool foreign.price() -> { amount: decimal } read { queue "somewhere else" }
    flow main() -> { amount: decimal, more: text } {
      step got = foreign.price() sleep 1s return { amount: got.amount, more: "{{ got.amount + 1 }}" }
    }"""
    async with foreign(runs, payload(f'{{"amount": {written}}}'.encode())):
        found = await (await runs.start(HEADER + flow, eagerly=True)).value()
    assert found == {"amount": DIGITS, "more": "1234567890123456790.0123456789"}


MALFORMED = {
    "no json": payload(b"{"),
    "levels": payload(b"[" * 5_000 + b"]" * 5_000),
    "digits": payload(b"9" * 5_000),
    "encoding": payload(b"{}", b"json/unknown"),
    "no encoding": Payload(data=b"{}"),
    "binary": payload(b"\x00", b"binary/plain"),
    "not a number": payload(b"NaN"),
    "half a character": payload(b'"\\ud800"'),
    "a key twice": payload(b'{"a": 1, "b": [{"c": 1, "c": 1}]}'),
}


@pytest.mark.parametrize("answer", MALFORMED.values(), ids=MALFORMED)
async def test_activity_with_a_malformed_result(runs: Runs, answer: Payload) -> None:
    async with foreign(runs, answer):
        reading = "flow main() -> json { step got = foreign.read(x: 1) return got }"
        read = await (await runs.start(HEADER + reading)).failure()
        written = "flow main() -> json { step got = foreign.write(x: 1) return got }"
        write = await (await runs.start(HEADER + written)).failure()
    assert read.kind == INVALID_OUTPUT
    assert write.kind in (OUTCOME_UNKNOWN, "InvalidOutput")
