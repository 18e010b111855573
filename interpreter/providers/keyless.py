"""What models say, without the key with which they were asked: a server may have told it to them, or speak for them."""

from dataclasses import replace

from interpreter.boundary.payloads import ChatResult
from interpreter.providers.access import Access
from interpreter.providers.provider import Heard

LONGEST_NAME = 200
"""Characters of the name that a server gives a model."""


def keyless(result: ChatResult, access: Access) -> ChatResult:
    without = access.without_key_in_it
    return replace(
        result,
        output=without(result.output) if type(result.output) is str else result.output,
        text=None if result.text is None else without(result.text),
        response_model=access.without_key(result.response_model)[:LONGEST_NAME],
        calls=[
            replace(call, id=without(call.id), name=without(call.name), arguments=without(call.arguments))
            for call in result.calls
        ],
    )


class Keyless:
    """Passes on what is heard of an answer, and keeps what may be the beginning of the key until more is known."""

    def __init__(self, access: Access, heard: Heard) -> None:
        self._access = access
        self._heard = heard
        self._kept = ""

    def __call__(self, piece: str) -> None:
        text = self._access.without_key_in_it(self._kept + piece)
        told = len(text) - self._access.begins_key(text)
        self._kept = text[told:]
        if told:
            self._heard(text[:told])
