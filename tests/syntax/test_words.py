"""Words of the language: where they are plain names, and where they end."""

import pytest

from dsl.analysis import analyse
from dsl.ast.declarations import FlowDeclaration, TypeDeclaration
from dsl.ast.expressions import Get, Name, RecordLiteral, Slice
from dsl.ast.statements import Let, Return, Step
from dsl.ast.types import RecordType
from dsl.source import Source
from dsl.syntax.grammar import tables
from dsl.syntax.words import DECLARATIONS, NEVER_NAMES, STATEMENTS
from tests.syntax.reading import expression, messages, problems_in_flow, read, statements_of

WORDS = sorted(word for word in tables().fixed if word.isalpha())
RESERVED = {kind.lower() for kind in NEVER_NAMES}
BEGINNING = {kind.lower() for kind in DECLARATIONS | STATEMENTS}


def test_there_are_words() -> None:
    assert len(WORDS) > 100


@pytest.mark.parametrize("word", WORDS)
def test_a_word_is_a_field_an_argument_a_member_and_a_parameter(word: str) -> None:
    parsed = read(
        f"""edition 1
        type T {{ first: text {word}: text, last: text }}
        tool mail.send({word}: text) read
        flow f({word}: text, it: T) -> text {{
          step sent = mail.send({word}: it.{word})
          let record = {{ {word}: it?.{word} }}
          return it
            .{word}
        }}"""
    )
    assert parsed.diagnostics == ()
    record, _, flow = parsed.module.declarations
    assert isinstance(record, TypeDeclaration)
    assert isinstance(record.type, RecordType)
    assert [field.name for field in record.type.fields] == ["first", word, "last"]
    assert isinstance(flow, FlowDeclaration)
    step, let, back = flow.body.statements
    assert isinstance(step, Step)
    assert step.call.arguments[0].name == word
    assert isinstance(step.call.arguments[0].value, Get)
    assert isinstance(let, Let)
    assert isinstance(let.value, RecordLiteral)
    assert isinstance(back, Return)
    assert back.value == Get(Name("it"), word)


@pytest.mark.parametrize("word", [word for word in WORDS if word not in RESERVED])
def test_a_word_that_only_options_use_is_a_value_too(word: str) -> None:
    assert expression(f'"{{{{ {word} }}}}"') == expression(f'"{{{{ ({word}) }}}}"')
    assert expression(f"[{word}, {word}.x]")


@pytest.mark.parametrize("word", [word for word in WORDS if word not in RESERVED | BEGINNING])
def test_a_word_that_begins_nothing_is_a_name_of_its_own(word: str) -> None:
    let, _ = statements_of(f"let {word} = 1 let twice = {word} + {word}")
    assert isinstance(let, Let)
    assert let.name == word


def test_words_in_slices_stay_values() -> None:
    assert isinstance(expression("items[from:to]"), Slice)
    assert expression("items[a:b]") == Slice(Name("items"), Name("a"), Name("b"))


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("returnx", "returnx"),
        ("loop l budget 3iterations { }", "3iterations"),
        ("budget 5ktokens { }", "5ktokens"),
        ("lety = 1", "lety"),
        ("sleep 5mins", "5mins"),
        ("let a = 1and 2", "1and"),
        ("let a = 1.5x", "1.5x"),
        ("let a = 1_000", "1_000"),
    ],
)
def test_words_and_numbers_end_at_word_boundaries(statement: str, found: str) -> None:
    said = problems_in_flow(statement)
    assert len(said) == 1
    assert f"`{found}`" in said[0]


def test_numbers_and_words_apart_are_read() -> None:
    assert problems_in_flow("loop l budget 3 iterations, 5k tokens, 1h30m { }") == []


@pytest.mark.parametrize("place", ["edition 1 type T { a: text }", "edition 1 flow f() { let x = 1 }"])
def test_docs_may_stand_before_anything(place: str) -> None:
    assert messages(f"## said before\n{place}") == messages(place)


def test_a_doc_may_stand_before_any_statement() -> None:
    assert problems_in_flow("## one\nlet a = 1\n## two\n## lines\nif a == 1 { ## inside\n }\n## at the end") == []


@pytest.mark.parametrize("word", ["type", "tool", "agent", "flow", "step", "budget", "branch", "race", "match", "set"])
def test_a_parameter_is_used_by_its_name_before_any_statement(word: str) -> None:
    body = f"  let x = {word}\n  if x == {word} {{ return x }}\n  return {word}\n"
    text = f"edition 1\nflow main({word}: text) -> text {{\n{body}}}\n"
    assert analyse(Source("case.flow", text)).diagnostics == ()
