"""What comes to a run from outside is looked at before it leaves an event; then it is answered, and acted on."""

import asyncio
import hashlib
from collections.abc import Callable
from typing import Any

import pytest
from temporalio.common import SearchAttributeKey, SearchAttributePair, TypedSearchAttributes
from temporalio.exceptions import ApplicationError

from dsl.definition.packed import packed
from interpreter.boundary.beginnings import DefinitionEnvelope
from interpreter.boundary.move import Move
from interpreter.boundary.names import FLOW_ATTRIBUTE, MEMO_HASH, MEMO_SOURCE, VERIFY_ANSWER_ACTIVITY
from interpreter.boundary.payloads import Answer, AnswerVerdict, ParentLink, RunOptions
from interpreter.boundary.send import Send
from interpreter.boundary.tell import Tell
from interpreter.workflow.run import FlowWorkflow
from tests.definition.reading import sealed
from tests.workflow.played import Continued, Played
from tests.workflow.running import PlayedRun

FLOW = SearchAttributeKey.for_keyword(FLOW_ATTRIBUTE)
HEAD = """edition 1
tool look(x: int) -> int read
type Paid { amount: int }
"""
ASKS = HEAD + 'flow main() { await approval ok "On?" { from "ops" timeout 2h then reject } }'
WAITS = HEAD + "flow main() -> int { await event paid: Paid timeout 2h else { return 0 } return paid.amount }"
SLEEPS = HEAD + "flow main() -> int { sleep 1h return 1 }"
OTHER = HEAD + "flow main() -> int { sleep 1h return 2 }"
Check = Callable[[FlowWorkflow, Any], None]
YES = Answer("a1", "main/ok", "approve", "ann", group="ops")


check_answer: Check = FlowWorkflow.check_answer
check_tell: Check = FlowWorkflow.check_tell
check_send: Check = FlowWorkflow.check_send
check_move: Check = FlowWorkflow.check_move


def refusal(check: Check, run: PlayedRun, given: Any) -> str | None:
    with pytest.raises(ApplicationError) as error:
        check(run.flow, given)
    return error.value.type


def move_to(text: str) -> Move:
    data = sealed(text, "main").json
    hash_ = hashlib.sha256(data).hexdigest()
    return Move("m1", DefinitionEnvelope(hash_, packed(data)), packed(data), "ann", source="5" * 64)


async def test_what_cannot_count_is_refused_before_it_is_written(played: Played) -> None:
    run = PlayedRun(played, ASKS)
    await run.goes_on()
    check = check_answer
    assert refusal(check, run, Answer("a1", "main/other", "approve", "ann")) == "AnswerRefused"
    check(run.flow, YES)
    assert refusal(check_tell, run, Tell("t1", "hello", "ann")) == "TellRefused"
    assert refusal(check_send, run, Send("s1", "paid", {"amount": 1}, "bank")) == "EventRefused"
    assert refusal(check_move, run, move_to(HEAD + "flow main() {}")) == "MoveRefused"


async def test_an_event_that_is_waited_for_is_taken(played: Played) -> None:
    run = PlayedRun(played, WAITS)
    await run.goes_on()
    send = Send("s1", "paid", {"amount": 7}, "bank")
    check_send(run.flow, send)
    reply = asyncio.create_task(run.flow.send(send))
    await run.goes_on()
    (moment,) = [asked for asked in played.asked if asked.options.get("summary") == "reply to an answer"]
    assert not reply.done()
    moment.end()
    assert (await reply).accepted
    assert (await run.ended())["value"] == 7


async def test_an_answer_is_replied_to_a_moment_later(played: Played) -> None:
    run = PlayedRun(played, ASKS)
    await run.goes_on()
    reply = asyncio.create_task(run.flow.answer(YES))
    (await run.asked(f"local {VERIFY_ANSWER_ACTIVITY}")).end(AnswerVerdict("unverified"))
    await run.goes_on()
    assert not reply.done()
    (moment,) = [asked for asked in played.asked if asked.options.get("summary") == "reply to an answer"]
    moment.end()
    assert (await reply).accepted
    await run.ended()
    assert run.flow._driver._giving == set(), "what was given is not kept"


@pytest.mark.parametrize("signed", [True, False])
async def test_where_answers_are_to_be_verified_one_without_a_signature_does_not_count(
    played: Played, signed: bool
) -> None:
    run = PlayedRun(played, ASKS, options=RunOptions(verified=signed))
    await run.goes_on()
    if signed:
        assert refusal(check_answer, run, YES) == "AnswerRefused"
    else:
        check_answer(run.flow, YES)


async def test_a_run_that_waits_goes_on_with_another_definition(played: Played) -> None:
    played.memo_ = {"of": "me"}
    played.info_.typed_search_attributes = TypedSearchAttributes([SearchAttributePair(FLOW, "main")])
    run = PlayedRun(played, SLEEPS)
    await run.goes_on()
    move = move_to(OTHER)
    check_move(run.flow, move)
    moving = asyncio.create_task(run.flow.move(move))
    following = await run.continued()
    assert following.definition == move.definition
    error = run.main.exception()
    assert type(error) is Continued
    assert error.options["memo"] == {"of": "me", MEMO_HASH: move.definition.hash, MEMO_SOURCE: "5" * 64}
    assert [pair.value for pair in error.options["search_attributes"]] == ["main", move.definition.hash]
    (moment,) = [asked for asked in played.asked if asked.options.get("summary") == "reply to a move"]
    moment.end()
    reply = await moving
    assert (reply.accepted, reply.outcome) == (True, "moving")


async def test_a_run_that_another_one_calls_is_not_moved_by_itself(played: Played) -> None:
    run = PlayedRun(played, SLEEPS, parent=ParentLink("up", "main/kid"))
    await run.goes_on()
    assert refusal(check_move, run, move_to(OTHER)) == "MoveRefused"


async def test_a_run_that_has_gone_to_work_meanwhile_moves_when_that_is_over(played: Played) -> None:
    run = PlayedRun(played, HEAD + "flow main() -> int { step a = look(x: 1) sleep 1h return 1 }")
    await run.goes_on()
    assert refusal(check_move, run, move_to(OTHER)) == "MoveRefused"
    move = move_to(HEAD + "flow main() -> int { step a = look(x: 1) sleep 1h return 2 }")
    moving = asyncio.create_task(run.flow.move(move))
    await run.goes_on()
    assert not run.main.done()
    await run.answers("look", 5)
    assert (await run.continued()).definition == move.definition
    moving.cancel()


async def test_what_cannot_be_moved_any_more_goes_on_as_it_was(played: Played) -> None:
    """Since it was asked it has come to where the other definition has nothing."""
    run = PlayedRun(played, HEAD + "flow main() -> int { sleep 1h sleep 2h return 1 }")
    await run.goes_on()
    move = move_to(OTHER)
    check_move(run.flow, move)
    (await run.asked("timer")).end()
    moving = asyncio.create_task(run.flow.move(move))
    await run.goes_on()
    assert not run.main.done()
    for name in ("timer", "timer"):
        (await run.asked(name)).end()
    assert (await run.ended())["value"] == 1
    assert (await moving).outcome == "moving"
