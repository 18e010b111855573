"""A signature is what a worker and a definition must agree on about a tool, and no more."""

import pytest

from dsl.values.signature import Signature, signature
from tests.values.reading import tool, types

TYPES = types("""
type Case { id: text, tags: [text] }
type Same { tags: [text], id: text }
type Kind = "b" | "a"
type Tree { children: [Tree], name: text }
type Wood { name: text, children: [Wood] }
type Pair { left: Tree, right: Tree }
type Maybe = text?
""")


def of(text: str) -> Signature:
    parameters, returns = tool(text)
    return signature(parameters, returns, TYPES)


@pytest.mark.parametrize(
    ("text", "readable"),
    [
        ("(amount: decimal, customer: text) -> { ref: text }", "amount: decimal, customer: text -> {ref: text}"),
        ("()", "-> null"),
        ("(case: Case) -> Kind?", 'case: {id: text, tags: [text]} -> ("b" | "a")?'),
        ("(a: text?, m: map[int]) -> [Maybe]", "a: text?, m: map[int] -> [text?]"),
        ("() -> Tree", "-> {children: [^1], name: text}"),
        ("() -> Pair", "-> {left: {children: [^1], name: text}, right: {children: [^1], name: text}}"),
        (
            "() -> Outcome[int]",
            "-> {ok: bool, value: int?, error: {kind: text, message: text, step: text, details: json?}?}",
        ),
    ],
)
def test_readable(text: str, readable: str) -> None:
    assert of(text).readable == readable


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("(a: int, b: text)", "(b: text, a: int)"),
        ("(c: Case)", "(c: Same)"),
        ("(c: Case)", "(c: { tags: [text at most 3], id: text })"),
        ('() -> "a" | "b"', "() -> Kind"),
        ("(a: int at least 1 at most 5)", "(a: int)"),
        ("(a: int = 3)", "(a: int)"),
        ('(a: text matches "x")', "(a: text)"),
        ("() -> Tree", "() -> Wood"),
    ],
)
def test_same(one: str, other: str) -> None:
    assert of(one).digest == of(other).digest


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("(a: int)", "(a: number)"),
        ("(a: int)", "(b: int)"),
        ("(a: int)", "(a: int?)"),
        ("(a: [int])", "(a: map[int])"),
        ("(a: int)", "(a: int) -> int"),
        ('(a: "x" | "y")', '(a: "x")'),
        ('(a: "text")', "(a: text)"),
        ("(a: Tree)", "(a: { children: [Tree], name: text })"),
    ],
)
def test_different(one: str, other: str) -> None:
    assert of(one).digest != of(other).digest
