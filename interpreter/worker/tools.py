"""`@tool`: a typed Python function as the implementation of a tool.

    @tool("tickets.open")
    def open_ticket(subject: str, customer: str) -> Opened: ...

The function stays what it is and can be called as before. What it says by its annotations is compared with what a flow
declares, so each parameter and the result must have one.
"""

import inspect
import typing
from collections.abc import Callable, Iterable
from typing import Any, TypeVar, overload

from pydantic import PydanticUserError, TypeAdapter

from dsl.ast.types import Field, Type
from dsl.values.signature import signature
from interpreter.activities.tool import Tool
from interpreter.worker.annotations import Annotations, UnusableAnnotation
from interpreter.worker.plain_activities import activity_name, plain_tool

ATTRIBUTE = "__steadflow_tool__"

F = TypeVar("F", bound=Callable[..., Any])
_NAMED_KINDS = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)


class UnusableTool(TypeError):
    """A function that cannot serve as a tool, and why."""


@overload
def tool(function: F, /) -> F: ...
@overload
def tool(name: str, /) -> Callable[[F], F]: ...


def tool(name: Any, /) -> Any:
    """Mark a function as a tool: `@tool("tickets.open")`, or `@tool` under the function's own name."""
    if callable(name):
        return tool(getattr(name, "__name__", type(name).__name__))(name)

    def mark(function: F) -> F:
        setattr(function, ATTRIBUTE, describe(name, function))
        return function

    return mark


def tool_of(item: Any) -> Tool:
    """The `Tool` that was made of a function, or of a plain activity; a `Tool` as it is."""
    found = tool_in(item)
    if found is None:
        raise UnusableTool(f"{_where(item)} is not a tool: write @tool above it")
    return found


def tool_in(item: object) -> Tool | None:
    """The tool that `item` is, if it is one."""
    found = item if isinstance(item, Tool) else getattr(item, ATTRIBUTE, None)
    if isinstance(found, Tool):
        return found
    name = activity_name(item)
    return plain_tool(name, item) if name is not None and callable(item) else None


def unique(tools: Iterable[Tool]) -> dict[str, Tool]:
    """The tools by name; two functions for one name are refused."""
    found: dict[str, Tool] = {}
    for one in tools:
        other = found.setdefault(one.name, one)
        if other.function is not one.function:
            raise UnusableTool(f"`{one.name}` is implemented by {_where(other.function)} and by {_where(one.function)}")
    return found


def describe(name: str, function: Callable[..., Any]) -> Tool:
    """A function with what its annotations say. Raises `UnusableTool` with all that is wrong with them."""
    annotations, problems = Annotations(), []
    hints = _hints(name, function)
    fields: list[Field] = []
    adapters: dict[str, TypeAdapter[Any]] = {}
    optional: set[str] = set()
    for parameter in inspect.signature(function).parameters.values():
        try:
            fields.append(_field(parameter, hints, annotations))
            adapters[parameter.name] = TypeAdapter(hints[parameter.name])
        except (UnusableAnnotation, PydanticUserError) as error:
            problems.append(f"parameter {parameter.name}: {error}")
        if parameter.default is not inspect.Parameter.empty:
            optional.add(parameter.name)
    returns = None
    try:
        returns = _returns(hints, annotations)
    except UnusableAnnotation as error:
        problems.append(f"the result: {error}")
    if problems:
        raise UnusableTool(f"`{name}` ({_where(function)}) cannot be a tool: {'; '.join(problems)}")
    return Tool(
        name=name,
        function=function,
        parameters=tuple(fields),
        optional=frozenset(optional),
        returns=returns,
        types=annotations.types,
        adapters=adapters,
        signature=signature(tuple(fields), returns, annotations.types),
    )


def _hints(name: str, function: Callable[..., Any]) -> dict[str, Any]:
    target = function if inspect.isroutine(function) or inspect.isclass(function) else type(function).__call__
    try:
        return typing.get_type_hints(target, include_extras=True)
    except NameError as error:
        raise UnusableTool(f"`{name}` ({_where(function)}): {error}") from error


def _field(parameter: inspect.Parameter, hints: dict[str, Any], annotations: Annotations) -> Field:
    if parameter.kind not in _NAMED_KINDS:
        raise UnusableAnnotation("arguments are passed by name, so it must be an ordinary parameter")
    if parameter.name not in hints:
        raise UnusableAnnotation("has no annotation")
    return Field(parameter.name, annotations.convert(hints[parameter.name]))


def _returns(hints: dict[str, Any], annotations: Annotations) -> Type | None:
    if "return" not in hints:
        raise UnusableAnnotation("has no annotation; write `-> None` when there is none")
    return None if hints["return"] in (None, type(None)) else annotations.convert(hints["return"])


def _where(function: Any) -> str:
    return f"{getattr(function, '__module__', '?')}.{getattr(function, '__qualname__', type(function).__name__)}"
