"""What a server answers, as the type that is declared."""

from typing import Any

import pytest

from dsl.ast.declarations import ToolDeclaration
from dsl.ast.types import Type
from dsl.source import Source
from dsl.syntax.parse import parse
from interpreter.mcp.answers import Misfit, value_of


def type_of(text: str) -> Type:
    (tool,) = parse(Source("t", f"edition 1 tool t() -> {text} read")).module.declarations
    assert isinstance(tool, ToolDeclaration)
    assert tool.returns is not None
    return tool.returns


def said(*texts: str, **more: Any) -> dict[str, Any]:
    return {"content": [{"type": "text", "text": text} for text in texts], **more}


PICTURE = {"content": [{"type": "image", "data": "aGk=", "mimeType": "image/png"}]}
BOTH = said("two", structuredContent={"n": 2})


@pytest.mark.parametrize(
    ("declared", "answer", "value"),
    [
        ("text", said("a", "b"), "a\nb"),
        ("text", said(), ""),
        ("text?", said("a"), "a"),
        ("text", BOTH, "two"),
        ("{ n: int }", BOTH, {"n": 2}),
        ("json", BOTH, {"n": 2}),
        ("json", said("a"), said("a")),
        ("{ content: [json] }", PICTURE, PICTURE),
        ("{ n: int }", said('{"n": 3}'), {"n": 3}),
        ("[int]", said("[1, 2]"), [1, 2]),
        ("int", said("5"), 5),
    ],
)
def test_the_declared_type_says_what_is_taken(declared: str, answer: dict[str, Any], value: Any) -> None:
    assert value_of(answer, type_of(declared), {}) == value


def test_nothing_is_taken_where_nothing_is_declared() -> None:
    assert value_of(said("a"), None, {}) is None


@pytest.mark.parametrize(
    ("declared", "answer", "words"),
    [
        ("text", PICTURE, "no text, but image; declare `{ content: [json] }`"),
        ("{ n: int }", said("three"), "the text of the answer is no JSON"),
    ],
)
def test_what_has_not_the_form_is_told(declared: str, answer: dict[str, Any], words: str) -> None:
    with pytest.raises(Misfit) as caught:
        value_of(answer, type_of(declared), {})
    assert words in str(caught.value)
