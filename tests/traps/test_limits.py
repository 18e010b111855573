"""Limits of the server, each of which ends a run or hangs it without a word when it is met unprepared."""

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.common import SearchAttributeKey, SearchAttributePair, TypedSearchAttributes
from temporalio.exceptions import CancelledError
from temporalio.worker import Replayer

from interpreter.boundary.failures import NOT_CALLED
from interpreter.boundary.names import FLOW_ATTRIBUTE, GROUPS_ATTRIBUTE, SEND_SIGNAL
from interpreter.boundary.send import Send
from interpreter.client.client import Client
from interpreter.client.submission import prepare
from interpreter.server.setup import register_attributes
from interpreter.stores.values import resolve
from interpreter.worker.plugin import FlowPlugin
from interpreter.workflow import limits
from tests.live.runs import Runs
from tests.traps.tools import doors

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.slow]

BRANCHES = """
edition 1
tool number.next(number: int) -> int read
flow main(most: int) -> int {
  parallel for n in range(most) at most 2500 as numbers {
    step one = number.next(number: n)
    yield one
  }
  return sum(numbers)
}
"""

LARGE_ARGUMENTS = """
edition 1
tool text.make(letters: int) -> text read
tool text.size(text: text) -> int read
flow main() -> int {
  step some = text.make(letters: 15000)
  let large = join([some for n in range(10)])
  parallel for n in range(40) at most 40 as sizes {
    step one = text.size(text: large)
    yield one
  }
  return sum(sizes)
}
"""

LARGE_INPUTS = """
edition 1
tool text.make(letters: int) -> text read
flow measure(text: text) -> int { return len(text) }
flow main() -> int {
  step some = text.make(letters: 15000)
  let large = join([some for n in range(10)])
  parallel for n in range(40) at most 40 as sizes {
    step one = measure(text: large)
    yield one
  }
  return sum(sizes)
}
"""

TOO_LARGE = """
edition 1
tool text.make(letters: int) -> text read
tool text.size(text: text) -> int write { compensate none "a test" }
flow measure(text: text) -> int { return len(text) }
flow main(child: bool) -> text {
  step some = text.make(letters: 20000)
  let large = join([some for n in range(100)])
  try {
    if child { step below = measure(text: large) } else { step size = text.size(text: large) }
  } on error e {
    return e.kind
  }
  return "never"
}
"""

LARGE_RESULT = """
edition 1
tool text.make(letters: int) -> text read
flow make() -> { text: text, price: decimal } {
  step some = text.make(letters: 30000)
  return { text: join([some for n in range(100)]), price: 1.50 }
}
flow main(child: bool) -> { text: text, price: decimal } {
  if child {
    step made = make()
    return { text: text(len(made.text)), price: made.price * 2 }
  }
  step some = text.make(letters: 30000)
  return { text: join([some for n in range(100)]), price: 1.50 }
}
"""

LARGE_FAILURE = """
edition 1
tool text.make(letters: int) -> text read
flow main() {
  step some = text.make(letters: 30000)
  fail { kind: "TooMuch", message: join([some for n in range(100)]) }
}
"""

HELD = """
edition 1
tool door.pass(name: text) -> text read
tool number.next(number: int) -> int read
flow main(name: text) -> text {
  parallel {
    step passed = door.pass(name: name)
    branch beside {
      parallel for n in range(6) at most 6 as numbers {
        step one = number.next(number: n)
        yield one
      }
      if sum(numbers) != 21 { fail "not all" }
    }
  }
  return passed
}
"""


OVERLAPPING = """
edition 1
tool door.nap(milliseconds: int) -> int read
flow main() -> text {
  race as won {
    branch busy {
      parallel for n in [40, 70] {
        loop naps budget 4k iterations { step slept = door.nap(milliseconds: n) until slept < 0 }
      }
      yield "never"
    }
    branch told {
      loop words budget 500 iterations {
        await event word: { said: text } timeout 1h else { fail "nobody said anything" }
        until word.said == "stop"
      }
      yield "stopped"
    }
  }
  return won.value
}
"""


MANY_PERSONS = """
edition 1
flow main() -> int {
  parallel for n in range(100) at most 100 as outcomes {
    await approval go "{{ n }}?" { from person "someone-{{ n }}@a-department.example", "leads" timeout 1h then reject }
    yield go.approved
  }
  return len(outcomes)
}
"""

LONG_NAMES = """
edition 1
tool number.next(number: int) -> int read
flow inner() -> int { return 1 }
flow main() -> int {
  step NAME = number.next(number: 1)
  step below_NAME = inner()
  return NAME + below_NAME
}
""".replace("NAME", "a" * 1_100)

