"""What a model is told of something that an agent may call: a name, what it is for, and its arguments.

Names go to providers with `-` for `.`, which no name of a flow has, so the way back is one.
"""

import json
from collections.abc import Iterable
from typing import Any

from dsl.ast.declarations import AgentDeclaration, FlowDeclaration, ToolDeclaration
from dsl.ast.types import Field, RecordType
from dsl.values.schema import json_schema
from dsl.values.structure import Types

Offered = ToolDeclaration | AgentDeclaration | FlowDeclaration


def name_for_providers(name: str) -> str:
    return name.replace(".", "-")


def name_in_flows(name: str) -> str:
    """As the author calls what a model names."""
    return name.replace("-", ".")


def parameters_of(target: Offered) -> tuple[Field, ...]:
    """What a caller gives: the parameter that takes the idempotency key is not the model's."""
    key = target.key if isinstance(target, ToolDeclaration) else None
    return tuple(each for each in target.parameters if each.name != key)


def told(targets: Iterable[Offered], types: Types) -> str | None:
    """JSON text of all that is offered, in order; None when that is nothing."""
    offers = [_told(target, types) for target in targets]
    return json.dumps(offers, ensure_ascii=False, separators=(",", ":")) if offers else None


def _told(target: Offered, types: Types) -> dict[str, Any]:
    described = {"description": target.doc} if target.doc else {}
    parameters = json_schema(RecordType(parameters_of(target)), types, for_model=True)
    return {"name": name_for_providers(target.name), **described, "parameters": parameters}
