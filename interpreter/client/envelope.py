"""How a sealed definition travels: inside the run's input while it is small, by its hash from the store above that.

Measured: inline, a large definition costs its size in every history and megabytes of memory for each run on a worker.
"""

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
    """Whether one of the flows may start more than a few children: by many steps, or by one that is repeated."""
    return any(_children(flow.body, definition) > MOST_INLINE_CHILDREN for flow in definition.flows.values())


def _children(node: Node, definition: Definition) -> float:
    if isinstance(node, Step):
        return 1 if node.call.target in definition.flows else 0
    below = sum(_children(child, definition) for child in children(node))
    repeats = type(node) in SHAPES and SHAPES[type(node)].repeats
    return float("inf") if below and repeats else below
