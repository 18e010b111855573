"""Texts, templates, numbers, durations."""

from decimal import Decimal

import pytest

from dsl.ast.declarations import TypeDeclaration
from dsl.ast.expressions import DurationLiteral, Expression, Get, Index, Literal, Name, Template
from dsl.ast.statements import Budget, BudgetBlock, Loop, Sleep
from dsl.ast.types import ListType, NamedType, OptionalType, RecordType
from tests.syntax.reading import expression, messages, problems_in_flow, read, statements_of


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ('""', ""),
        ('"plain"', "plain"),
        (r'"a\nb\tc\"d\\e"', 'a\nb\tc"d\\e'),
        (r'"\u{1F600} \u{e9}"', "😀 é"),
        (r'"\u{7B}{ not an expression"', "{{ not an expression"),
        ('"{ } }}"', "{ } }}"),
        ('"# no comment"', "# no comment"),
        ('"""one line"""', "one line"),
        ('"""\n    two\n      lines\n    """', "two\n  lines\n"),
        ('"""\n    no last\n\n    line"""', "no last\n\nline"),
        ('"""\n\tby a tab\n\t"""', "by a tab\n"),
        ('"""a "quoted" word"""', 'a "quoted" word'),
        ('"""\n  a\\n  b\n  """', "a\n  b\n"),
        ('"""\n"""', ""),
        ('"""\r\n  windows\r\n  """', "windows\n"),
        ("12", 12),
        ("60k", 60_000),
        ("30M", 30_000_000),
        ("0.50", Decimal("0.50")),
        ("true", True),
        ("null", None),
    ],
)
def test_a_literal_has_its_value(written: str, value: object) -> None:
    assert expression(written) == Literal(value)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("written", "parts"),
    [
        ('"{{ a }}"', (Name("a"),)),
        ('"We opened {{ case.id }}."', (Literal("We opened "), Get(Name("case"), "id"), Literal("."))),
        ('"{{ a["b"] }}"', (Index(Name("a"), Literal("b")),)),
        ('"{{ "in {{ "deep" }}" }}"', (Template((Literal("in "), Literal("deep"))),)),
        ('"{{ {a: {b: 1}}.a }}"', (expression("{a: {b: 1}}.a"),)),
        ('"{{{ }}}"', (expression("{ }"),)),
        ('"""\n  Dear {{ name }},\n    hello\n  {{ a }}\n  """',
         (Literal("Dear "), Name("name"), Literal(",\n  hello\n"), Name("a"), Literal("\n"))),
        ('"""{{ "x" }}"""', (Literal("x"),)),
        ('"""\n  {{\n    a\n  }}\n  """', (Name("a"), Literal("\n"))),
    ],
)  # fmt: skip
def test_a_template_has_its_parts(written: str, parts: tuple[Expression, ...]) -> None:
    assert expression(written) == Template(parts)


@pytest.mark.parametrize(
    ("written", "milliseconds"),
    [("5m", 300_000), ("1h30m", 5_400_000), ("250ms", 250), ("1w", 604_800_000), ("2d12h", 216_000_000)],
)
def test_a_duration_is_in_milliseconds(written: str, milliseconds: int) -> None:
    assert expression(written) == DurationLiteral(milliseconds)
    (sleep,) = statements_of(f"sleep {written}")
    assert sleep == Sleep(milliseconds, None)


@pytest.mark.parametrize("written", ["30m1h", "5m5m", "999999999999d"])
def test_a_duration_that_is_none(written: str) -> None:
    (said,) = problems_in_flow(f"sleep {written}")
    assert said == f"SF001 `{written}` is not a duration"


@pytest.mark.parametrize(
    ("written", "budget"),
    [
        ("0.50 usd, 60k tokens, 3d", Budget(usd=Decimal("0.50"), tokens=60_000, time=259_200_000)),
        ("300 usd", Budget(usd=Decimal(300))),
        ("12 turns, 3 calls", Budget(turns=12, calls=3)),
        ("1h30m, 4 iterations", Budget(time=5_400_000, iterations=4)),
    ],
)
def test_a_budget_has_its_limits(written: str, budget: Budget) -> None:
    (block,) = statements_of(f"budget {written} {{ }}")
    assert isinstance(block, BudgetBlock)
    assert block.budget == budget


@pytest.mark.parametrize(
    ("statement", "fix"),
    [("budget 5m tokens { }", "5M"), ("budget 5M { }", "5m"), ("sleep 30M", "30m"), ("budget 2m usd { }", "2M")],
)
def test_minutes_and_millions_are_told_apart(statement: str, fix: str) -> None:
    parsed = read(f"edition 1 flow f() {{ {statement} }}")
    (problem,) = parsed.diagnostics
    assert problem.code == "SF004"
    assert problem.fix is not None
    assert problem.fix.replacement == fix


@pytest.mark.parametrize("statement", ["sleep 30", "sleep 60k", "budget 5 { }", "budget 1h tokens { }"])
def test_an_amount_without_its_unit(statement: str) -> None:
    (said,) = problems_in_flow(statement)
    assert said.startswith("SF004")


def test_a_loop_without_a_budget_is_read() -> None:
    (loop,) = statements_of("loop forever { }")
    assert isinstance(loop, Loop)
    assert loop.budget is None


def test_bounds_may_be_negative() -> None:
    parsed = read("edition 1 type T { a: decimal at least -0.5 at most 60k }")
    (record,) = parsed.module.declarations
    assert isinstance(record, TypeDeclaration)
    assert isinstance(record.type, RecordType)
    assert (record.type.fields[0].at_least, record.type.fields[0].at_most) == (Decimal("-0.5"), Decimal(60_000))


@pytest.mark.parametrize("written", ["[text] at most 3", "[text at most 3]"])
def test_the_size_of_a_list_has_one_place_in_the_tree(written: str) -> None:
    (record,) = read(f"edition 1 type T {{ a: {written} }}").module.declarations
    assert isinstance(record, TypeDeclaration)
    assert isinstance(record.type, RecordType)
    (field,) = record.type.fields
    assert field.type == ListType(NamedType("text"), 3)
    assert field.at_most is None


def test_an_optional_list_may_have_a_size() -> None:
    (record,) = read("edition 1 type T = [text]? at most 3").module.declarations
    assert isinstance(record, TypeDeclaration)
    assert record.type == OptionalType(ListType(NamedType("text"), 3))


@pytest.mark.parametrize(
    "text",
    ["var a: text at most 5", "var a: [text] at most 0.5", "for a in b at most -1 { }"],
)
def test_sizes_that_make_no_sense(text: str) -> None:
    (said,) = problems_in_flow(text)
    assert said.startswith("SF203")


def test_an_edition_is_known_or_not() -> None:
    assert messages("edition 1") == []
    assert messages("edition 2") == ["SF002 edition 2 is not known"]
    assert messages("type T { }") == ["SF002 the file does not begin with its edition"]
    assert messages("") == ["SF002 the file does not begin with its edition"]
