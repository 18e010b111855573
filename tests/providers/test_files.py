"""Files of a message, in the forms of both APIs; what a model does not take; and what a cassette knows of them."""

import base64
from typing import Any

import pytest

from dsl.models.configured import TABLE
from interpreter.boundary.failures import INVALID_REQUEST
from interpreter.boundary.payloads import ChatRequest
from interpreter.boundary.talk import Talk
from interpreter.providers.files import refuse_what_it_does_not_take
from interpreter.providers.openai_request import messages, parameters
from interpreter.providers.openai_responses import as_response
from interpreter.providers.provider import ProviderFailure
from interpreter.providers.recorded_calls import asked_of, key_of


def file(name: str, media_type: str, content: bytes = b"abc") -> dict[str, Any]:
    data = base64.b64encode(content).decode()
    return {"name": name, "media_type": media_type, "size": len(content), "sha256": f"{name} hashed", "data": data}


IMAGE, PAPER, NOTE = file("a.png", "image/png"), file("b.pdf", "application/pdf"), file("c.csv", "text/csv", b"1;2")


def request(*files: dict[str, Any], model: str = "gpt-4o") -> ChatRequest:
    return ChatRequest("reader", model, "Read a.png.", files=list(files))


def test_parts_of_a_chat() -> None:
    assert messages(request(IMAGE, PAPER, NOTE)) == [
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "Read a.png."},
                {"type": "image_url", "image_url": {"url": "data:image/png;base64,YWJj"}},
                {"type": "file", "file": {"filename": "b.pdf", "file_data": "data:application/pdf;base64,YWJj"}},
                {"type": "text", "text": "c.csv:\n1;2"},
            ],
        }
    ]


def test_parts_of_a_response() -> None:
    sent = as_response(parameters(request(IMAGE, PAPER, NOTE), "m"))
    assert sent["input"][0]["content"] == [
        {"type": "input_text", "text": "Read a.png."},
        {"type": "input_image", "image_url": "data:image/png;base64,YWJj"},
        {"type": "input_file", "filename": "b.pdf", "file_data": "data:application/pdf;base64,YWJj"},
        {"type": "input_text", "text": "c.csv:\n1;2"},
    ]


def test_what_a_user_says_in_a_row_is_one_message() -> None:
    talk = Talk(messages=[{"role": "user", "text": "See.", "files": [IMAGE]}, {"role": "user", "text": "Well?"}])
    (said,) = messages(ChatRequest("reader", "m", "", talk=talk))
    assert [part["type"] for part in said["content"]] == ["text", "image_url", "text"]


@pytest.mark.parametrize("files", [(IMAGE, PAPER, NOTE), (NOTE,)])
def test_what_is_taken(files: tuple[dict[str, Any], ...]) -> None:
    refuse_what_it_does_not_take(request(*files), TABLE.takes)
    refuse_what_it_does_not_take(request(*files, model="somebody's own"), TABLE.takes)


def test_what_is_not_taken_is_not_sent() -> None:
    talk = Talk(messages=[{"role": "user", "text": "See.", "files": [PAPER]}])
    for refused in (request(IMAGE, model="gpt-3.5-turbo"), ChatRequest("reader", "gpt-4-turbo", "", talk=talk)):
        with pytest.raises(ProviderFailure, match="takes no") as caught:
            refuse_what_it_does_not_take(refused, TABLE.takes)
        assert (caught.value.kind, caught.value.charge) == (INVALID_REQUEST, "none")


def test_a_cassette_has_the_hash_alone() -> None:
    one, other = request(IMAGE, NOTE), request({**IMAGE, "sha256": "another"}, NOTE)
    assert "YWJj" not in str(asked_of(one))
    assert "a.png hashed" in str(asked_of(one))
    assert key_of(asked_of(one)) != key_of(asked_of(other))
