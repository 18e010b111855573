"""Evaluate an expression over a scope of values.

Pure and total: the result is a value, an `EvaluationError` (the author's), or `NeedsReference` (look it up elsewhere
and evaluate there). A reference is passed on unseen by names, lists, records, conditionals and `==` with null; whatever
looks inside needs it.

How it is fast: one table from node class to function, one Python frame for each level, exact `type` tests instead of
`isinstance`, and no bookkeeping per node. Work is charged where it can multiply: for each item of a comprehension (by
the weight of what is evaluated for it), and for what functions and operators walk over or produce.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeAlias

from dsl.ast import expressions as ast
from dsl.ast.expressions import Expression
from dsl.expressions.access import get, index, slice_of
from dsl.expressions.context import Context, Evaluation
from dsl.expressions.errors import EvaluationError, refuse
from dsl.expressions.names import weight
from dsl.expressions.operators import OPERATORS, negate
from dsl.expressions.size import charge_walk, check_size
from dsl.expressions.text import render
from dsl.expressions.values import Scope, Value

Evaluator: TypeAlias = Callable[[Any, Scope, Evaluation], Any]


TOO_DEEP = "this expression, or a value in it, is nested too deeply"


def evaluate(expression: Expression, scope: Scope, context: Context) -> Value:
    """The value of `expression`, where `scope` gives the value of each name."""
    evaluation = Evaluation(context)
    try:
        value: Value = EVALUATORS[type(expression)](expression, scope, evaluation)
        if type(expression) in _COMPOSING:
            check_size(value, context.size)
    except RecursionError:
        raise EvaluationError("LimitExceeded", TOO_DEEP) from None
    finally:
        if context.meter is not None:
            context.meter.spent += context.steps - evaluation.left
    return value


def _literal(node: ast.Literal, scope: Scope, evaluation: Evaluation) -> Any:
    return node.value


def _duration(node: ast.DurationLiteral, scope: Scope, evaluation: Evaluation) -> timedelta:
    return timedelta(milliseconds=node.milliseconds)


def _name(node: ast.Name, scope: Scope, evaluation: Evaluation) -> Any:
    try:
        return scope[node.name]
    except KeyError:
        raise EvaluationError("NotFound", f"`{node.name}` has no value here") from None


def _template(node: ast.Template, scope: Scope, evaluation: Evaluation) -> str:
    texts = []
    for part in node.parts:
        value = EVALUATORS[type(part)](part, scope, evaluation)
        charge_walk(value, evaluation)
        texts.append(render(value))
    return evaluation.produced("".join(texts))


def _get(node: ast.Get, scope: Scope, evaluation: Evaluation) -> Any:
    subject = node.subject
    value = EVALUATORS[type(subject)](subject, scope, evaluation)
    if type(value) is dict and node.name in value:
        return value[node.name]
    return get(value, node.name, node.optional)


def _index(node: ast.Index, scope: Scope, evaluation: Evaluation) -> Any:
    subject = EVALUATORS[type(node.subject)](node.subject, scope, evaluation)
    return index(subject, EVALUATORS[type(node.index)](node.index, scope, evaluation))


def _slice(node: ast.Slice, scope: Scope, evaluation: Evaluation) -> Any:
    subject = EVALUATORS[type(node.subject)](node.subject, scope, evaluation)
    start = None if node.start is None else EVALUATORS[type(node.start)](node.start, scope, evaluation)
    stop = None if node.stop is None else EVALUATORS[type(node.stop)](node.stop, scope, evaluation)
    return slice_of(subject, start, stop, evaluation)


def _function_call(node: ast.FunctionCall, scope: Scope, evaluation: Evaluation) -> Any:
    from dsl.expressions.functions import call  # fifteen modules, which a check of most files can do without

    positional: list[Any] = []
    named: dict[str, Any] = {}
    for argument in node.arguments:
        value = EVALUATORS[type(argument.value)](argument.value, scope, evaluation)
        if argument.name is None:
            positional.append(value)
        else:
            named[argument.name] = value
    return call(node.function, positional, named, evaluation)


def _unary(node: ast.Unary, scope: Scope, evaluation: Evaluation) -> Any:
    value = EVALUATORS[type(node.operand)](node.operand, scope, evaluation)
    if node.operator == "-":
        return negate(value)
    return not _truth(value, "not")


def _binary(node: ast.Binary, scope: Scope, evaluation: Evaluation) -> Any:
    left, right = node.left, node.right
    apply = OPERATORS.get(node.operator)
    if apply is None:
        return _logical(node, scope, evaluation)
    return apply(
        EVALUATORS[type(left)](left, scope, evaluation),
        EVALUATORS[type(right)](right, scope, evaluation),
        evaluation,
    )


def _row(node: ast.Row, scope: Scope, evaluation: Evaluation) -> Any:
    """From the left. Texts and lists are put together at once, or a long row would be copied for each operand."""
    whole = EVALUATORS[type(node.first)](node.first, scope, evaluation)
    behind: list[Any] = []
    for operand in node.rest:
        value = EVALUATORS[type(operand.value)](operand.value, scope, evaluation)
        if operand.operator == "+" and type(value) is type(whole) and type(whole) in (str, list):
            behind.append(value)
            continue
        whole = OPERATORS[operand.operator](_together(whole, behind, evaluation), value, evaluation)
        behind = []
    return _together(whole, behind, evaluation)


def _together(whole: Any, behind: list[Any], evaluation: Evaluation) -> Any:
    if not behind:
        return whole
    if type(whole) is str:
        return evaluation.produced("".join((whole, *behind)))
    evaluation.charge(sum(map(len, (whole, *behind))))
    return [item for items in (whole, *behind) for item in items]


def _chain(node: ast.Chain, scope: Scope, evaluation: Evaluation) -> Any:
    chosen = node.otherwise
    for way in node.ways:
        if _truth(EVALUATORS[type(way.condition)](way.condition, scope, evaluation), "if"):
            chosen = way.value
            break
    return EVALUATORS[type(chosen)](chosen, scope, evaluation)


def _logical(node: ast.Binary, scope: Scope, evaluation: Evaluation) -> bool:
    """`and`, `or`: the right side only when the left does not decide."""
    symbol = node.operator
    left = _truth(EVALUATORS[type(node.left)](node.left, scope, evaluation), symbol)
    if left is (symbol == "or"):
        return left
    return _truth(EVALUATORS[type(node.right)](node.right, scope, evaluation), symbol)


def _conditional(node: ast.Conditional, scope: Scope, evaluation: Evaluation) -> Any:
    condition = EVALUATORS[type(node.condition)](node.condition, scope, evaluation)
    chosen = node.then if _truth(condition, "if") else node.otherwise
    return EVALUATORS[type(chosen)](chosen, scope, evaluation)


def _list(node: ast.ListLiteral, scope: Scope, evaluation: Evaluation) -> list[Any]:
    return [EVALUATORS[type(item)](item, scope, evaluation) for item in node.items]


def _record(node: ast.RecordLiteral, scope: Scope, evaluation: Evaluation) -> dict[str, Any]:
    record: dict[str, Any] = {}
    for entry in node.entries:
        value = EVALUATORS[type(entry.value)](entry.value, scope, evaluation)
        if type(entry) is ast.Entry:
            record[entry.name] = value
        else:
            record.update(_spread(value, evaluation))
    return record


def _spread(value: Any, evaluation: Evaluation) -> dict[str, Any]:
    if type(value) is dict:
        evaluation.charge(len(value))
        return value
    refuse(value, "`...` needs a record")


def _comprehension(node: ast.Comprehension, scope: Scope, evaluation: Evaluation) -> list[Any]:
    source = EVALUATORS[type(node.source)](node.source, scope, evaluation)
    if type(source) is not list:
        refuse(source, "`for` needs a list")
    inner = dict(scope)
    item, condition, variable = node.item, node.condition, node.variable
    cost = weight(item) + (0 if condition is None else weight(condition))
    result = []
    for inner[variable] in source:
        evaluation.charge(cost)
        if condition is None or _holds(condition, inner, evaluation):
            result.append(EVALUATORS[type(item)](item, inner, evaluation))
    return result


def _holds(condition: Expression, scope: Scope, evaluation: Evaluation) -> bool:
    return _truth(EVALUATORS[type(condition)](condition, scope, evaluation), "if")


def _truth(value: Any, where: str) -> bool:
    """Only `true` and `false` are conditions."""
    if value is True or value is False:
        return value
    refuse(value, f"`{where}` needs true or false")


def _widen(node: ast.Widen, scope: Scope, evaluation: Evaluation) -> Any:
    value = EVALUATORS[type(node.value)](node.value, scope, evaluation)
    charge_walk(value, evaluation)
    return evaluation.context.widen(value, node.type)


def _convert(node: ast.Convert, scope: Scope, evaluation: Evaluation) -> Any:
    """What `or` gives is worked out only where the value does not fit."""
    value = EVALUATORS[type(node.value)](node.value, scope, evaluation)
    charge_walk(value, evaluation)
    try:
        return evaluation.context.convert(value, node.type)
    except EvaluationError:
        if node.otherwise is None:
            raise
    return EVALUATORS[type(node.otherwise)](node.otherwise, scope, evaluation)


def _apply(node: ast.Apply, scope: Scope, evaluation: Evaluation) -> Any:
    """The body knows what the parameters are, and nothing around the call."""
    given = {str(each.name): EVALUATORS[type(each.value)](each.value, scope, evaluation) for each in node.arguments}
    try:
        return EVALUATORS[type(node.body)](node.body, given, evaluation)
    except EvaluationError as error:
        raise EvaluationError(error.kind, f"in `{node.function}`: {error.message}") from None


_COMPOSING = frozenset(
    {
        ast.ListLiteral,
        ast.Comprehension,
        ast.RecordLiteral,
        ast.Binary,
        ast.FunctionCall,
        ast.Row,
        ast.Conditional,
        ast.Chain,
        ast.Widen,
        ast.Convert,
        ast.Apply,
    }
)
"""Expressions whose result may be larger than the values they are made of."""

EVALUATORS: dict[type, Evaluator] = {
    ast.Literal: _literal,
    ast.DurationLiteral: _duration,
    ast.Template: _template,
    ast.Name: _name,
    ast.Get: _get,
    ast.Index: _index,
    ast.Slice: _slice,
    ast.FunctionCall: _function_call,
    ast.Unary: _unary,
    ast.Binary: _binary,
    ast.Row: _row,
    ast.Conditional: _conditional,
    ast.Chain: _chain,
    ast.ListLiteral: _list,
    ast.Comprehension: _comprehension,
    ast.RecordLiteral: _record,
    ast.Widen: _widen,
    ast.Convert: _convert,
    ast.Apply: _apply,
}
