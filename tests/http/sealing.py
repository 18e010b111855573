"""A declared tool as a run knows it: checked, sealed, and unsealed again."""

import re

from dsl.ast.declarations import ToolDeclaration
from dsl.definition.definition import Definition
from tests.definition.reading import definition

USED = """
agent a() -> text {{ model "gpt-4o" prompt "" use {name} budget 1 turns }}
flow f() -> text {{ step t = a() return t }}
"""


def sealed_tool(declared: str) -> tuple[Definition, ToolDeclaration]:
    """`declared` are declarations of which the last one is the tool."""
    name = re.findall(r"\btool ([\w.]+)", declared)[-1]
    found = definition(f"edition 1\n{declared}{USED.format(name=name)}")
    return found, found.tools[name]
