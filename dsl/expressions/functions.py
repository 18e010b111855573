"""The built-in functions: one table. Their static signatures are `dsl.semantics.builtins`; a test keeps both in step.

Every function gets the evaluation first, then its arguments by position; its Python parameters have the names that a
flow may use. What it cannot do is an `EvaluationError`.
"""

from collections.abc import Callable
from typing import Any

from dsl.dataclass import dataclass
from dsl.expressions import functions_encoding as encoding
from dsl.expressions import functions_list as lists
from dsl.expressions import functions_map as maps
from dsl.expressions import functions_number as numbers
from dsl.expressions import functions_order as order
from dsl.expressions import functions_text as texts
from dsl.expressions import functions_time as moments
from dsl.expressions import functions_words as words
from dsl.expressions.context import Evaluation
from dsl.expressions.errors import EvaluationError


@dataclass(frozen=True, slots=True)
class Function:
    """`parameters` in order, of which the first `required` must be given; `variadic` takes any number after that."""

    apply: Callable[..., Any]
    parameters: tuple[str, ...] = ()
    required: int = 0
    variadic: bool = False


def call(name: str, positional: list[Any], named: dict[str, Any], evaluation: Evaluation) -> Any:
    """Call the built-in function `name`."""
    function = FUNCTIONS.get(name)
    if function is None:
        raise EvaluationError("NotFound", f"there is no function `{name}`")
    if named or not function.required <= len(positional) <= len(function.parameters):
        _check_arguments(name, function, positional, named)
    return function.apply(evaluation, *positional, **named)


def _check_arguments(name: str, function: Function, positional: list[Any], named: dict[str, Any]) -> None:
    count = len(positional)
    most = len(function.parameters)
    if count > most and not function.variadic:
        raise EvaluationError("InvalidArgument", f"`{name}` takes at most {most} argument(s), not {count}")
    for argument in named:
        if argument not in function.parameters[count:]:
            raise EvaluationError("InvalidArgument", f"`{name}` has no argument `{argument}` that is still free")
    missing = [p for p in function.parameters[count : function.required] if p not in named]
    if missing:
        raise EvaluationError("InvalidArgument", f"`{name}` needs `{missing[0]}`")


def _now(evaluation: Evaluation) -> Any:
    evaluation.charge(2)
    return evaluation.context.now()


def _uuid(evaluation: Evaluation) -> Any:
    evaluation.charge(10)  # a digest
    return evaluation.context.uuid()


FUNCTIONS: dict[str, Function] = {
    "len": Function(lists.length, ("value",), 1),
    "last": Function(lists.last, ("items", "count"), 1),
    "first": Function(lists.first, ("items", "count"), 1),
    "sum": Function(lists.total, ("items", "start"), 1),
    "min": Function(order.smallest, ("items",), 1, variadic=True),
    "max": Function(order.largest, ("items",), 1, variadic=True),
    "keys": Function(lists.keys, ("value",), 1),
    "values": Function(lists.values, ("value",), 1),
    "sort": Function(order.sort, ("items", "by", "descending"), 1),
    "reverse": Function(lists.reverse, ("items",), 1),
    "distinct": Function(order.distinct, ("items",), 1),
    "flatten": Function(lists.flatten, ("items",), 1),
    "range": Function(lists.range_of, ("start", "stop"), 1),
    "zip": Function(lists.zip_of, ("left", "right"), 2),
    "succeeded": Function(lists.succeeded, ("outcomes",), 1),
    "failed": Function(lists.failed, ("outcomes",), 1),
    "abs": Function(numbers.absolute, ("value",), 1),
    "round": Function(numbers.round_to, ("value", "digits"), 1),
    "floor": Function(numbers.floor, ("value",), 1),
    "ceil": Function(numbers.ceil, ("value",), 1),
    "int": Function(numbers.to_int, ("value",), 1),
    "number": Function(numbers.to_number, ("value",), 1),
    "decimal": Function(numbers.to_decimal, ("value",), 1),
    "join": Function(texts.join, ("items", "separator"), 1),
    "split": Function(texts.split, ("value", "separator"), 2),
    "lower": Function(texts.lower, ("value",), 1),
    "upper": Function(texts.upper, ("value",), 1),
    "trim": Function(texts.trim, ("value",), 1),
    "contains": Function(texts.contains, ("value", "part"), 2),
    "starts_with": Function(texts.starts_with, ("value", "part"), 2),
    "ends_with": Function(texts.ends_with, ("value", "part"), 2),
    "replace": Function(texts.replace, ("value", "old", "new"), 3),
    "truncate": Function(texts.truncate, ("value", "length"), 2),
    "mask": Function(texts.mask, ("value", "last"), 1),
    "text": Function(texts.to_text, ("value",), 1),
    "json_text": Function(texts.to_json, ("value",), 1),
    "parse_json": Function(texts.parse_json, ("value",), 1),
    "split_lines": Function(words.split_lines, ("value",), 1),
    "split_words": Function(words.split_words, ("value",), 1),
    "position": Function(words.position, ("value", "part"), 2),
    "repeat": Function(words.repeat, ("value", "count"), 2),
    "pad_start": Function(words.pad_start, ("value", "length", "fill"), 2),
    "pad_end": Function(words.pad_end, ("value", "length", "fill"), 2),
    "chunk": Function(maps.chunk, ("items", "size"), 2),
    "enumerate": Function(maps.enumerate_, ("items",), 1),
    "group": Function(maps.group, ("items", "by"), 2),
    "entries": Function(maps.entries, ("value",), 1),
    "map_of": Function(maps.map_of, ("entries",), 1),
    "merge": Function(maps.merge, ("left", "right"), 2),
    "calendar": Function(moments.calendar, ("at", "zone"), 1),
    "moment": Function(moments.moment, ("year", "month", "day", "hour", "minute", "second", "zone"), 3),
    "add_months": Function(moments.add_months, ("at", "months", "zone"), 2),
    "start_of": Function(moments.start_of, ("at", "unit", "zone"), 2),
    "format_time": Function(moments.format_time, ("at", "pattern", "zone"), 2),
    "parse_time": Function(moments.parse_time, ("value", "pattern", "zone"), 2),
    "base64": Function(encoding.to_base64, ("value",), 1),
    "from_base64": Function(encoding.from_base64, ("value",), 1),
    "url_encode": Function(encoding.url_encode, ("value",), 1),
    "sha256": Function(encoding.sha256, ("value",), 1),
    "now": Function(_now),
    "uuid": Function(_uuid),
}
