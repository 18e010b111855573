"""Any Temporal activity of a tool's name is that tool: a function under `@activity.defn`, which knows nothing of flows.

A call brings one JSON object. As on a worker without flows, an activity with *one* parameter that can take an object
(`dict`, a dataclass, a model, `Any`, or no annotation) gets it whole; any other gets the fields by the names of its
parameters. Its signature is not compared: what does not fit is found on the call, and what it answers is checked by the
flow.
"""

import dataclasses
import inspect
import typing
from collections.abc import Callable, Mapping
from typing import Any, get_origin

from pydantic import BaseModel, TypeAdapter
from pydantic.errors import PydanticUserError
from temporalio import activity

from dsl.ast.types import Field
from dsl.values.signature import signature
from interpreter.activities.tool import Tool
from interpreter.worker.annotations import JSON_TYPE

OWN_PREFIX = "steadflow."


def activity_name(item: object) -> str | None:
    """The name of a plain activity; None for anything else, and for one that takes calls of any name."""
    definition = activity._Definition.from_callable(item) if callable(item) else None
    name = definition.name if definition is not None else None
    return None if name is None or name.startswith(OWN_PREFIX) else name


def plain_tool(name: str, function: Callable[..., Any]) -> Tool:
    """A plain activity as a tool."""
    hints = _hints(function)
    parameters = list(inspect.signature(function).parameters.values())
    named = {parameter.name: hints.get(parameter.name, Any) for parameter in parameters}
    whole = next(iter(named)) if len(named) == 1 and _takes_object(*named.values()) else None
    fields = tuple(Field(one, JSON_TYPE) for one in named)
    return Tool(
        name=name,
        function=function,
        parameters=fields,
        optional=frozenset(one.name for one in parameters if one.default is not inspect.Parameter.empty),
        returns=None,
        types={},
        adapters={one: _adapter(annotation) for one, annotation in named.items()},
        signature=signature(fields, JSON_TYPE, {}),
        unchecked=True,
        whole=whole,
    )


def _hints(function: Callable[..., Any]) -> dict[str, Any]:
    """A name that cannot be looked up says nothing about any parameter."""
    target = function if inspect.isroutine(function) else type(function).__call__
    try:
        return typing.get_type_hints(target)
    except NameError:
        return {}


def _takes_object(annotation: Any) -> bool:
    kind = get_origin(annotation) or annotation
    if kind in (Any, object) or not isinstance(kind, type):
        return kind in (Any, object)
    return issubclass(kind, dict | Mapping | BaseModel) or dataclasses.is_dataclass(kind) or typing.is_typeddict(kind)


def _adapter(annotation: Any) -> TypeAdapter[Any]:
    try:
        return TypeAdapter(annotation)
    except PydanticUserError:  # a class that pydantic knows nothing of gets the JSON as it is
        return TypeAdapter(Any)
