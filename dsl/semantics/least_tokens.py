"""What one question to an agent's model takes at least, by what of it stands in the text.

It is counted as a run counts what it reserves (`interpreter.core.model_costs`): the bytes of all that is sent, a little
around them, and one token of an answer.
"""

import json
from typing import Any

from dsl.ast.declarations import AgentDeclaration, TypeDeclaration
from dsl.ast.expressions import Expression, Literal, Template
from dsl.semantics.facts import Facts
from dsl.semantics.findings import InvalidType
from dsl.values.offers import Offered, told
from dsl.values.schema import json_schema

FRAMING = 64
Types = dict[str, Any]


def least_tokens(facts: Facts, agent: AgentDeclaration) -> int | None:
    """None where the text has mistakes that leave it open."""
    if id(agent) in facts.partly_read or next(facts.found(InvalidType), None) is not None:
        return None
    types = {each.name: each.type for each in facts.all(TypeDeclaration)}
    schema = json.dumps(json_schema(agent.returns, types, for_model=True))
    texts = _bytes(agent.prompt) + _bytes(agent.instructions)
    return FRAMING + texts + len(schema) + _told_of_uses(facts, agent, types) + 1


def _bytes(text: Expression | None) -> int:
    parts = text.parts if isinstance(text, Template) else (text,)
    return sum(
        len(part.value.encode("utf-8", "surrogatepass"))
        for part in parts
        if isinstance(part, Literal) and isinstance(part.value, str)
    )


def _told_of_uses(facts: Facts, agent: AgentDeclaration, types: Types) -> int:
    """What the model is told of that it may always call."""
    nodes = [signature.node for use in agent.uses if use.when is None and (signature := facts.callee_of(use))]
    text = told([node for node in nodes if isinstance(node, Offered)], types)
    return len(text.encode("utf-8", "surrogatepass")) if text is not None else 0
