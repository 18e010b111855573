"""What a server sends as an answer, read as it comes: a stream of events, or one whole body although a stream was
asked for.

Nothing here is believed to be of a type: servers that speak this API leave out, null and rename what they like. A
stream is complete when it says why it ended, or says `[DONE]`; one that just stops has broken off.
"""

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from interpreter.boundary.payloads import ChatUsage
from interpreter.providers.openai_calls import Called, take_calls
from interpreter.providers.openai_usage import told_usage
from interpreter.providers.provider import Heard

LONGEST_ANSWER = 1_500_000
"""Characters of an answer, and of a line: more than any model gives, and as much as a history takes."""


class Damaged(Exception):
    """What came cannot be read; `page`: it is a page for people, so nobody there speaks this API."""

    def __init__(self, message: str, *, page: bool = False) -> None:
        super().__init__(message)
        self.page = page


class TooLong(Damaged):
    """No model gives so much."""


class ToldError(Exception):
    """An error that came in the place of an answer, after the server had said 200; or, where that had `begun`, of the
    rest of one.
    """

    def __init__(self, error: Any, *, begun: bool) -> None:
        super().__init__("an error in the place of an answer")
        self.begun = begun
        self.error: Mapping[str, Any] = error if type(error) is dict else {"message": str(error)}


@dataclass
class Answer:
    """What has come of an answer so far. `complete`: the server said that this is all; `reasoned`: it has told what the
    model thought, which had `thought` bytes. `in_pieces`: it came so, and what some tell again at the end is no more
    of it. `heard` is told each piece of the text.
    """

    texts: list[str] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    finish: str = ""
    model: str = ""
    usage: ChatUsage | None = None
    reasoned: bool = False
    thought: int = 0
    calls: dict[int, Called] = field(default_factory=dict)
    complete: bool = False
    length: int = 0
    in_pieces: bool = False
    heard: Heard | None = None

    @property
    def text(self) -> str:
        return whole_characters("".join(self.texts))

    @property
    def refusal(self) -> str:
        return whole_characters("".join(self.refusals))

    def take(self, part: Any) -> None:
        """One event of a stream, or a whole body."""
        part = in_a_list(part)
        if type(part) is not dict:
            raise Damaged(f"a piece of the answer is no object but {_short(json.dumps(part))}")
        if part.get("error") or str(part.get("object")).lower() == "error":
            raise ToldError(part.get("error") or part, begun=bool(self.length))
        if type(part.get("model")) is str:
            self.model = part["model"] or self.model
        self._counted(part)
        for choice in _objects(part.get("choices")):
            self._choice(choice)

    def _counted(self, part: dict[str, Any]) -> None:
        """What is told of the tokens, wherever it stands; what cannot be true takes the place of nothing."""
        for report in _objects([part.get("usage"), *(each.get("usage") for each in _objects([part.get("x_groq")]))]):
            self.usage = told_usage(report) or self.usage

    def _choice(self, choice: dict[str, Any]) -> None:
        if choice.get("index") not in (0, None, "0"):
            return
        self._counted(choice)
        if choice.get("error"):
            raise ToldError(choice["error"], begun=bool(self.length))
        if type(choice.get("finish_reason")) is str:
            self.finish = choice["finish_reason"] or self.finish
        for delta in _objects([choice.get("delta")]):
            self._message(delta)
            self.in_pieces = bool(self.in_pieces or self.length)
        for message in _objects([choice.get("message")]):
            if not self.in_pieces:
                self._message(message)

    def _message(self, message: dict[str, Any]) -> None:
        self._said(message.get("content"))
        if type(message.get("refusal")) is str:
            self.refusals.append(message["refusal"])
            self.length += len(message["refusal"])
        self._thought(message.get("reasoning_content") or message.get("reasoning"))
        self.length += take_calls(self.calls, message)
        if self.length > LONGEST_ANSWER:
            raise TooLong(f"the answer has more than {LONGEST_ANSWER:,} characters")

    def _said(self, content: Any) -> None:
        """A text, or a list of parts of which some are texts and others what the model thought; or an object that a
        server has read from the text.
        """
        for part in content if type(content) is list else [content]:
            kind = part.get("type") if type(part) is dict else None
            if kind in ("thinking", "reasoning"):
                self._thought(part)
            text = part
            if type(part) is dict and part and kind in (None, "text", "output_text"):
                text = part.get("text") if kind or "text" in part else json.dumps(part, ensure_ascii=False)
            if type(text) is str:
                self.texts.append(text)
                self.length += len(text)
                if self.heard is not None:
                    self.heard(whole_characters(text))

    def _thought(self, told: Any) -> None:
        if told:
            self.reasoned = True
            self.thought += len(json.dumps(told, ensure_ascii=True))


