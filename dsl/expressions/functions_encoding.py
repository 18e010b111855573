"""Built-in functions that write texts in other signs. All of them are of the text's UTF-8."""

import base64
import binascii
import hashlib
from typing import Any

from dsl.expressions.context import Evaluation
from dsl.expressions.errors import EvaluationError
from dsl.expressions.functions_text import text_of

_PLAIN = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_SIGNS = tuple(chr(byte) if byte in _PLAIN else f"%{byte:02X}" for byte in range(256))


def encoded(text: str) -> str:
    """As one value of an address: no sign of an address is left in it."""
    return "".join([_SIGNS[byte] for byte in text.encode()])


def to_base64(evaluation: Evaluation, value: Any) -> str:
    text = evaluation.searched(text_of(value, "base64"))
    return evaluation.produced(base64.b64encode(text.encode()).decode())


def from_base64(evaluation: Evaluation, value: Any) -> str:
    text = evaluation.searched(text_of(value, "from_base64"))
    try:
        return evaluation.produced(base64.b64decode(text, validate=True).decode())
    except (binascii.Error, ValueError):
        raise EvaluationError("InvalidArgument", "this is not the base64 of a text") from None


def url_encode(evaluation: Evaluation, value: Any) -> str:
    text = text_of(value, "url_encode")
    evaluation.charge(len(text) >> 2)
    return evaluation.produced(encoded(text))


def sha256(evaluation: Evaluation, value: Any) -> str:
    """In 64 small hexadecimal digits."""
    text = evaluation.searched(text_of(value, "sha256"))
    evaluation.charge(10)
    return hashlib.sha256(text.encode()).hexdigest()
