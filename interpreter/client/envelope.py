"""How a sealed definition travels: inside the run's input while it is small, by its hash from the store above that.

Measured: inline, a large definition costs its size in every history and megabytes of memory for each run on a worker.
"""

from collections.abc import Set

from dsl.ast.node import Node, children
from dsl.ast.shapes import SHAPES
from dsl.ast.statements import Step
from dsl.definition.definition import Definition
from dsl.definition.packed import packed
from interpreter.boundary.beginnings import DefinitionEnvelope
from interpreter.stores.store import ObjectStore

LARGEST_INLINE = 16 * 1024
"""Characters of base64."""


MOST_INLINE_CHILDREN = 8
"""A run that may start more children than that would write the definition into its history once for each."""


def pack(store: ObjectStore, definition: Definition, content: bytes) -> DefinitionEnvelope:
    """`content` is the canonical JSON of `definition`."""
    hash = definition.hash
    inline = packed(content)
    if len(inline) <= LARGEST_INLINE and not may_start_many(definition):
        return DefinitionEnvelope(hash, inline)
    kept = store.put(content)
    if kept != hash:
        raise ValueError(f"the definition's content has the hash {kept}, not {hash}")
    return DefinitionEnvelope(hash)


def may_start_many(definition: Definition) -> bool:
    """Whether one of the flows may start more than a few children: by many steps, by one that is repeated, or by an
    agent, of whose model nobody knows how many of the flows it uses it calls.
    """
    calling = _agents_that_call_flows(definition)
    return any(_children(flow.body, definition, calling) > MOST_INLINE_CHILDREN for flow in definition.flows.values())


def _children(node: Node, definition: Definition, calling: Set[str]) -> float:
    if isinstance(node, Step):
        if node.call.target in calling:
            return float("inf")
        return 1 if node.call.target in definition.flows else 0
    below = sum(_children(child, definition, calling) for child in children(node))
    repeats = type(node) in SHAPES and SHAPES[type(node)].repeats
    return float("inf") if below and repeats else below


def _agents_that_call_flows(definition: Definition) -> Set[str]:
    """Also those that use such an agent."""
    found: set[str] = set()
    while True:
        starting = found | definition.flows.keys()
        more = {name for name, agent in definition.agents.items() if any(use.target in starting for use in agent.uses)}
        if more == found:
            return found
        found = more
