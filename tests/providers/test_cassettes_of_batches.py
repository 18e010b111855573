"""A batch on a cassette: each question is written down with what came of it, as if it had been asked alone."""

from pathlib import Path

from interpreter.boundary.batches import BatchAnswer, BatchReply, BatchRequest
from interpreter.boundary.payloads import ChatRequest, ChatResult, ChatUsage
from interpreter.providers.cassette import Cassette
from interpreter.providers.provider import TakesBatches

WORDS = ("one", "two", "three")
REFUSED = {"charge": "none"}


class Batching:
    """Has the batch after a while, and tells its answers in two parts."""

    def __init__(self) -> None:
        self.looked = 0

    async def chat(self, request: ChatRequest) -> ChatResult:
        raise AssertionError("nothing is asked alone")

    async def batch(self, request: BatchRequest) -> BatchReply:
        if request.what == "submit":
            return BatchReply("b-1")
        self.looked += 1
        if self.looked == 1:
            return BatchReply("b-1", counts="1 of 3")
        if not request.after:
            return BatchReply("b-1", over=True, answers=[said("three", 2), said("one", 0)], more=2)
        return BatchReply("b-1", over=True, answers=[BatchAnswer(1, None, "ContentFiltered", "not this", REFUSED)])

    async def close(self) -> None:
        """Nothing is open."""


def said(word: str, place: int) -> BatchAnswer:
    return BatchAnswer(place, ChatResult(None, ChatUsage(9, 3), "m-1", text=f"{word} it is"))


def asked(what: str, after: int = 0) -> BatchRequest:
    questions = [ChatRequest("helper", "m", f"Say {word}.") for word in WORDS] if what == "submit" else []
    return BatchRequest(what, "main/all/batch", "m", questions, "b-1", after)  # type: ignore[arg-type]


async def recorded(file: Path, *, other_worker: bool) -> Cassette:
    cassette, provider = Cassette(file), Batching()
    first = cassette.recording(provider)
    assert isinstance(first, TakesBatches)
    assert (await first.batch(asked("submit"))).batch == "b-1"
    second = cassette.recording(provider) if other_worker else first
    assert isinstance(second, TakesBatches)
    assert not (await second.batch(asked("look"))).over
    assert (await second.batch(asked("look"))).more == 2
    assert (await second.batch(asked("look", 2))).more is None
    await second.close()
    return cassette


async def test_each_question_is_answered_again(tmp_path: Path) -> None:
    await recorded(tmp_path / "batch.jsonl", other_worker=False)
    replaying = Cassette(tmp_path / "batch.jsonl").replaying()
    assert isinstance(replaying, TakesBatches)
    reply = await replaying.batch(asked("submit"))
    assert reply.over
    told = {each.place: each.result.text if each.result else each.kind for each in reply.answers}
    assert told == {0: "one it is", 1: "ContentFiltered", 2: "three it is"}


async def test_who_asks_alone_is_answered_by_what_a_batch_gave(tmp_path: Path) -> None:
    await recorded(tmp_path / "batch.jsonl", other_worker=False)
    replaying = Cassette(tmp_path / "batch.jsonl").replaying()
    assert (await replaying.chat(ChatRequest("helper", "m", "Say three."))).text == "three it is"


async def test_a_worker_that_did_not_submit_it_records_none_of_it(tmp_path: Path) -> None:
    """It does not know what was asked. A replay then says loudly what is missing."""
    await recorded(tmp_path / "batch.jsonl", other_worker=True)
    replaying = Cassette(tmp_path / "batch.jsonl").replaying()
    assert isinstance(replaying, TakesBatches)
    reply = await replaying.batch(asked("submit"))
    assert {each.kind for each in reply.answers} == {"NotRecorded"}
