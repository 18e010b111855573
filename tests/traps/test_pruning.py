"""A store is pruned while runs need it: what a run reads afterwards is all there, open or closed."""

import os
import time
from pathlib import Path

import pytest
from temporalio.client import Client
from temporalio.worker import Worker

from interpreter.api import tool
from interpreter.client.named import named
from interpreter.client.run import Run
from interpreter.client.transcripts import transcripts
from interpreter.converter.own import own_converter
from interpreter.encryption.keyring import NO_KEYS, Key, Keyring
from interpreter.providers.rehearsal import RehearsalProvider
from interpreter.stores.encrypted import store_in
from interpreter.stores.pruning import Pruned, is_file_store, prune
from interpreter.stores.store import ObjectStore
from interpreter.worker.plugin import FlowPlugin
from tests.live.runs import Runs

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

FLOW = """edition 1
tool pages.read(number: int) -> text read
agent helper(question: text) -> text { model "gpt-4o-mini" prompt "{{ question }}" }
flow below(page: text) -> text budget 400k tokens {
  await approval first "Go on?" { from "leads" timeout 1h then reject }
  step word = helper(upper(page))
  return page
}
flow main() -> { page: text, talk: conversation } budget 9M tokens {
  step page = pages.read(1)
  step one = helper("first")
  step again = helper("second") { continue transcript(one) }
  step same = below(page)
  step last = helper("third") { continue transcript(again) }
  return { page: same, talk: transcript(last) }
}
"""


@tool("pages.read")
async def read_page(number: int) -> str:
    return "long " * 20_000


@pytest.mark.parametrize("keys", [NO_KEYS, Keyring((Key.new("now"),))], ids=["plain", "encrypted"])
async def test_what_a_run_needs_is_there_when_it_goes_on_and_after_its_end(
    runs: Runs, tmp_path: Path, keys: Keyring
) -> None:
    store = store_in(tmp_path, keys)
    client = Client(**{**runs.client.config(), "data_converter": own_converter(None, keys)})
    here = Runs(client, f"pruning-{len(keys.keys)}", store)
    plugin = FlowPlugin(tools=[read_page], provider=RehearsalProvider(), store=store, keys=keys)
    async with Worker(here.client, task_queue=here.task_queue, plugins=[plugin]):
        run = await here.start(FLOW, {}, eagerly=True)
        child = run.child("main/same")
        question = await child.question()
        garbage = store.put(b"nobody's")
        await pruned(here, store, tmp_path)
        assert not store.has(garbage)
        await child.answer(question.id)
        value = await run.value()
    assert (await pruned(here, store, tmp_path)).removed.objects == 0
    found = await transcripts(Run(run.id, here.client, store))
    assert [len(each.messages) for each in found] == [2, 4, 6]
    assert value is not None


async def pruned(here: Runs, store: ObjectStore, path: Path) -> Pruned:
    """As if all that is there had been kept long ago."""
    assert is_file_store(store)
    now = time.time()
    for file in store.files.kept():
        os.utime(path / file.name[:2] / file.name[2:], (now - 100_000, now - 100_000))
    return prune(store, (await named(here.client)).digests, now - 50_000)
