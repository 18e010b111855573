"""A definition may come from anywhere: what its requests say is looked at before anything of it is believed."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from dsl.definition.unseal import UnsealError, unseal
from tests.definition.reading import definition, sealed

TEXT = """edition 1
tool a.b(id: text) -> [int] at most 9 read {
  http get "https://a.example/{{ id }}" auth "x" { header "X-A": key query { q: page } next result.n at most 3 pages }
  errors Gone when 404
}
flow f() -> int { step n = a.b("1") return len(n) }
"""
OTHER = {"node": "Name", "name": "other"}


def _http(change: Callable[[Any], object]) -> bytes:
    data = json.loads(sealed(TEXT).json)
    change(data["tools"]["a.b"]["http"])
    return json.dumps(data, sort_keys=True, separators=(",", ":")).encode()


def test_it_is_believed_as_it_was_sealed() -> None:
    assert unseal(_http(lambda http: None)).tools["a.b"].http == definition(TEXT).tools["a.b"].http


@pytest.mark.parametrize(
    "change",
    [
        lambda http: http.update(method="trace"),
        lambda http: http.update(url=OTHER),
        lambda http: http["url"]["parts"].insert(0, OTHER),
        lambda http: http["url"]["parts"].append(OTHER),
        lambda http: http.update(url={"node": "Literal", "value": "https://u:p@a.example/"}),
        lambda http: http.update(url={"node": "Literal", "value": 7}),
        lambda http: http.update(query=OTHER),
        lambda http: http.update(body=OTHER),
        lambda http: http["headers"][0].update(value=OTHER),
        lambda http: http["headers"][0].update(name="Authorization"),
        lambda http: http["headers"][0].update(name="X\r\nY"),
        lambda http: http["told"][0].update(status=200),
        lambda http: http["told"][0].update(kind="Other"),
        lambda http: http["next"].update(at_most=0),
        lambda http: http["next"].update(value=OTHER),
        lambda http: http["next"].update(items=OTHER),
        lambda http: http.update(auth=7),
    ],
)
def test_what_no_text_could_say_is_refused(change: Callable[[Any], object]) -> None:
    with pytest.raises(UnsealError):
        unseal(_http(change))