async def read(pieces: AsyncIterator[bytes], answer: Answer | None = None) -> Answer:
    """The answer in the body of a response, by way of an empty `answer`. Raises `Damaged` and `ToldError`, and what
    the connection breaks off with, unless the answer was complete by then.
    """
    answer = Answer() if answer is None else answer
    reading = _Reading(answer)
    try:
        async for line in lines(pieces):
            reading.line(line)
            if answer.complete:
                return answer
        reading.over()
    except TooLong:
        raise
    except Exception:
        if not answer.finish:
            raise
    return answer


@dataclass
class _Reading:
    """What of the lines has come to nothing yet: the `data` of an event with this `name`, or the `whole` of a body that
    is no stream. `begun`: it is one.
    """

    answer: Answer
    data: list[str] = field(default_factory=list)
    name: str = ""
    whole: list[str] = field(default_factory=list)
    begun: bool = False
    size: int = 0

    def line(self, line: str) -> None:
        field_, colon, value = line.partition(":")
        if not line.strip() and not self.whole:
            self._event()
        elif not self.begun and (self.whole or not (colon and field_ in _FIELDS)):
            self._grow(self.whole, line)
        elif field_ == "data":
            self.begun = True
            self._grow(self.data, value.strip())
        else:
            self.begun = True
            self.name = value.strip() if field_ == "event" else self.name

    def over(self) -> None:
        self._event()
        if any(self.whole):
            _take_whole(self.answer, "\n".join(self.whole))

    def _grow(self, lines: list[str], line: str) -> None:
        self.size += len(line)
        if self.size > 4 * LONGEST_ANSWER:
            raise TooLong("the answer has an event or a body without an end")
        lines.append(line)

    def _event(self) -> None:
        """Where each line of it is an event by itself, they stand without an empty line between them."""
        data, name = [text for text in self.data if text], self.name
        self.data, self.name, self.size = [], "", 0
        alone = all((text[:1] == "{" and text[-1:] == "}") or text in _DONE for text in data)
        for text in data if alone else ["\n".join(data)]:
            if text in _DONE:
                self.answer.complete = True
            elif name == "error" and text:
                raise ToldError(_in_words(text), begun=bool(self.answer.length))
            elif text and not self.answer.complete:
                part = _json(text, "a piece of the answer is damaged")
                if type(in_a_list(part)) is dict:
                    self.answer.take(part)


_FIELDS = frozenset({"", "data", "event", "id", "retry"})
"""With which lines of a stream begin; that of a comment is empty."""
_DONE = frozenset({"[DONE]", '"[DONE]"'})


def _take_whole(answer: Answer, text: str) -> None:
    text = text.strip()
    if text[:1] not in ("{", "["):
        raise Damaged(f"a page came in the place of an answer: {_short(text)}", page=True)
    body = in_a_list(_json(text, "the answer is damaged"))
    if type(body) is dict and not body.keys() & _OF_ANSWERS:
        raise ToldError(body, begun=False)
    answer.take(body)
    answer.complete = True


_OF_ANSWERS = frozenset({"choices", "error", "output", "object"})
"""A body with none of these is no answer: some tell errors so."""


def _in_words(text: str) -> Any:
    """What an event tells that is called an error."""
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        return text
    inner = told.get("error") if type(told) is dict else None
    return inner or told


def _json(text: str, problem: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Damaged(f"{problem} ({error})") from error


async def lines(pieces: AsyncIterator[bytes]) -> AsyncIterator[str]:
    """Lines as streams have them; what else Python takes for the end of one may stand in a text."""
    rest: list[bytes] = []
    size, first, half = 0, True, False
    async for each in pieces:
        piece = each[1:] if half and each[:1] == b"\n" else each
        half = each[-1:] == b"\r"
        *ended, last = piece.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
        for line in ended:
            yield _decoded(b"".join([*rest, line]), first=first)
            rest, size, first = [], 0, False
        if last:
            rest.append(last)
            size += len(last)
        if size > 4 * LONGEST_ANSWER:
            raise TooLong("the answer has a line without an end")
    yield _decoded(b"".join(rest), first=first)


def _decoded(line: bytes, *, first: bool) -> str:
    try:
        text = line.decode()
    except UnicodeDecodeError as error:
        raise Damaged(f"a piece of the answer is damaged ({error})") from error
    return text.removeprefix("\ufeff") if first else text


def whole_characters(text: str) -> str:
    """Some tell a character in two halves, one after the other; half of one alone can be written nowhere."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def in_a_list(part: Any) -> Any:
    """What some put into a list of one, as they do with errors."""
    return part[0] if type(part) is list and len(part) == 1 else part


def _objects(parts: Any) -> list[dict[str, Any]]:
    return [part for part in parts if type(part) is dict] if type(parts) is list else []


def _short(text: str) -> str:
    one_line = " ".join(text.split())
    return one_line if len(one_line) <= 80 else one_line[:79] + "…"
