"""Ways to make an answer count that nobody of the people has given: each is tried on a real server, and none succeeds.

The attacker sees all that is sent, has a key of his own, and can send the run what he likes. He has neither a key of
those who are asked nor the worker's files.
"""

import base64
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import yaml
from temporalio.client import Client, WorkflowUpdateFailedError
from temporalio.service import RPCError
from temporalio.worker import Worker

from interpreter.activities import verify_answer
from interpreter.boundary.names import ANSWER_UPDATE
from interpreter.boundary.payloads import Answer, AnswerReply, RunOptions, Signature
from interpreter.boundary.statements import PREFIX, run_identity, statement
from interpreter.boundary.view import QuestionView
from interpreter.identity.keys import SigningKey
from interpreter.worker.plugin import FlowPlugin
from tests.live.runs import LiveRun, Runs

FLOW = """edition 1
flow main(owner: text) -> json {
  await approval first "Pay {{ owner }}?" {
    show owner
    answer { amount: int }
    from 2 of "leads", person owner except requester timeout 1h then reject
  }
  await approval second "Sure?" { from "leads" timeout 1h then reject }
  return { first: first.outcome, by: first.by, second: second.outcome }
}
"""
ASKED = "main/first"


@dataclass
class Case:
    """Two runs of one flow, and all keys there are, also those that nobody should have."""

    run: LiveRun
    other: LiveRun
    keys: dict[str, SigningKey]
    question: QuestionView
    signed: list[Answer] = field(default_factory=list)
    """What was sent before, which the attacker has seen."""

    @property
    def identity(self) -> str:
        return run_identity(self.run.id, self.run.first_run)

    def says(self, by: str = "ann", **more: Any) -> Answer:
        said = {"answer": {"amount": 5}, "group": "leads", "digest": self.question.digest}
        return Answer(uuid4().hex, ASKED, "approve", by, **{**said, **more})

    def sign(self, answer: Answer, who: str, *, run: str | None = None, at: int | None = None) -> Answer:
        """As that person, honestly; or at another time."""
        run, key = run or self.identity, self.keys[who]
        if at is None:
            return replace(answer, signature=key.sign(answer, run))
        value = key._key.sign(statement(answer, run, at))
        return replace(answer, signature=Signature(key.public.id, at, base64.b64encode(value).decode()))

    async def give(self, answer: Answer, run: LiveRun | None = None) -> AnswerReply:
        """As the client does; what is refused before it is recorded comes back as a refusal too."""
        try:
            reply: AnswerReply = await (run or self.run).handle.execute_update(
                ANSWER_UPDATE, answer, result_type=AnswerReply
            )
        except WorkflowUpdateFailedError as error:
            return AnswerReply(False, "refused", str(error.cause))
        except RPCError as error:
            return AnswerReply(False, "refused", error.message)
        return reply


def forged(change: Callable[[Signature], Signature]) -> Callable[[Case], Answer]:
    def attack(case: Case) -> Answer:
        answer = case.sign(case.says(), "ann")
        assert answer.signature is not None
        return replace(answer, signature=change(answer.signature))

    return attack


def changed(**change: Any) -> Callable[[Case], Answer]:
    """A part is changed after ann has signed."""
    return lambda case: replace(case.sign(case.says(note="fine"), "ann"), **change)


def flipped(signature: Signature) -> Signature:
    value = bytearray(base64.b64decode(signature.value))
    value[5] ^= 1
    return replace(signature, value=base64.b64encode(bytes(value)).decode())


def with_the_order_added(signature: Signature) -> Signature:
    """The other half of a pair of signatures, where a verifier does not look whether S is small (RFC 8032, 5.1.7)."""
    order = 2**252 + 27742317777372353535851937790883648493
    value = base64.b64decode(signature.value)
    s = int.from_bytes(value[32:], "little") + order
    return replace(signature, value=base64.b64encode(value[:32] + s.to_bytes(32, "little")).decode())


def now() -> int:
    return time.time_ns() // 1_000_000


