"""Conversations: what comes from outside, what a bound leaves out, and that nobody can claim what was never said."""

from typing import Any

import pytest

from dsl.ast.types import ConversationType, Field, ListType, NamedType, OptionalType, RecordType, Type
from dsl.expressions.context import CONSTANT
from dsl.expressions.errors import EvaluationError, NeedsReference
from dsl.expressions.values import Reference
from dsl.expressions.wire import to_wire
from dsl.values.conversations import FRAMING, conversation, mark_of, size_of
from dsl.values.references import joined, parted
from dsl.values.schema import json_schema
from dsl.values.spoken import ending, is_conversation
from dsl.values.validate import converting, validate

TALK = ConversationType()
SHORT = ConversationType(2)
HELLO = {"role": "user", "text": "Hello"}
HI = {"role": "assistant", "text": "Hi"}
HEAD = Reference("ab" * 32, 900)
CALLS = {"role": "assistant", "calls": [{"id": "c1", "name": "crm-read", "arguments": "{}"}]}
ANSWER = {"role": "tool", "call": "c1", "value": {"name": "Ann", "more": HEAD}}


def widened(value: Any, type_: Type) -> Any:
    return converting(CONSTANT, {}).widen(value, type_)


def test_a_list_of_messages_becomes_one() -> None:
    found = validate([HELLO, HI], TALK, {}).value
    assert found == conversation(None, [HELLO, HI], [size_of(HELLO), size_of(HI)])
    assert validate([], TALK, {}).value == conversation(None, [], [])


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ([{"role": "tool", "text": "x"}], '[0].role: expected "user" or "assistant", not "tool"'),
        ([{"role": "system", "text": "x"}], '[0].role: expected "user" or "assistant", not "system"'),
        ([HELLO, {"role": "user"}], "[1].text: is missing"),
        ([HELLO | {"calls": []}], "[0].calls: unknown field"),
        ([HELLO | {"text": 3}], "[0].text: expected text, not 3"),
        ([HELLO | {"text": "\ud800"}], "[0].text: this text holds half of a character (a lone surrogate)"),
        (["Hello"], '[0]: expected a record, not "Hello"'),
        ("Hello", 'expected a list of messages such as { role: "user", text: "…" }, not "Hello"'),
        ([HELLO, HI, HELLO], "at most 2 messages are allowed, not 3"),
        (None, 'expected a list of messages such as { role: "user", text: "…" }, not null'),
    ],
)
def test_what_comes_from_outside_is_closed(value: Any, problem: str) -> None:
    assert [str(each) for each in validate(value, SHORT, {}).problems] == [problem]


def test_what_it_had_stays_on_the_way_to_a_called_flow() -> None:
    talk = conversation(HEAD, [CALLS, ANSWER], [40, 50, mark_of(CALLS), mark_of(ANSWER)])
    assert joined(*parted(to_wire(talk))) == talk
    assert validate(talk, ConversationType(4), {}).value == talk
    assert validate({"t": talk}, RecordType((Field("t", TALK),)), {}).value == {"t": talk}


@pytest.mark.parametrize(
    "forged",
    [
        {"head": {"$ref": "ab" * 32, "$size": 900}, "tail": [], "sizes": [5]},
        {"head": "ab" * 32, "tail": [], "sizes": [5]},
        {"head": None, "tail": [HELLO], "sizes": [21, 21]},
        {"head": None, "tail": [HELLO, HI], "sizes": [21]},
        {"head": None, "tail": [{"role": "system", "text": "x"}], "sizes": [5]},
        {"head": None, "tail": [{"role": "user", "text": "x", "calls": []}], "sizes": [5]},
        {"head": None, "tail": [{"role": "assistant", "calls": [{"id": "c"}]}], "sizes": [5]},
        {"head": None, "tail": [HELLO], "sizes": [-5]},
        {"head": None, "tail": [HELLO, HI, HELLO], "sizes": [21, -5, 21]},
        {"head": None, "tail": [CALLS, ANSWER, HI], "sizes": [21, 5, 21]},
        {"head": None, "tail": [HELLO], "sizes": [True]},
        {"head": None, "tail": {}, "sizes": []},
        {"head": None, "tail": [], "sizes": [], "more": 1},
    ],
)
def test_what_is_written_down_is_no_reference(forged: Any) -> None:
    assert not is_conversation(forged)
    assert validate(forged, TALK, {}).problems
    assert validate(forged, TALK, {}, received=True).problems


