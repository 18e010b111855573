"""What travels beside the arguments of a call: as little as the worker needs, and read there as it was meant."""

import json
from types import SimpleNamespace
from typing import Any

import pytest
from temporalio.api.common.v1 import Payload

from interpreter.activities import headers as read
from interpreter.activities.headers import CallHeaders, DeclaredSignature
from interpreter.boundary.names import CALL_HEADER, EARLIER_CALL_HEADER, FIRST_RUN_HEADER
from interpreter.boundary.payloads import References
from interpreter.workflow import headers as written
from tests.workflow.ends import a_call
from tests.workflow.played import Played

PLACE = "main/charge"
OWN = f"run/first-run/{PLACE}"
DIGEST = "0f744a70fad872ad"
SIGNATURE = DeclaredSignature(DIGEST)


@pytest.mark.parametrize(
    ("call", "references", "heard"),
    [
        ({"key": OWN}, [], CallHeaders(OWN, 1, SIGNATURE)),
        ({"key": "run/1/main/charge"}, [], CallHeaders("run/1/main/charge", 1, SIGNATURE)),
        ({"key": OWN, "attempt": 2}, [], CallHeaders(OWN, 2, SIGNATURE)),
        ({"key": OWN, "declared": "x: int"}, [], CallHeaders(OWN, 1, DeclaredSignature(DIGEST, "x: int"))),
        ({"key": OWN, "verifies": "run/1/main/other"}, [], CallHeaders(OWN, 1, SIGNATURE, "run/1/main/other")),
        ({"key": OWN}, [[["x"], "a" * 64, 9]], CallHeaders(OWN, 1, SIGNATURE, None, [[["x"], "a" * 64, 9]])),
    ],
    ids=["what the worker can tell by itself", "key", "attempt", "words", "verifies", "references"],
)
async def test_a_header_is_read_as_it_was_written(
    played: Played, monkeypatch: pytest.MonkeyPatch, call: dict[str, Any], references: References, heard: CallHeaders
) -> None:
    info = SimpleNamespace(workflow_id="run", workflow_run_id="first-run", activity_id=PLACE)
    monkeypatch.setattr(read, "activity", SimpleNamespace(info=lambda: info))
    payload = written._header(a_call(PLACE, signature=DIGEST, **call), references, PLACE)
    assert read._read({CALL_HEADER: payload}) == heard
    if call == {"key": OWN} and not references:
        assert payload.data == bytes.fromhex(DIGEST), "it stands in the history of each step"


@pytest.mark.parametrize(
    ("data", "heard"),
    [
        (DIGEST.encode(), CallHeaders(OWN, 1, SIGNATURE)),
        (json.dumps({"signature": DIGEST, "attempt": 2}).encode(), CallHeaders(OWN, 2, SIGNATURE)),
    ],
)
def test_a_call_that_was_sent_by_an_earlier_version_is_read(
    monkeypatch: pytest.MonkeyPatch, data: bytes, heard: CallHeaders
) -> None:
    info = SimpleNamespace(workflow_id="run", workflow_run_id="first-run", activity_id=PLACE)
    monkeypatch.setattr(read, "activity", SimpleNamespace(info=lambda: info))
    assert read._read({EARLIER_CALL_HEADER: Payload(data=data)}) == heard


def test_a_call_without_a_header_is_nobodys() -> None:
    assert read._read({}) == CallHeaders()


class Next:
    """What the SDK does with the input."""

    def start_activity(self, input: Any) -> Any:
        return input

    start_local_activity = start_activity
    continue_as_new = start_activity

    async def start_child_workflow(self, input: Any) -> Any:
        return input


def given(**changes: Any) -> Any:
    return SimpleNamespace(**{"headers": {"own": 1}, "activity_id": PLACE, "disable_eager_execution": False} | changes)


@pytest.mark.parametrize(("attempt", "eager"), [(1, True), (2, False)])
async def test_a_first_attempt_may_go_past_the_queue_and_each_further_one_is_for_whoever_takes_it(
    played: Played, attempt: int, eager: bool
) -> None:
    outbound = written._Outbound(Next())  # type: ignore[arg-type]
    with written.for_call(a_call(PLACE, signature=DIGEST, key=OWN, attempt=attempt), []):
        sent: Any = outbound.start_activity(given())
        kept: Any = outbound.start_activity(given(disable_eager_execution=True))
    assert (sent.disable_eager_execution, kept.disable_eager_execution) == (not eager, True)
    assert sent.headers.keys() == {"own", CALL_HEADER}
    if attempt == 1:
        assert sent.headers[CALL_HEADER].data == bytes.fromhex(DIGEST)


@pytest.mark.parametrize(("key", "in_full"), [(OWN, False), (f"{OWN}#2", True)])
async def test_local_work_says_a_key_that_does_not_follow_from_its_place(
    played: Played, key: str, in_full: bool
) -> None:
    with written.for_call(a_call(PLACE, signature=DIGEST, key=key), []):
        sent: Any = written._Outbound(Next()).start_local_activity(given())  # type: ignore[arg-type]
    said = sent.headers[CALL_HEADER].data
    assert (key.encode() in said) == in_full
    assert (said == bytes.fromhex(DIGEST)) == (not in_full)


async def test_what_is_no_call_of_a_tool_carries_no_header(played: Played) -> None:
    with written.for_call(a_call(PLACE, signature=DIGEST, key=OWN), []):
        pass
    outbound = written._Outbound(Next())  # type: ignore[arg-type]
    for start in (outbound.start_activity, outbound.start_local_activity):
        sent: Any = start(given())
        assert sent.headers == {"own": 1}


@pytest.mark.parametrize(("run_id", "told"), [("first-run", None), ("third-run", b"first-run")])
async def test_a_child_is_told_the_first_execution_of_who_has_continued(
    played: Played, run_id: str, told: bytes | None
) -> None:
    played.info_.run_id = run_id
    outbound = written._Outbound(Next())  # type: ignore[arg-type]
    headers = (await outbound.start_child_workflow(given())).headers  # type: ignore[attr-defined]
    assert headers["own"] == 1
    assert (headers[FIRST_RUN_HEADER].data if FIRST_RUN_HEADER in headers else None) == told


@pytest.mark.parametrize("said", [None, Payload(data=b"of the parent")])
async def test_what_a_parent_has_said_is_said_to_each_execution(played: Played, said: Payload | None) -> None:
    played.info_.headers = {} if said is None else {FIRST_RUN_HEADER: said}
    passed: list[Any] = []
    following = SimpleNamespace(continue_as_new=passed.append)
    written._Outbound(following).continue_as_new(given())  # type: ignore[arg-type]
    assert passed[0].headers == {"own": 1} | played.info_.headers