ATTACKS: dict[str, tuple[Callable[[Case], Answer], str]] = {
    "unsigned": (lambda case: case.says(), "takes only signed answers"),
    "unsigned, as one who is asked by name": (lambda case: case.says("olga", group=None), "takes only signed answers"),
    "a key of nobody": (lambda case: case.sign(case.says(), "mallory"), "belongs to nobody"),
    "a revoked key": (lambda case: case.sign(case.says("rob"), "rob"), "was revoked"),
    "one's own key, another's name": (lambda case: case.sign(case.says("bob"), "ann"), "is `ann`'s"),
    "another's name that looks the same": (lambda case: case.sign(case.says("аnn"), "ann"), "is `ann`'s"),
    "one's own key under the id of another": (
        lambda case: replace(
            signed := case.sign(case.says(), "mallory"),
            signature=replace(signed.signature, key=case.keys["ann"].public.id),
        ),
        "does not fit",
    ),
    "a group that is not one's own": (lambda case: case.sign(case.says("eve"), "eve"), "not in the group `leads`"),
    "the requester": (lambda case: case.sign(case.says("rita"), "rita"), "asked for this"),
    "the requester, spelt otherwise": (lambda case: case.sign(case.says("ＲITA"), "rita"), "asked for this"),
    "a bit flipped": (forged(flipped), "does not fit"),
    "a second signature made of the first": (forged(with_the_order_added), "does not fit"),
    "no signature": (forged(lambda signature: replace(signature, value="")), "does not fit"),
    "no base64": (forged(lambda signature: replace(signature, value="%%%")), "does not fit"),
    "a long signature": (forged(lambda signature: replace(signature, value="A" * 100_000)), "does not fit"),
    "all zero": (
        forged(lambda signature: replace(signature, value=base64.b64encode(bytes(64)).decode())),
        "does not fit",
    ),
    "a key id that is a path": (forged(lambda signature: replace(signature, key="../ann")), "belongs to nobody"),
    "an empty key id": (forged(lambda signature: replace(signature, key="")), "belongs to nobody"),
    "the time moved": (forged(lambda signature: replace(signature, at=signature.at + 1)), "does not fit"),
    "the decision changed": (changed(decision="reject"), "does not fit"),
    "the answer changed": (changed(answer={"amount": 1_000_000}), "does not fit"),
    "the answer in other words": (changed(answer={"amount": 5.0}), "does not fit"),
    "the note changed": (changed(note="pay it all"), "does not fit"),
    "the note left out": (changed(note=None), "does not fit"),
    "another id": (changed(id="another"), "does not fit"),
    "for oneself instead of a group": (changed(group=None), "say for which group|does not fit"),
    "in another's name": (changed(by="bob"), "does not fit"),
    "another proposal": (changed(proposal="0" * 64), "does not fit"),
    "another question's digest": (changed(digest="0" * 64), "not what this question shows"),
    "no digest": (lambda case: case.sign(case.says(digest=None), "ann"), "names the digest"),
    "signed for another run": (
        lambda case: case.sign(case.says(), "ann", run=run_identity(case.other.id, case.other.first_run)),
        "does not fit",
    ),
    "signed for an earlier run of the same id": (
        lambda case: case.sign(case.says(), "ann", run=run_identity(case.run.id, str(uuid4()))),
        "does not fit",
    ),
    "signed for no run": (lambda case: case.sign(case.says(), "ann", run="/"), "does not fit"),
    "signed long ago": (lambda case: case.sign(case.says(), "ann", at=now() - 301_000), "seconds before it came"),
    "signed for later": (lambda case: case.sign(case.says(), "ann", at=now() + 310_000), "ahead of the server's"),
    "signed in another millennium": (lambda case: case.sign(case.says(), "ann", at=2**62), "ahead of the server's"),
    "sent before, given anew under another question": (
        lambda case: replace(case.signed[0], question="main/second"),
        "no question `main/second`|another one",
    ),
}


def people_file(folder: Path, keys: dict[str, SigningKey], **changed: list[str]) -> Path:
    groups = {"ann": ["leads"], "bob": ["leads"], "eve": ["board"], "rita": ["leads"], "olga": [], "rob": ["leads"]}
    groups |= changed
    people = [
        {"name": name, "groups": of, "keys": [{"key": keys[name].public.text, "revoked": name == "rob"}]}
        for name, of in groups.items()
    ]
    file = folder / "people.yaml"
    file.write_text(yaml.safe_dump({"people": people}))
    return file


@asynccontextmanager
async def worker(runs: Runs, people: Path | None) -> AsyncIterator[None]:
    plugin = FlowPlugin(store=runs.store, people=people)
    client = await Client.connect(runs.client.service_client.config.target_host)
    async with Worker(client, task_queue=runs.task_queue, plugins=[plugin]):
        yield


@asynccontextmanager
async def asked(address: str, folder: Path) -> AsyncIterator[Case]:
    """A run that asks, whose worker knows its people."""
    keys = {name: SigningKey.new(name) for name in ("ann", "bob", "eve", "rita", "olga", "rob", "mallory")}
    runs = Runs(await Client.connect(address), f"queue-{uuid4()}")
    async with worker(runs, people_file(folder, keys)):
        run, other = [await runs.start(FLOW, {"owner": "olga"}, requester="rita") for _ in range(2)]
        yield Case(run, other, keys, await run.question())


async def agree(case: Case) -> None:
    """Those who are asked agree after all, so nothing that was tried stood in their way."""
    first, second = case.sign(case.says(), "ann"), case.sign(case.says("olga", group=None), "olga")
    assert (await case.give(first)).outcome == "recorded"
    assert (await case.give(second)).outcome == "approved"
    last = await case.run.seen(lambda view: view.questions[0] if view.questions[0].id == "main/second" else None)
    answer = Answer(uuid4().hex, last.id, "reject", "bob", group="leads", digest=last.digest, note="no")
    assert (await case.give(case.sign(answer, "bob"))).outcome == "rejected"
    assert await case.run.value() == {"first": "approved", "by": ["ann", "olga"], "second": "rejected"}


