"""Whether what was good for one version is good for the other, by the place that does not fit."""

import pytest

from dsl.ast.declarations import TypeDeclaration
from dsl.ast.types import Type
from dsl.differences.compatible import Fitting
from dsl.source import Source
from dsl.syntax.parse import parse

FITS = None


def types(text: str) -> dict[str, Type]:
    parsed = parse(Source("types.flow", f"edition 1\n{text}"))
    assert not parsed.diagnostics
    return {each.name: each.type for each in parsed.module.declarations if isinstance(each, TypeDeclaration)}


@pytest.mark.parametrize(
    ("before", "after", "taken", "given"),
    [
        ("type T { a: int }", "type T { a: number }", FITS, "it a is number, and was int"),
        ("type T { a: text }", "type T { a: int }", "T.a is int, and was text", "it a is int, and was text"),
        ("type T { a: text }", "type T { a: text? }", FITS, "it a may be null now"),
        ("type T { a: text? }", "type T { a: text }", "T.a may be null no more", FITS),
        ("type T { a: text }", "type T { a: text, b: text }", "T.b has to be there", FITS),
        ("type T { a: text }", 'type T { a: text, b: text = "x" }', FITS, FITS),
        ("type T { a: text, b: int }", "type T { a: text }", "T.b is not known any more", "it b is not there any more"),
        ('type T { a: text = "x" }', "type T { a: text }", "T.a has to be there", FITS),
        ('type T = "a" | "b"', 'type T = "a"', 'T may be "b" no more', FITS),
        ('type T = "a"', 'type T = "a" | "b"', FITS, 'it may be "b" now'),
        ('type T = "a"', "type T = text", FITS, "it is text, and was \"a\""),
        ("type T = [int] ", "type T = [int at most 3]", "T has at most 3 items", FITS),
        ("type T { a: int at most 5 }", "type T { a: int at most 9 }", FITS, "it a may be more than 5"),
        ("type T { a: int at least 1 }", "type T { a: int at least 2 }", "T.a has to be at least 2", FITS),
        ("type T { a: int }", "type T { a: json }", FITS, "it a is json, and was int"),
        ("type T { a: map[int] }", "type T { a: map[text] }", "T.a[] is text, and was int",
         "it a[] is text, and was int"),
        ("type T { a: U }\ntype U { b: int }", "type T { a: U }\ntype U { b: text }", "T.a.b is text, and was int",
         "it a.b is text, and was int"),
        ("type T { a: int, next: T? }", "type T { a: number, next: T? }", FITS, "it a is number, and was int"),
        ("type T { next: T? }", "type T { next: T? }", FITS, FITS),
        ('type T = A | B\ntype A { k: "a" }\ntype B { k: "b" }', 'type T = A\ntype A { k: "a" }',
         'T.k may be "b" no more', FITS),
        ('type T { u: A | B, a: A }\ntype A { k: "a", n: int }\ntype B { k: "b" }',
         'type T { u: A | C, a: A }\ntype A { k: "a", n: text }\ntype C { k: "a" | "b", n: int? }',
         "T.a.n is text, and was int", "it u may be A now"),
    ],
)  # fmt: skip
def test_values(before: str, after: str, taken: str | None, given: str | None) -> None:
    old, new = types(before), types(after)
    assert Fitting(old, new, "input").misfit(old["T"], new["T"], "T") == taken
    told = Fitting(new, old, "result").misfit(new["T"], old["T"], "")
    assert (None if told is None else f"it {told}") == given


def test_an_event_may_hold_more() -> None:
    old, new = types("type T { a: text, b: int }"), types("type T { a: text }")
    assert Fitting(old, new, "event").misfit(old["T"], new["T"], "T") is None
    assert Fitting(new, old, "event").misfit(new["T"], old["T"], "T") == "T.b has to be there"
