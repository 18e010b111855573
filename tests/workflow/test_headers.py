"""What travels beside the arguments of a call: as little as the worker needs, and read there as it was meant."""

from types import SimpleNamespace
from typing import Any

import pytest

from interpreter.activities import headers as read
from interpreter.activities.headers import CallHeaders, DeclaredSignature
from interpreter.boundary.names import CALL_HEADER
from interpreter.boundary.payloads import References
from interpreter.workflow import headers as written
from tests.workflow.ends import a_call
from tests.workflow.played import Played

PLACE = "main/charge"
OWN = f"run/first-run/{PLACE}"
SIGNATURE = DeclaredSignature("signature")


@pytest.mark.parametrize(
    ("call", "references", "heard"),
    [
        ({"key": OWN}, [], CallHeaders(OWN, 1, SIGNATURE)),
        ({"key": "run/1/main/charge"}, [], CallHeaders("run/1/main/charge", 1, SIGNATURE)),
        ({"key": OWN, "attempt": 2}, [], CallHeaders(OWN, 2, SIGNATURE)),
        ({"key": OWN, "declared": "x: int"}, [], CallHeaders(OWN, 1, DeclaredSignature("signature", "x: int"))),
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
    payload = written._header(a_call(PLACE, **call), references, PLACE)
    assert read._read({CALL_HEADER: payload}) == heard
    if call == {"key": OWN} and not references:
        assert payload.data == b"signature", "it stands in the history of each step"


def test_a_call_without_a_header_is_nobodys() -> None:
    assert read._read({}) == CallHeaders()