async def test_no_attack_succeeds(temporal_address: str, tmp_path: Path) -> None:
    async with asked(temporal_address, tmp_path) as case:
        case.signed.append(case.sign(case.says("bob"), "bob"))
        for name, (attack, reason) in ATTACKS.items():
            reply = await case.give(attack(case))
            assert not reply.accepted, name
            assert any(part in reply.message for part in reason.split("|")), (name, reply.message)
        view = await case.run.view()
        assert view.questions[0].votes == []
        await agree(case)


async def test_what_was_signed_counts_once(temporal_address: str, tmp_path: Path) -> None:
    """Also when it was refused: whoever has got hold of it cannot wait for a better moment."""
    async with asked(temporal_address, tmp_path) as case:
        anns = case.sign(case.says(), "ann")
        assert (await case.give(anns)).outcome == "recorded"
        edited = case.sign(case.says("bob", answer={"amount": 7}), "bob")
        assert (await case.give(edited)).outcome == "recorded"
        assert (await case.give(anns)).message == "this answer was taken before"
        assert (await case.give(anns, case.other)).accepted is False
        votes = (await case.run.view()).questions[0].votes
        assert [(vote.by, vote.counts) for vote in votes] == [("ann", False), ("bob", True)]


async def test_what_was_refused_is_not_kept_for_a_better_moment(temporal_address: str, tmp_path: Path) -> None:
    async with asked(temporal_address, tmp_path) as case:
        eves = case.sign(case.says("eve"), "eve")
        assert "not in the group" in (await case.give(eves)).message
        people_file(tmp_path, case.keys, eve=["leads"])
        assert "was refused before" in (await case.give(eves)).message
        assert (await case.give(case.sign(case.says("eve"), "eve"))).outcome == "recorded"


async def test_a_key_is_changed_while_the_run_waits(temporal_address: str, tmp_path: Path) -> None:
    async with asked(temporal_address, tmp_path) as case:
        old = dict(case.keys)
        case.keys["ann"] = SigningKey.new("ann")
        people_file(tmp_path, case.keys)
        stolen = replace(case, keys=old)
        assert "belongs to nobody" in (await case.give(stolen.sign(case.says(), "ann"))).message
        await agree(case)


async def test_without_its_people_file_a_worker_takes_no_answer(temporal_address: str, tmp_path: Path) -> None:
    async with asked(temporal_address, tmp_path) as case:
        (tmp_path / "people.yaml").unlink()
        assert "cannot read its people file" in (await case.give(case.sign(case.says(), "ann"))).message
        assert "cannot read its people file" in (await case.give(case.says())).message
        people_file(tmp_path, case.keys)
        await agree(case)


async def test_a_worker_that_cannot_tell_refuses_the_answer_and_the_run_goes_on(
    temporal_address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with asked(temporal_address, tmp_path) as case:
        with monkeypatch.context() as broken:
            broken.setattr(verify_answer, "_verified", lambda request, people: 1 / 0)
            reply = await case.give(case.sign(case.says(), "ann"))
            assert "nobody could find out who gave this answer: ApplicationError: ZeroDivisionError" in reply.message
        await agree(case)


@pytest.mark.parametrize("demanded", ["by the flow", "by the input"])
async def test_where_verified_answers_are_demanded_a_worker_without_people_takes_none(
    temporal_address: str, tmp_path: Path, demanded: str
) -> None:
    keys = {name: SigningKey.new(name) for name in ("ann", "bob", "eve", "rita", "olga", "rob")}
    runs = Runs(await Client.connect(temporal_address), f"queue-{uuid4()}")
    text = FLOW.replace("except requester", "except requester verified") if demanded == "by the flow" else FLOW
    async with worker(runs, None):
        run = await runs.start(
            text, {"owner": "olga"}, requester="rita", options=RunOptions(verified=demanded == "by the input")
        )
        case = Case(run, run, keys, await run.question())
        assert case.question.verified
        assert "an answer that is signed" in (await case.give(case.says())).message
        assert "knows no people" in (await case.give(case.sign(case.says(), "ann"))).message
        assert (await case.run.view()).questions[0].votes == []


async def test_without_a_people_file_each_answer_is_told_to_be_unverified(temporal_address: str) -> None:
    runs = Runs(await Client.connect(temporal_address), f"queue-{uuid4()}")
    async with worker(runs, None):
        run = await runs.start(FLOW, {"owner": "olga"}, requester="rita")
        question = await run.question()
        await run.answer(question.id, by="ann", answer={"amount": 5})
        view = await run.view()
        assert [(vote.by, vote.standing, vote.key) for vote in view.questions[0].votes] == [("ann", "unverified", "")]
        assert [note.detail for note in view.notes if note.kind == "voted"] == [
            'unverified: approve by ann for leads with {"amount": 5}'
        ]


def test_the_statement_is_of_answers_only() -> None:
    """What is signed elsewhere, for another use of the key, is never such bytes."""
    assert statement(Answer("1", "q", "approve", "ann"), "r/1", 1).startswith(PREFIX)
