"""What a run case says of conversations in a result: their messages, which both drivers keep in stores of their own."""

from collections.abc import Callable
from typing import Any

from dsl.expressions.values import substitute
from dsl.values import chunks
from dsl.values.conversations import Conversation, Message, head_of, sizes_of, tail_of
from dsl.values.references import joined, shown
from dsl.values.spoken import is_conversation
from interpreter.boundary.payloads import RunResult
from interpreter.simulation.world import World, fetch, spoken
from interpreter.stores.conversations import reading
from interpreter.stores.store import ObjectStore
from interpreter.stores.values import content_of

Messages = Callable[[Conversation], list[Message]]


def simulated(world: World, value: Any) -> Any:
    def messages(talk: Conversation) -> list[Message]:
        head, found = head_of(talk), tail_of(talk)
        while head is not None and len(found) < len(sizes_of(talk)):
            chunk = world.objects[head.hash]
            head, found = chunk["previous"], [*chunk["messages"], *found]
        said: list[Message] = fetch(world, found[len(found) - len(sizes_of(talk)) :])
        return said

    return shown(_in_words(value, messages))


def served(store: ObjectStore, result: RunResult) -> Any:
    def messages(talk: Conversation) -> list[Message]:
        said: list[Message] = substitute(
            chunks.all_messages(talk, reading(store)), lambda reference: content_of(store, reference)
        )
        return said

    return shown(_in_words(joined(result.value, result.references), messages))


def _in_words(value: Any, messages: Messages) -> Any:
    if is_conversation(value):
        return spoken(messages(value))
    if type(value) is list:
        return [_in_words(item, messages) for item in value]
    if type(value) is dict:
        return {name: _in_words(item, messages) for name, item in value.items()}
    return value
