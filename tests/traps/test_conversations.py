"""Conversations on a real server: what is told of them over all executions."""

from pathlib import Path

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.worker import Worker

from interpreter.api import tool
from interpreter.client.run import Run
from interpreter.client.transcripts import transcripts
from interpreter.providers.rehearsal import RehearsalProvider
from interpreter.worker.plugin import FlowPlugin
from tests.live.runs import Runs

pytestmark = pytest.mark.asyncio(loop_scope="session")

FLOW = """edition 1
agent helper(question: text) -> text { model "gpt-4o-mini" prompt "{{ question }}" }
flow ask(talk: conversation, question: text) -> conversation budget 9k tokens {
  step reply = helper(question) { continue talk }
  return transcript(reply)
}
flow main(words: text) -> int budget 900k tokens {
  var talk: conversation at most 5 messages = [{ role: "user", text: words }]
  for n in range(4) {
    step below = ask(talk, "child {{ n }}")
    step reply = helper("question {{ n }}") { continue below }
    set talk = transcript(reply)
  }
  return len(talk)
}
"""


CARRIED = FLOW.replace('"{{ question }}" }', '"{{ question }}" answer within 6m }').replace(
    "  var talk", "  await event go as gone: text timeout 10ms else { }\n  var talk"
)


@pytest.mark.parametrize("flow", [FLOW, CARRIED], ids=["by the run", "carried"])
async def test_it_goes_on_over_executions_and_called_flows_and_is_told_of_all(runs: Runs, flow: str) -> None:
    here = Runs(runs.client, "conversations")
    plugin = FlowPlugin(provider=RehearsalProvider(), store=here.store)
    async with Worker(here.client, task_queue=here.task_queue, plugins=[plugin]):
        run = await here.start(flow, {"words": "w" * 5_000}, eagerly=True)
        assert await run.value() == 5
    assert len(await run.events(EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED)) > 2
    found = await transcripts(Run(run.id, here.client, here.store))
    loop = "main/for#2" if flow == FLOW else "main/for#3"
    assert [each.step for each in found] == [f"{loop}[{n}]/reply" for n in range(4)]
    asked = [[said["text"] for said in each.messages if said["role"] == "user"] for each in found]
    assert asked[0] == ["w" * 5_000, "child 0", "question 0"]
    assert asked[3] == ["child 2", "question 2", "child 3", "question 3"]


SUMMARISED = """edition 1
agent notes() -> text { model "gpt-4o-mini" prompt "What was said?" }
tool pages.read(number: int) -> text read
agent reader(topic: text) -> text {
  model "gpt-4o-mini"
  prompt "Read about {{ topic }}."
  use pages.read
  budget 9 turns
  summarise by notes at 60 tokens
}
flow main() -> int budget 900k tokens {
  step reply = reader("rain")
  return len(transcript(reply))
}
"""
SCRIPT = """
reader:
- calls: [{ pages.read: { number: 1 } }]
- calls: [{ pages.read: { number: 2 } }]
- calls: [{ pages.read: { number: 3 } }]
- answer: It falls.
notes: [{ answer: Two pages. }, { answer: Three pages. }]
"""


@tool("pages.read")
async def read_page(number: int) -> str:
    return f"page {number}: {'rain ' * 30}"


async def test_a_summary_takes_the_place_of_what_is_told_before_it(runs: Runs, tmp_path: Path) -> None:
    here = Runs(runs.client, "summaries")
    (tmp_path / "script.yaml").write_text(SCRIPT)
    plugin = FlowPlugin(tools=[read_page], flows=[SUMMARISED], scripted=tmp_path / "script.yaml", store=here.store)
    async with Worker(here.client, task_queue=here.task_queue, plugins=[plugin]):
        run = await here.start(SUMMARISED, {}, eagerly=True)
        assert await run.value() == 4
    assert len(await run.events(EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED)) > 2
    found = {each.step: each.messages for each in await transcripts(Run(run.id, here.client, here.store))}
    assert list(found) == ["main/reply", "main/reply/summary#3", "main/reply/summary#4"]
    told = [message["text"].partition(":")[0] for message in found["main/reply"] if message["role"] != "assistant"]
    summary = "A summary of what was said before"
    assert told == ["Read about rain.", "page 1", "page 2", summary, "page 3", summary]
    assert found["main/reply/summary#4"][0]["text"] == f"{summary}:\n\nTwo pages."
