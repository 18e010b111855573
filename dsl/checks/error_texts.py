"""SF203: the text that tells an error of an MCP server is no pattern."""

from collections.abc import Iterator

from dsl.ast.declarations import ToolDeclaration
from dsl.checks.program import Program
from dsl.diagnostics.diagnostic import Diagnostic
from dsl.values.patterns import pattern_problem


def check(program: Program) -> Iterator[Diagnostic]:
    for tool in program.facts.all(ToolDeclaration):
        for told in tool.served.told if tool.served is not None else ():
            problem = pattern_problem(told.pattern)
            if problem is not None:
                message = f"this is no pattern: {problem}"
                yield Diagnostic("SF203", message, program.label(told), help="write it as RE2 reads it")
