"""A rehearsed answer is a value of the agent's type, whatever that is: through the schema for models, and back."""

import pytest

from dsl.ast.declarations import AgentDeclaration, ToolDeclaration, TypeDeclaration
from dsl.source import Source
from dsl.syntax.parse import parse
from dsl.values.schema import json_schema, unwrap
from dsl.values.validate import validate
from interpreter.boundary.payloads import ChatRequest
from interpreter.providers.rehearsal import RehearsalProvider, made_up

TYPES = """
edition 1
type Kind = "refund" | "bug" | "question"
type Line { item: text, price: decimal at least 0, count: int at least 1 at most 9 = 1 }
type Circle { shape: "circle", radius: number at least 0 }
type Square { shape: "square", side: number at least 0 at most 0.5 }
type Tree { name: text, children: [Tree] at most 3 }
"""

RETURNS = [
    "text",
    "int",
    "number",
    "decimal",
    "bool",
    "time",
    "duration",
    "json",
    "Kind",
    "Kind?",
    '"only"',
    "[text]",
    "[Line] at most 2",
    "map[decimal]",
    "map[[Kind]]",
    "Circle | Square",
    "Tree",
    '{ a: text matches "[A-Z]{2}-[0-9]{3}", b: duration?, c: { d: [json] }, e: time }',
    "{ score: int at least 0 at most 10, long: text at least 30, short: text at most 5 }",
    '{ a: text matches "(?i)ab+c", b: decimal at least 0.10 at most 0.12, c: decimal at most -5 }',
    "{ ## How long it takes.\n wait: duration, ## What it may be.\n thing: json }",
]


@pytest.mark.parametrize("returns", RETURNS)
async def test_it_is_a_value_of_its_type(returns: str) -> None:
    text = f'{TYPES}\nagent a() -> {returns} {{ model "gpt-4o" prompt "Answer." }}'
    parsed = parse(Source("test.flow", text))
    assert not parsed.diagnostics, [one.message for one in parsed.diagnostics]
    types = {one.name: one.type for one in parsed.module.declarations if isinstance(one, TypeDeclaration)}
    (agent,) = (one for one in parsed.module.declarations if isinstance(one, AgentDeclaration))
    schema = json_schema(agent.returns, types, for_model=True)
    for prompt in ("a", "b", "I want a refund of 49.90."):
        request = ChatRequest(agent="a", model="gpt-4o", prompt=prompt, schema=schema)
        answer = (await RehearsalProvider().chat(request)).output
        checked = validate(unwrap(answer, agent.returns, types), agent.returns, types)
        assert not checked.problems, (answer, [str(problem) for problem in checked.problems])


@pytest.mark.parametrize("returns", [each for each in RETURNS if each != '"only"'])
def test_so_is_what_a_captured_call_is_said_to_give(returns: str) -> None:
    text = f"{TYPES}\ntool a() -> {returns} write"
    module = parse(Source("test.flow", text)).module
    types = {one.name: one.type for one in module.declarations if isinstance(one, TypeDeclaration)}
    (tool,) = (one for one in module.declarations if isinstance(one, ToolDeclaration))
    assert tool.returns is not None
    schema = json_schema(tool.returns, types, for_model=False)
    for name in ("a", "b", "c"):
        made = made_up(name, schema)
        checked = validate(made, tool.returns, types)
        assert not checked.problems, (made, [str(problem) for problem in checked.problems])
