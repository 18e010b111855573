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
    model thought. `heard` is told each piece of the text.
    """

    texts: list[str] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    finish: str = ""
    model: str = ""
    usage: ChatUsage | None = None
    reasoned: bool = False
    calls: dict[int, Called] = field(default_factory=dict)
    complete: bool = False
    length: int = 0
    heard: Heard | None = None

    @property
    def text(self) -> str:
        return "".join(self.texts)

    def take(self, part: Any) -> None:
        """One event of a stream, or a whole body."""
        part = in_a_list(part)
        if type(part) is not dict:
            raise Damaged(f"a piece of the answer is no object but {_short(json.dumps(part))}")
        if part.get("error") or str(part.get("object")).lower() == "error":
            raise ToldError(part.get("error") or part, begun=bool(self.length))
        if type(part.get("model")) is str:
            self.model = part["model"] or self.model
        if type(part.get("usage")) is dict:
            self.usage = told_usage(part["usage"])
        for choice in _objects(part.get("choices")):
            self._choice(choice)

    def _choice(self, choice: dict[str, Any]) -> None:
        if choice.get("index") not in (0, None):
            return
        if choice.get("error"):
            raise ToldError(choice["error"], begun=bool(self.length))
        if type(choice.get("finish_reason")) is str:
            self.finish = choice["finish_reason"] or self.finish
        for said in _objects([choice.get("delta"), choice.get("message")]):
            self._said(said.get("content"))
            if type(said.get("refusal")) is str:
                self.refusals.append(said["refusal"])
            self.reasoned = self.reasoned or bool(said.get("reasoning_content") or said.get("reasoning"))
            self.length += take_calls(self.calls, said)

    def _said(self, content: Any) -> None:
        """A text, or a list of parts of which some are texts and others what the model thought."""
        for part in content if type(content) is list else [content]:
            kind = part.get("type") if type(part) is dict else None
            self.reasoned = self.reasoned or kind in ("thinking", "reasoning")
            text = part.get("text") if kind in ("text", "output_text") else part
            if type(text) is str:
                self.texts.append(text)
                self.length += len(text)
                if self.heard is not None:
                    self.heard(text)
        if self.length > LONGEST_ANSWER:
            raise Damaged(f"the answer has more than {LONGEST_ANSWER:,} characters")


async def read(pieces: AsyncIterator[bytes], answer: Answer | None = None) -> Answer:
    """The answer in the body of a response, by way of an empty `answer`. Raises `Damaged` and `ToldError`, and what
    the connection breaks off with, unless the answer was complete by then.
    """
    answer, whole = Answer() if answer is None else answer, list[str]()
    try:
        await _read(pieces, answer, whole)
    except (Damaged, ToldError):
        raise
    except Exception:
        if not answer.finish:
            raise
    if any(whole):
        _whole(answer, "\n".join(whole))
    return answer


async def _read(pieces: AsyncIterator[bytes], answer: Answer, whole: list[str]) -> None:
    data: list[str] = []
    async for line in _lines(pieces):
        if whole or (not data and line.lstrip("\ufeff \t")[:1] in _NO_FIELD):
            whole.append(line)
        elif line.startswith("data:"):
            data.append(line[5:].strip())
        elif not line:
            _event(answer, data)
        if answer.complete:
            return
    if any(data):
        _event(answer, data)


_NO_FIELD = frozenset("{[<")
"""How no line of a stream begins."""


def _event(answer: Answer, data: list[str]) -> None:
    text = "\n".join(data)
    data.clear()
    if text == "[DONE]":
        answer.complete = True
    elif text:
        answer.take(_json(text, "a piece of the answer is damaged"))


def _whole(answer: Answer, text: str) -> None:
    text = text.strip("\ufeff \t\n")
    if text.startswith("<"):
        raise Damaged(f"a page came in the place of an answer: {_short(text)}", page=True)
    answer.take(_json(text, "the answer is damaged"))
    answer.complete = True


def _json(text: str, problem: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Damaged(f"{problem} ({error})") from error


async def _lines(pieces: AsyncIterator[bytes]) -> AsyncIterator[str]:
    """Lines as streams have them; what else Python takes for the end of one may stand in a text."""
    rest = b""
    async for piece in pieces:
        *lines, rest = (rest + piece).split(b"\n")
        for line in lines:
            yield _decoded(line)
        if len(rest) > 4 * LONGEST_ANSWER:
            raise Damaged("the answer has a line without an end")
    yield _decoded(rest)


def _decoded(line: bytes) -> str:
    try:
        return line.rstrip(b"\r").decode()
    except UnicodeDecodeError as error:
        raise Damaged(f"a piece of the answer is damaged ({error})") from error


def in_a_list(part: Any) -> Any:
    """What some put into a list of one, as they do with errors."""
    return part[0] if type(part) is list and len(part) == 1 else part


def _objects(parts: Any) -> list[dict[str, Any]]:
    return [part for part in parts if type(part) is dict] if type(parts) is list else []


def _short(text: str) -> str:
    one_line = " ".join(text.split())
    return one_line if len(one_line) <= 80 else one_line[:79] + "…"