def test_what_a_tool_gave_becomes_no_conversation() -> None:
    """A large field of a result stands under a reference, and what is there is the tool's."""
    given = {"head": HEAD, "tail": [], "sizes": [5]}
    context = converting(CONSTANT, {})
    with pytest.raises(EvaluationError):
        context.convert(given, TALK)
    with pytest.raises(EvaluationError):
        context.convert({"t": given}, RecordType((Field("t", TALK),)))
    assert context.convert([HELLO], TALK) == context.convert('[{"role": "user", "text": "Hello"}]', TALK)


def test_what_is_written_out_is_measured() -> None:
    """A size that is too small would let a request cost more than was reserved for it."""
    forged = {"head": None, "tail": [HELLO | {"text": "x" * 10_000}], "sizes": [1]}
    (size,) = validate(forged, TALK, {}).value["sizes"]
    assert size > 10_000


def test_a_bound_leaves_out_what_is_oldest() -> None:
    talk = widened([HELLO, HI, HELLO], SHORT)
    assert talk == conversation(None, [HI, HELLO], [size_of(HI), size_of(HELLO)])
    kept = conversation(HEAD, [HELLO], [40, 50, 60, size_of(HELLO)])
    assert widened(kept, ConversationType(3)) == conversation(HEAD, [HELLO], [50, 60, size_of(HELLO)])
    assert widened(kept, ConversationType(1)) == conversation(None, [HELLO], [size_of(HELLO)])
    assert widened(kept, ConversationType(9)) == kept
    assert widened({"t": kept}, RecordType((Field("t", SHORT),)))["t"]["sizes"] == [60, size_of(HELLO)]


def test_what_a_tool_answered_goes_with_its_call() -> None:
    messages = [HELLO, CALLS, ANSWER, HI]
    talk = conversation(None, messages, [mark_of(each) for each in messages])
    assert [each["role"] for each in ending(talk, 3)["tail"]] == ["assistant", "tool", "assistant"]
    assert ending(talk, 2) == conversation(None, [HI], [size_of(HI)])


def test_what_a_tool_answered_goes_with_its_call_also_where_that_lies_elsewhere() -> None:
    kept = conversation(HEAD, [], [40, 50, -60, -70, 80, 90])
    assert ending(kept, 5) == conversation(HEAD, [], [50, -60, -70, 80, 90])
    assert ending(kept, 4) == ending(kept, 3) == ending(kept, 2) == conversation(HEAD, [], [80, 90])
    between = conversation(HEAD, [ANSWER, HI], [40, -50, mark_of(ANSWER), size_of(HI)])
    assert ending(between, 3) == conversation(None, [HI], [size_of(HI)])
    alone = conversation(HEAD, [], [40, -50])
    assert ending(alone, 1) == conversation(None, [], [])


def test_a_conversation_that_lies_elsewhere_is_fetched_where_it_is_needed() -> None:
    assert validate(HEAD, TALK, {}).value == HEAD
    for type_ in (TALK, OptionalType(TALK), ListType(TALK)):
        with pytest.raises(NeedsReference):
            widened(HEAD, type_)
    assert widened(None, OptionalType(TALK)) is None
    with pytest.raises(NeedsReference):
        widened([HELLO, HEAD], TALK)
    assert validate([HELLO, HEAD], TALK, {}).problems


def test_a_long_text_of_a_message_stays_where_it_is() -> None:
    talk = widened([{"role": "user", "text": HEAD}], TALK)
    assert talk["tail"] == [{"role": "user", "value": HEAD}]
    assert talk["sizes"][0] >= HEAD.size
    assert widened(talk, TALK) == talk


def test_the_size_of_a_message_is_that_of_all_that_is_said_in_it() -> None:
    empty = size_of({"role": "user", "value": None})
    assert size_of({"role": "user", "value": ""}) == empty == 3 * FRAMING
    assert size_of({"role": "user", "value": "ä!"}) == empty + 3
    assert size_of({"role": "user", "value": {"a": 1}}) == empty + len('{"a": 1}')


@pytest.mark.parametrize("sizes", ["", {}, None, [1.0], [True, "1"]])
def test_what_has_no_sizes_is_no_conversation(sizes: Any) -> None:
    talk = {"head": None, "tail": [], "sizes": sizes}
    assert not is_conversation(talk)
    assert is_conversation(talk | {"sizes": []})


def test_its_schema_is_a_list_of_messages() -> None:
    schema = json_schema(SHORT, {}, for_model=False)
    assert schema["type"] == "array"
    assert schema["maxItems"] == 2
    assert schema["items"]["properties"]["role"] == {"type": "string", "enum": ["user", "assistant"]}
    assert schema["items"]["required"] == ["role", "text"]
    assert not schema["items"]["additionalProperties"]
    assert json_schema(NamedType("T"), {"T": TALK}, for_model=False)["type"] == "array"
