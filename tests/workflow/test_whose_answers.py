"""Which answers are large and of another's worker."""

import pytest
from temporalio.api.common.v1 import Payload
from temporalio.common import RawValue

from interpreter.boundary.names import REFERENCES
from interpreter.stores.values import LARGE
from interpreter.workflow.receiving import LARGE_ANSWER, is_large

PLAIN = {"encoding": b"json/plain"}


@pytest.mark.parametrize(
    ("metadata", "size", "large"),
    [
        (PLAIN, LARGE_ANSWER, False),
        (PLAIN, LARGE_ANSWER + 1, True),
        (PLAIN | {REFERENCES: b"[]"}, LARGE_ANSWER + 1, False),
        ({"encoding": b"binary/plain"}, LARGE_ANSWER + 1, False),
        ({}, LARGE_ANSWER + 1, False),
    ],
    ids=["as ours", "larger", "of ours, with references", "not JSON", "nobody says what"],
)
def test_an_answer_is_large_that_no_worker_of_ours_gives(metadata: dict[str, bytes], size: int, large: bool) -> None:
    assert is_large(RawValue(Payload(metadata=metadata, data=b"5" * size))) is large


def test_what_a_worker_of_ours_answers_at_once_is_never_large() -> None:
    assert LARGE_ANSWER == LARGE