LONG = """
edition 1
tool number.next(number: int) -> int read
flow main() -> int {
  var n = 0
  loop rounds budget 50 iterations {
    budget 1h {
      step next = number.next(number: n)
      set n = next
    }
    until n == 20
  }
  return n
}
"""


@pytest.mark.parametrize("most", [40, pytest.param(2100, marks=pytest.mark.soak)])
async def test_more_branches_than_calls_may_be_pending(runs: Runs, most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    if most == 40:
        monkeypatch.setattr(limits, "MOST_IN_FLIGHT", 7)
    run = await runs.start(BRANCHES, {"most": most})
    assert await run.value() == most * (most + 1) // 2


@pytest.mark.parametrize("flow", [LARGE_ARGUMENTS, LARGE_INPUTS], ids=["tools", "children"])
async def test_arguments_of_six_megabytes_go_out_in_several_tasks(runs: Runs, flow: str) -> None:
    run = await runs.start(flow)
    assert await run.value() == 40 * 150_000


async def test_what_did_not_fit_waits_for_the_next_task_and_not_for_a_slow_call(
    runs: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MOST_BYTES_PER_TASK", 1)
    run = await runs.start(HELD, {"name": "held"})
    await run.seen(lambda view: sum(n.kind == "completed" and n.name == "one" for n in view.notes) == 6 or None)
    doors["held"].set()
    assert await run.value() == "held"
    await Replayer(workflows=[], plugins=[FlowPlugin(store=runs.store)]).replay_workflow(
        await run.handle.fetch_history()
    )


@pytest.mark.parametrize("child", [False, True])
async def test_one_argument_that_is_too_large_fails_its_step_and_nothing_was_called(runs: Runs, child: bool) -> None:
    run = await runs.start(TOO_LARGE, {"child": child})
    assert await run.value() == NOT_CALLED


async def test_a_result_that_is_too_large_is_kept_in_the_store(runs: Runs) -> None:
    run = await runs.start(LARGE_RESULT, {"child": False})
    result = await run.handle.result()
    assert [path for path, _, _ in result.references] == [[]]
    assert resolve(runs.store, result.value, result.references) == {"text": "x" * 3_000_000, "price": "1.50"}


async def test_a_child_hands_a_large_result_to_its_parent(runs: Runs) -> None:
    run = await runs.start(LARGE_RESULT, {"child": True})
    assert await run.value() == {"text": "3000000", "price": "3.00"}


async def test_a_failure_that_is_too_large_is_told_in_short(runs: Runs) -> None:
    failure = await (await runs.start(LARGE_FAILURE)).failure()
    assert failure.kind == "TooMuch"
    assert failure.message == "x" * 2_000


async def test_a_long_run_continues_by_itself_where_only_that_helps(
    runs: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "HARD_EVENTS", 30)
    run = await runs.start(LONG)
    assert await run.value() == 20
    executions = [event.event_type for event in await run.events()].count(
        EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED
    )
    assert executions >= 3


@pytest.mark.parametrize("limit", ["HARD_UPDATES", "HARD_SIGNALS"])
async def test_a_run_that_takes_many_events_continues_where_only_that_helps(
    runs: Runs, limit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its calls overlap, so that something is in flight always."""
    monkeypatch.setattr(limits, limit, 20)
    run = await runs.start(OVERLAPPING)
    client = Client(runs.client, runs.store).run(run.id)
    for number in range(25):
        if limit == "HARD_UPDATES":
            await client.send("word", {"said": "more"}, by="ann")
        else:
            await run.handle.signal(SEND_SIGNAL, Send(str(number), "word", {"said": "more"}, "ann"))
    await run.seen(lambda view: view.continuations or None)
    await client.send("word", {"said": "stop"}, by="ann")
    assert await run.value() == "stopped"


async def test_more_people_than_a_search_attribute_holds(runs: Runs) -> None:
    await register_attributes(runs.client)
    run_input = prepare(runs.store, MANY_PERSONS, None, None).input
    flow = SearchAttributePair(SearchAttributeKey.for_keyword(FLOW_ATTRIBUTE), run_input.flow)
    run = await runs.start_prepared(run_input, attributes=TypedSearchAttributes([flow]))
    await run.seen(lambda view: len(view.questions) == 100 or None)
    attributes = (await run.handle.describe()).typed_search_attributes
    groups = attributes[SearchAttributeKey.for_keyword_list(GROUPS_ATTRIBUTE)]
    assert "leads" in groups
    assert "person someone-1@a-department.example" in groups
    await run.handle.cancel()
    assert isinstance(await run.ending(), CancelledError)


@pytest.mark.parametrize("eagerly", [False, True])
async def test_paths_that_are_longer_than_an_id_may_be(runs: Runs, eagerly: bool) -> None:
    run = await runs.start(LONG_NAMES, eagerly=eagerly)
    assert await run.value() == 3
