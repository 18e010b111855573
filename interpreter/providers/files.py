"""Files as a model is shown them: as parts of a message, in the form of a chat.

Images go as images, texts as text after their name, which any model reads; anything else goes as a file, which the
server takes or refuses. Where it is known what a model takes, what it does not take is refused here, before anybody is
asked.
"""

import base64
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from interpreter.boundary.failures import INVALID_REQUEST
from interpreter.boundary.payloads import JSON, ChatRequest
from interpreter.providers.provider import ProviderFailure

Part = dict[str, Any]

_TEXTS = ("application/json", "application/xml", "application/yaml", "application/x-ndjson")


def is_text(media_type: str) -> bool:
    return media_type.startswith("text/") or media_type in _TEXTS or media_type.endswith(("+json", "+xml"))


def said_with(text: str, files: list[JSON] | None) -> str | list[Part]:
    """What a user's message says: a text, and files after it."""
    return text if not files else [{"type": "text", "text": text}, *map(_part, files)]


def merged(before: str | list[Part], after: str | list[Part]) -> str | list[Part]:
    """What one side says in a row."""
    if type(before) is str and type(after) is str:
        return f"{before}\n\n{after}"
    return [*_parts(before), *_parts(after)]


Takes = Callable[[str], tuple[str, ...] | None]
"""The media types that a model is known to take; None where nobody knows."""


def refuse_what_it_does_not_take(request: ChatRequest, takes: Takes) -> None:
    """Raises `ProviderFailure` for a file of a media type that the model is known not to take."""
    taken = takes(request.model)
    if taken is None:
        return
    for file in _shown(request):
        media_type = file["media_type"]
        if not is_text(media_type) and not any(media_type.startswith(each.removesuffix("*")) for each in taken):
            message = f"{request.model} takes no {media_type}, and {file['name']} is that"
            raise ProviderFailure(INVALID_REQUEST, message, charge="none")


def by_hash(request: ChatRequest) -> ChatRequest:
    """The request with the hash of each file in the place of what is in it: for who only tells it from others."""
    talk = request.talk
    if talk is not None:
        talk = replace(talk, messages=[_hashed(message) for message in talk.messages])
    return replace(request, talk=talk, files=list(map(_named, request.files)))


def _hashed(message: JSON) -> JSON:
    return message | {"files": list(map(_named, message["files"]))} if message.get("files") else message


def _named(file: JSON) -> JSON:
    if "sha256" not in file:
        return file
    told = f"sha256:{file['sha256']}"
    return file | {"data": base64.b64encode(told.encode()).decode() if is_text(file["media_type"]) else told}


def _shown(request: ChatRequest) -> list[JSON]:
    messages = request.talk.messages if request.talk is not None else []
    return [*request.files, *(file for message in messages for file in message.get("files") or [])]


def _part(file: JSON) -> Part:
    name, media_type, data = file["name"], file["media_type"], file["data"]
    if is_text(media_type):
        written = base64.b64decode(data).decode(errors="replace")
        return {"type": "text", "text": f"{name}:\n{written}"}
    address = f"data:{media_type};base64,{data}"
    if media_type.startswith("image/"):
        return {"type": "image_url", "image_url": {"url": address}}
    return {"type": "file", "file": {"filename": name, "file_data": address}}


def _parts(said: str | list[Part]) -> list[Part]:
    return said if type(said) is list else [{"type": "text", "text": said}]
