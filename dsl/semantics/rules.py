"""The table from each class of expression to the rule that makes out its type."""

from dsl.ast import expressions as ast
from dsl.semantics import access, functions, literals, operators, rows
from dsl.semantics.inference import Expectation, Rule

RULES: dict[type, Rule] = {
    ast.Literal: literals.literal,
    ast.DurationLiteral: literals.duration,
    ast.Template: literals.template,
    ast.Name: access.name,
    ast.Get: access.get,
    ast.Index: access.index,
    ast.Slice: access.slice_of,
    ast.FunctionCall: functions.function_call,
    ast.Unary: operators.unary,
    ast.Binary: operators.binary,
    ast.Row: rows.row,
    ast.Conditional: literals.conditional,
    ast.Chain: rows.chain,
    ast.ListLiteral: literals.list_literal,
    ast.Comprehension: literals.comprehension,
    ast.RecordLiteral: literals.record,
}

EXPECTATIONS: dict[type, Expectation] = {
    ast.ListLiteral: literals.expect_list,
    ast.RecordLiteral: literals.expect_record,
    ast.Conditional: literals.expect_conditional,
    ast.Chain: rows.expect_chain,
}
