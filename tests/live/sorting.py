"""A flow whose questions go in one batch, what it is given and what they cost, and the API that answers them."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from interpreter.boundary.payloads import Price
from tests.live.batch_api import BatchApi, batch_api, says

FLOW = """edition 1
agent sort(text: text) -> { kind: text } {
  model "gpt-4o-mini"
  prompt "{{ text }}"
  answer at most 100 tokens
  batch within 2h
}
flow main(texts: [text] at most 10) -> [text] at most 10 budget 1 usd, 1d {
  parallel for each in texts as kinds {
    step sorted = sort(text: each)
    yield sorted.kind
  }
  return kinds
}
"""
TEXTS = {"texts": ["one", "two", "three"]}
PRICES = {"gpt-4o-mini": Price("0.001", "0.002", batch="0.5")}


@contextmanager
def sorting_api(patch: pytest.MonkeyPatch) -> Iterator[BatchApi]:
    """Its address and key stand in the environment."""

    def answer(body: Any) -> Any:
        return says(json.dumps({"kind": f"kind of {body['messages'][-1]['content']}"}))

    with batch_api(answer=answer) as api:
        for name, value in api.environment.items():
            patch.setenv(name, value)
        yield api
