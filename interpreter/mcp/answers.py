"""What a server answers, as the type that the flow declares. One rule, so that a declaration says what comes:

- `text` is the text of the answer: its parts of text, one below the other.
- Structured content is taken as it is, where the server gives any.
- `json`, and a record with a field `content` (of a resource: `contents`), is the whole answer: each part with its
  type, pictures and sounds as base64.
- Any other type is read from the text, which then is JSON.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from dsl.ast.types import NamedType, OptionalType, RecordType, Type
from dsl.values.structure import Types, resolve

JSON = Any


class Misfit(ValueError):
    """The answer has not the form that the declared type needs."""


def value_of(answer: Mapping[str, JSON], returns: Type | None, types: Types, parts: str = "content") -> JSON:
    """`parts` is where the parts of the answer stand: `content` of a tool, `contents` of a resource."""
    if returns is None:
        return None
    form = resolve(returns, types)
    while isinstance(form, OptionalType):
        form = resolve(form.item, types)
    if isinstance(form, NamedType) and form.name == "text":
        return text_of(answer, parts)
    if answer.get("structuredContent") is not None:
        return answer["structuredContent"]
    if _is_whole(form, parts):
        return {name: answer[name] for name in (parts,) if name in answer}
    try:
        return json.loads(text_of(answer, parts))
    except ValueError as error:
        raise Misfit(f"the text of the answer is no JSON: {error}") from None


def text_of(answer: Mapping[str, JSON], parts: str = "content") -> str:
    texts = [part["text"] for part in _parts(answer, parts) if isinstance(part.get("text"), str)]
    if not texts and _parts(answer, parts):
        kinds = sorted({str(part.get("type") or part.get("mimeType")) for part in _parts(answer, parts)})
        raise Misfit(f"the answer has no text, but {', '.join(kinds)}; declare `{{ {parts}: [json] }}` to get it")
    return "\n".join(texts)


def _parts(answer: Mapping[str, JSON], parts: str) -> Sequence[Mapping[str, JSON]]:
    found = answer.get(parts)
    return [part for part in found if isinstance(part, Mapping)] if isinstance(found, list) else []


def _is_whole(form: Type, parts: str) -> bool:
    if isinstance(form, NamedType):
        return form.name == "json"
    return isinstance(form, RecordType) and any(field.name == parts for field in form.fields)
