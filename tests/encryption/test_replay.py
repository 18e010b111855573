"""Recorded histories replay on a worker with keys, and encrypted ones with the key they need."""

import copy
import json

import pytest
from google.protobuf import json_format
from temporalio.api.common.v1 import Payload
from temporalio.converter import WorkflowSerializationContext
from temporalio.worker import Replayer

from interpreter.converter.codec import Encrypting
from interpreter.encryption.keyring import Key, Keyring
from interpreter.stores.memory import MemoryStore
from interpreter.worker.plugin import FlowPlugin
from tests.histories.recorded import Recording, as_history, recordings

pytestmark = pytest.mark.slow

OLD, NEW = Key.new("old"), Key.new("new")


def replayer(*keys: Key) -> Replayer:
    return Replayer(workflows=[], plugins=[FlowPlugin(store=MemoryStore(), keys=Keyring(keys))])


async def encrypted(data: object, codec: Encrypting) -> object:
    """A history as JSON with each payload of it encrypted, as if its workers had had the key."""
    if isinstance(data, list):
        return [await encrypted(item, codec) for item in data]
    if not isinstance(data, dict):
        return data
    if set(data) <= {"metadata", "data"} and isinstance(data.get("metadata"), dict) and "encoding" in data["metadata"]:
        [sent] = await codec.encode([json_format.ParseDict(data, Payload())])
        return json_format.MessageToDict(sent)
    if "markerName" in data:  # all else in a marker is of the SDK, and holds ids only
        details = data.get("details", {})
        return data | {
            "details": details | {n: await encrypted(details[n], codec) for n in ("result",) if n in details}
        }
    return {name: item if name == "searchAttributes" else await encrypted(item, codec) for name, item in data.items()}


@pytest.mark.parametrize("recording", recordings()[:: max(1, len(recordings()) // 12)], ids=lambda one: one.name)
async def test_a_history_replays_plain_and_encrypted(recording: Recording) -> None:
    for execution in recording.executions():
        await replayer(NEW, OLD).replay_workflow(as_history(execution))
        history = await encrypted(copy.deepcopy(execution["history"]), Encrypting(Keyring((OLD,))))
        assert json.dumps(history) != json.dumps(execution["history"])
        await replayer(NEW, OLD).replay_workflow(as_history({"id": execution["id"], "history": history}))


async def test_a_history_of_another_run_is_not_taken() -> None:
    """Each payload of it, moved as it is: the run waits, and says for which run that was encrypted."""
    recording = next(one for one in recordings() if len(list(one.executions())) == 1)
    [execution] = recording.executions()
    context = WorkflowSerializationContext(namespace="ReplayNamespace", workflow_id=execution["id"])
    codec = Encrypting(Keyring((OLD,))).with_context(context)
    history = await encrypted(copy.deepcopy(execution["history"]), codec)
    required = Replayer(workflows=[], plugins=[FlowPlugin(store=MemoryStore(), keys=Keyring((OLD,), required=True))])
    await required.replay_workflow(as_history({"id": execution["id"], "history": history}))
    with pytest.raises(Exception, match="WrongRun"):
        await replayer(OLD).replay_workflow(as_history({"id": "another", "history": history}))
    with pytest.raises(Exception, match="NotEncrypted"):
        await required.replay_workflow(as_history(execution))
