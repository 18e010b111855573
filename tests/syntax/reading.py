"""Short ways to read a piece of text in a test."""

from dsl.ast.declarations import FlowDeclaration
from dsl.ast.expressions import Expression
from dsl.ast.statements import Let, Statement
from dsl.source import Source
from dsl.syntax.parse import Parsed, parse


def read(text: str) -> Parsed:
    return parse(Source("test.flow", text))


def messages(text: str) -> list[str]:
    return [f"{each.code} {each.message}" for each in read(text).diagnostics]


def problems_in_flow(statements: str) -> list[str]:
    return messages(in_flow(statements))


def in_flow(statements: str) -> str:
    return f"edition 1\nflow f() {{\n{statements}\n}}\n"


def statements_of(statements: str) -> tuple[Statement, ...]:
    """The statements of a text without mistakes."""
    parsed = read(in_flow(statements))
    assert parsed.diagnostics == ()
    (flow,) = parsed.module.declarations
    assert isinstance(flow, FlowDeclaration)
    return flow.body.statements


def expression(text: str) -> Expression:
    (let,) = statements_of(f"let it = {text}")
    assert isinstance(let, Let)
    return let.value
