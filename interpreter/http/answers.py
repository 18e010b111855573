"""What a server answers, as the type that the tool declares.

- Nothing, where nothing is declared; null, where it may be null and the answer is empty.
- `text` is the text as it stands, of any content that is text.
- Any other type is read from JSON, and the server has to say that it is JSON, or say nothing.
"""

import codecs
import re
from collections.abc import Mapping
from typing import Any

from dsl.ast.types import NamedType, OptionalType, Type
from dsl.expressions.json_reading import exact
from dsl.values.structure import Types, resolve
from interpreter.http.errors import UnfitAnswer
from interpreter.http.sending import Answer

_TEXTS = ("text/", "application/json", "application/xml", "application/javascript", "application/x-ndjson")
_CHARSETS = ("ascii", "utf-8", "utf-16", "utf-32", "iso", "cp", "koi8", "big5", "gb", "euc", "shift_jis", "mac", "tis")
"""How the names of those begin that servers use. Python knows others that are no charsets, and one of which takes time
as the square of the length.
"""
_CHARSET = re.compile(r"""charset\s*=\s*["']?([A-Za-z0-9._-]+)""", re.IGNORECASE)
_LINK = re.compile(r"<([^<>]*)>([^<]*)")
_NEXT = re.compile(r"""(?:^|;)\s*rel\s*=\s*(?:"[^"]*\bnext\b[^"]*"|next\b)""", re.IGNORECASE)


def value_of(answer: Answer, returns: Type | None, types: Types) -> Any:
    """Raises `UnfitAnswer`."""
    if returns is None:
        return None
    form, may_be_null = returns, False
    while isinstance(form := resolve(form, types), OptionalType):
        form, may_be_null = form.item, True
    if may_be_null and not answer.body.strip():
        return None
    if isinstance(form, NamedType) and form.name == "text":
        return text_of(answer)
    return json_of(answer)


def json_of(answer: Answer) -> Any:
    """Raises `UnfitAnswer`."""
    if not answer.body.strip():
        raise UnfitAnswer(f"it is empty (status {answer.status})")
    kind = _content(answer)
    if kind and not (kind.endswith(("/json", "+json")) or kind == "text/plain"):
        raise UnfitAnswer(f"it is {kind}, and no JSON: {beginning(answer)}")
    try:
        return exact(text_of(answer))
    except (ValueError, RecursionError) as error:
        raise UnfitAnswer(f"it is no JSON: {error}") from None


def text_of(answer: Answer) -> str:
    """Raises `UnfitAnswer`."""
    kind = _content(answer)
    if kind and not (kind.startswith(_TEXTS) or kind.endswith(("+json", "+xml"))):
        raise UnfitAnswer(f"it is {kind}, and no text")
    if answer.headers.get("content-encoding", "identity").lower() != "identity":
        raise UnfitAnswer(f"it is encoded as {answer.headers['content-encoding']}, which nobody asked for")
    found = _CHARSET.search(answer.headers.get("content-type", ""))
    charset = found[1] if found is not None else "utf-8"
    try:
        if not codecs.lookup(charset).name.startswith(_CHARSETS):
            raise LookupError(charset)
        return answer.body.decode(charset).removeprefix("\ufeff")
    except LookupError:
        raise UnfitAnswer(f"nobody knows its charset `{charset}`") from None
    except (UnicodeDecodeError, ValueError):
        raise UnfitAnswer(f"it is no text in {charset}, as it says of itself") from None


def beginning(answer: Answer, longest: int = 300) -> str:
    """Of what it says, for a message."""
    text = answer.body[: longest * 4].decode("utf-8", "replace")
    return " ".join(text.split())[:longest]


def link_of(headers: Mapping[str, str]) -> str | None:
    """The address of the next page, where a header names it."""
    for address, parameters in _LINK.findall(headers.get("link", "")):
        if _NEXT.search(parameters):
            return str(address)
    return None


def _content(answer: Answer) -> str:
    return answer.headers.get("content-type", "").partition(";")[0].strip().lower()
