"""SF108: the name of an error that another sort of errors has: the machine's own, those of tools, those of flows."""

from collections.abc import Iterator

from dsl.ast.declarations import ToolDeclaration
from dsl.ast.expressions import Literal
from dsl.ast.statements import Fail
from dsl.checks.program import Program
from dsl.diagnostics.diagnostic import Diagnostic
from dsl.semantics.kinds import FAILED, KINDS
from dsl.semantics.raised import failed_with


def check(program: Program) -> Iterator[Diagnostic]:
    declared: dict[str, ToolDeclaration] = {}
    for tool in program.facts.all(ToolDeclaration):
        for kind in tool.errors:
            declared.setdefault(kind, tool)
            if kind in KINDS:
                message = f"`{kind}` is the machine's own: it is raised when {KINDS[kind].when}"
                advice = "give the tool's error another name, here and in the tool"
                yield Diagnostic("SF108", message, program.name_label(tool, kind), help=advice)
    for fail in program.facts.all(Fail):
        for literal in failed_with(fail.value):
            if literal is not None:
                yield from _failed_with(program, str(literal.value), literal, declared)


def _failed_with(
    program: Program, kind: str, literal: Literal, declared: dict[str, ToolDeclaration]
) -> Iterator[Diagnostic]:
    if kind in KINDS and kind != FAILED:
        message = f"`{kind}` is the machine's own: it is raised when {KINDS[kind].when}"
        advice = "name what went wrong in words of your own; an error that was caught is passed on by `kind: e.kind`"
        yield Diagnostic("SF108", message, program.label(literal), help=advice)
    elif kind in declared:
        tool = declared[kind]
        message = f"`{kind}` is an error of `{tool.name}`: a handler could not tell it from this one"
        label = (program.name_label(tool, kind, "declared here"),)
        advice = "name what went wrong in words of your own; an error that was caught is passed on by `kind: e.kind`"
        yield Diagnostic("SF108", message, program.label(literal), label, help=advice)
