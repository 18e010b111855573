"""Credentials in what a server says: some repeat what they were sent, and none is to stand in a history.

A server that writes JSON may write a credential in other signs than it was sent (`\\/`, `\\u002B`), or in another
charset. So what is read of an answer is looked through once it is read, and what is told of one that is not read, for
the spellings that are known.
"""

import json
import re
from collections.abc import Iterable
from typing import Any

from dsl.expressions import values

STARS = "***"
_SHORTEST = 6
_PLAIN = re.compile(r"[A-Za-z0-9 _~]")


class Hidden:
    """`headers` are the values of those that hold a credential; with what stands before a blank (`Bearer`), and
    without.
    """

    def __init__(self, headers: Iterable[str]) -> None:
        found = {text for value in headers for text in (value, value.rpartition(" ")[2]) if len(text) >= _SHORTEST}
        self._texts = sorted(found, key=len, reverse=True)
        self._spelled = [re.compile(_spellings(text).encode(), re.IGNORECASE) for text in self._texts]

    def in_bytes(self, body: bytes) -> bytes:
        for pattern in self._spelled:
            body = pattern.sub(STARS.encode(), body)
        return body

    def in_text(self, text: str) -> str:
        for each in self._texts:
            text = text.replace(each, STARS)
        return text

    def in_value(self, value: Any) -> Any:
        """In all texts, and in the names of fields."""
        if not self._texts:
            return value
        return _named(values.replaced(value, str, self.in_text), self.in_text)


def _named(value: Any, hide: Any) -> Any:
    if type(value) is list:
        return [_named(item, hide) for item in value]
    if type(value) is dict:
        return {hide(name): _named(item, hide) for name, item in value.items()}
    return value


def _spellings(text: str) -> str:
    """Each sign as it is, or as some write it in JSON."""
    return "".join(sign if _PLAIN.fullmatch(sign) else _spelled(sign) for sign in text)


def _spelled(sign: str) -> str:
    in_json = json.dumps(sign, ensure_ascii=False)[1:-1]
    forms = {re.escape(sign), re.escape(in_json), re.escape(f"\\{sign}"), f"\\\\u{ord(sign):04x}"}
    return f"(?:{'|'.join(sorted(forms, key=len, reverse=True))})"
