"""What a model that was told of its tools in words has answered: a call of one, or an answer."""

from dataclasses import replace
from typing import Any

from dsl.expressions.json_writing import exact_text
from interpreter.boundary.payloads import ChatRequest, ChatResult
from interpreter.boundary.talk import AskedCall
from interpreter.core.model_answers import read
from interpreter.providers.tools_in_words import ANSWER, CALL


def taken_apart(request: ChatRequest, result: ChatResult) -> ChatResult:
    """`result` with the call that it is, or the answer that it holds; as it is where it is neither."""
    said = result.text if result.text is not None else result.output
    found = read(said).value if type(said) is str else None
    if type(found) is not dict or len(found) != 1:
        return result
    call: Any = found.get(CALL)
    if type(call) is dict and type(call.get("name")) is str:
        number = len(request.talk.messages) if request.talk is not None else 0
        asked = AskedCall(f"call-{number}", call["name"], exact_text(call.get("arguments") or {}))
        return replace(result, output=None, text=None, calls=[asked])
    if ANSWER not in found:
        return result
    answer: Any = found[ANSWER]
    if request.schema_text is None:
        return replace(result, output=answer if type(answer) is str else exact_text(answer))
    return replace(result, text=exact_text(answer))
