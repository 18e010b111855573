"""Files of a message, in the forms of both APIs; what a model does not take; and what a cassette knows of them."""

import base64
from typing import Any

import pytest

from dsl.models.configured import TABLE
from interpreter.boundary.failures import INVALID_REQUEST
from interpreter.boundary.payloads import ChatRequest
from interpreter.boundary.talk import Talk
from interpreter.providers.files import by_hash, is_text, merged, refuse_what_it_does_not_take, said_with
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


@pytest.mark.parametrize(
    ("media_type", "text"),
    [
        ("text/csv", True),
        ("application/json", True),
        ("application/xml", True),
        ("application/yaml", True),
        ("application/x-ndjson", True),
        ("application/ld+json", True),
        ("image/svg+xml", True),
        ("application/pdf", False),
        ("image/png", False),
        ("application/text", False),
    ],
)
def test_what_any_model_reads(media_type: str, text: bool) -> None:
    assert is_text(media_type) is text
    with_it = request(file("a", media_type))
    if text:
        refuse_what_it_does_not_take(with_it, lambda _: ())
        return
    with pytest.raises(ProviderFailure) as caught:
        refuse_what_it_does_not_take(with_it, lambda _: ())
    assert caught.value.message == f"gpt-4o takes no {media_type}, and a is that"


@pytest.mark.parametrize(
    ("taken", "takes"),
    [
        (("image/*",), True),
        (("image/png",), True),
        (("audio/*", "image/*"), True),
        (("image/jpeg",), False),
        (("audio/*",), False),
        (None, True),
    ],
)
def test_what_a_model_is_known_to_take(taken: tuple[str, ...] | None, takes: bool) -> None:
    talk = Talk(
        messages=[{"role": "user", "text": "x", "files": [NOTE]}, {"role": "user", "text": "x", "files": [IMAGE]}]
    )
    for asked in request(NOTE, IMAGE), request(), ChatRequest("a", "m", "", talk=talk):
        if takes or not (asked.files or asked.talk):
            refuse_what_it_does_not_take(asked, lambda _: taken)
        else:
            with pytest.raises(ProviderFailure):
                refuse_what_it_does_not_take(asked, lambda _: taken)


def test_what_is_said_in_a_row_is_joined_as_it_is() -> None:
    part, other = {"type": "text", "text": "a"}, {"type": "text", "text": "b"}
    assert merged("a", "b") == "a\n\nb"
    assert merged([part], "b") == merged("a", [other]) == merged([part], [other]) == [part, other]
    assert said_with("a", None) == said_with("a", []) == "a"


def test_a_text_that_is_none_is_shown_as_far_as_it_is() -> None:
    (_, shown) = said_with("a", [file("b", "text/plain", b"x\xff")])
    assert shown == {"type": "text", "text": "b:\nx\ufffd"}


def test_what_is_in_a_file_is_told_by_its_hash_wherever_it_stands() -> None:
    bare = {name: part for name, part in IMAGE.items() if name != "sha256"}
    plain = {"role": "user", "text": "x"}
    talk = Talk(messages=[{**plain, "files": [IMAGE, bare]}, plain, {**plain, "files": []}])
    told = by_hash(ChatRequest("a", "m", "", talk=talk, files=[PAPER, NOTE]))
    assert told.talk is not None
    assert told.talk.messages == [
        {**plain, "files": [{**IMAGE, "data": "sha256:a.png hashed"}, bare]},
        plain,
        {**plain, "files": []},
    ]
    assert [each["data"] for each in told.files] == [
        "sha256:b.pdf hashed",
        base64.b64encode(b"sha256:c.csv hashed").decode(),
    ], "a text is read, so it stays one that can be"
    assert by_hash(request()) == request()
