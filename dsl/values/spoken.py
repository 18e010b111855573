"""Conversations that come from outside, and those that are one already.

Who sends one to a run writes a list of messages, `[{ role: "user", text: … }]`. Within a run it is the record of
`conversations.py`, and the input of a called flow comes as that. What is kept in the store stands there under a
reference, and data never becomes one: so nobody outside can claim messages that they do not write out. Whatever is
written out is looked at, and measured anew: a size that is too small would let a request cost more than was reserved.
What is converted out of `json` is a list of messages only: a large field of what a tool gave stands under a reference
too, and its content is the tool's.

What a bound leaves out is what is oldest. What a tool answered to a call that was left out goes with it, as far as can
be seen here: whoever reads the rest from the store leaves out the same at the beginning.
"""

from collections.abc import Callable
from typing import Any, cast

from dsl.ast.types import (
    ConversationType,
    Field,
    ListType,
    LiteralType,
    NamedType,
    OptionalType,
    RecordType,
    Type,
    UnionType,
)
from dsl.expressions.values import File, Reference, Value
from dsl.values.checking import Checking
from dsl.values.conversations import (
    EMPTY,
    Conversation,
    Message,
    conversation,
    head_of,
    mark_of,
    sizes_of,
    tail_of,
    text_of,
    with_messages,
)
from dsl.values.problems import Place, inside

MESSAGE = RecordType(
    (
        Field("role", UnionType((LiteralType("user"), LiteralType("assistant")))),
        Field("text", NamedType("text")),
        Field("files", OptionalType(ListType(NamedType("file")))),
    )
)
"""What may be written out."""

_FIELDS = {
    "user": {"text", "value", "files"},
    "assistant": {"text", "value", "calls"},
    "tool": {"text", "value", "call"},
}
_CALL = {"id", "name", "arguments"}

Validate = Callable[[Any, Type, Place | None, Checking], Any]


def checked(value: Any, type_: ConversationType, place: Place | None, checking: Checking, validate: Validate) -> Any:
    """`value` as a conversation. `validate` is what judges the parts of it."""
    talk = _written(value, place, checking, validate) if type(value) is list else _given(value, place, checking)
    if talk is None or type_.at_most is None or len(sizes_of(talk)) <= type_.at_most:
        return talk
    if not checking.bounded:
        return ending(talk, type_.at_most)
    return checking.problem(place, f"at most {type_.at_most} messages are allowed, not {len(sizes_of(talk))}")


def _written(value: list[Any], place: Place | None, checking: Checking, validate: Validate) -> Conversation | None:
    found = len(checking.problems)
    messages = [validate(each, MESSAGE, inside(place, at), checking) for at, each in enumerate(value)]
    if len(checking.problems) > found:
        return None
    if any(type(each) is Reference for each in messages):
        checking.unfit(place, "messages that are written out", value)
        return None
    for at, each in enumerate(messages):
        if each["files"] and each["role"] != "user":
            checking.problem(inside(inside(place, at), "files"), "only a user's message has files")
            return None
    return with_messages(EMPTY, [_message(each["role"], each["text"], each["files"]) for each in messages])


def _message(role: str, text: Value, files: list[Value] | None) -> Message:
    """A text that lies elsewhere is the value of its message."""
    message: Message = {"role": role, "value" if type(text) is Reference else "text": text}
    return message | {"files": files} if files else message


def _given(value: Any, place: Place | None, checking: Checking) -> Conversation | None:
    if is_conversation(value) and not checking.received:
        tail, sizes = value["tail"], value["sizes"]
        return conversation(value["head"], tail, [*sizes[: len(sizes) - len(tail)], *map(mark_of, tail)])
    checking.unfit(place, 'a list of messages such as { role: "user", text: "…" }', value)
    return None


def is_conversation(value: Any) -> bool:
    """Whether this is a conversation as a run has it."""
    if type(value) is not dict or value.keys() != {"head", "tail", "sizes"}:
        return False
    head, tail, sizes = value["head"], value["tail"], value["sizes"]
    if type(tail) is not list or type(sizes) is not list or not all(type(size) is int for size in sizes):
        return False
    if not all(map(_is_message, tail)) or len(sizes) < len(tail):
        return False
    if any((size < 0) != (message["role"] == "tool") for size, message in zip(sizes[::-1], tail[::-1], strict=False)):
        return False
    return type(head) is Reference or (head is None and len(sizes) == len(tail))


def _is_message(message: Any) -> bool:
    if type(message) is not dict:
        return False
    role = message.get("role")
    known = _FIELDS.get(role) if type(role) is str else None
    if known is None or not message.keys() <= {"role", *known}:
        return False
    texts, calls = (message.get("text", ""), message.get("call", "")), message.get("calls", [])
    files = message.get("files", [])
    if type(files) is not list or not all(type(each) is File for each in files):
        return False
    return all(type(text) is str for text in texts) and type(calls) is list and all(map(_is_call, calls))


def _is_call(call: Any) -> bool:
    return type(call) is dict and call.keys() == _CALL and all(type(text) is str for text in call.values())


def ending(talk: Conversation, count: int) -> Conversation:
    """The last `count` messages at most, without what tools answered at their beginning: the calls that they answer are
    not there any more. Of what is kept elsewhere, the sizes say what that is.
    """
    sizes, tail = sizes_of(talk), tail_of(talk)
    if len(sizes) <= count:
        return talk
    begins = next((at for at in range(len(sizes) - count, len(sizes)) if sizes[at] > 0), len(sizes))
    left = sizes[begins:]
    if len(left) > len(tail):
        return conversation(head_of(talk), tail, left)
    return conversation(None, tail[len(tail) - len(left) :], left)


def without_answers(messages: list[Message]) -> list[Message]:
    """Without what tools answered at the beginning: the calls that they answer are not there any more."""
    first = next((at for at, message in enumerate(messages) if message["role"] != "tool"), len(messages))
    return messages[first:]


def beginning(before: list[Message], messages: list[Message]) -> list[Message]:
    """`before`, which the user says, and then the rest, as one message where that goes on with the user: some models
    take no two of one role in a row. All have a text."""
    if not before:
        return messages
    first = [*before, *messages[:1]] if messages and messages[0]["role"] == "user" else before
    text = "\n\n".join(str(message["text"]) for message in first)
    files = [file for message in first for file in cast("list[Value]", message.get("files") or [])]
    said: Message = {"role": "user", "text": text}
    return [said | {"files": files} if files else said, *messages[len(first) - len(before) :]]


def opened(value: Any, content: Callable[[Reference], Any]) -> Any:
    """As `substitute`, but conversations stay as they are."""
    kind = type(value)
    if kind is Reference:
        return content(value)
    if kind is list:
        return [opened(item, content) for item in value]
    if kind is not dict or is_conversation(value):
        return value
    return {name: opened(item, content) for name, item in value.items()}


def readable(message: Message, content: Callable[[Value], Value]) -> dict[str, Value]:
    """A message as people read it: who says what, and which calls it asks for or answers. `content` gives a value
    without references."""
    text = message.get("text") if "value" not in message else text_of(content(message["value"]))
    others = {name: part for name, part in message.items() if name not in ("role", "text", "value")}
    return {"role": message["role"], "text": text or "", **others}
