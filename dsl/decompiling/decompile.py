"""`decompile`: the text of a definition, and the proof that it is one, by sealing it again.

What is written is laid out, read, checked and sealed as any file. Where that differs from the definition, and the text
might have said something else there, the other is tried; what is left then was never sealed from a text: a part was
filled in by hand, such as a budget that the flow does not have, or a gate that its approval does not open.
"""

from itertools import islice
from typing import Any

from dsl.analysis import Analysis, analyse
from dsl.ast.expressions import Apply, Expression, Get, Widen
from dsl.ast.node import Node
from dsl.ast.rewrite import rewrite
from dsl.ast.types import ConversationType
from dsl.dataclass import dataclass, replace
from dsl.decompiling.differences import Difference, differences
from dsl.decompiling.module import module
from dsl.decompiling.writing import Writing
from dsl.definition.definition import Definition
from dsl.definition.seal import UnknownFlow, seal
from dsl.definition.unseal import UnsealError, unseal
from dsl.diagnostics.diagnostic import Diagnostic
from dsl.formatting.format import format_text
from dsl.source import Source

MOST_TRIES = 20


@dataclass(frozen=True)
class Decompiled:
    """`text` seals to the definition where `analysis` has no error and `difference` is None."""

    text: str
    analysis: Analysis
    difference: Difference | None = None


def decompile(definition: Definition, name: str = "<definition>") -> Decompiled:
    """The text of `definition`. Raises `Unwritable` for what no text says."""
    definition = _shared(definition)
    writing = Writing()
    made = _tried(definition, writing, name)
    if any(_is_too_deep(each) for each in made.analysis.diagnostics):
        writing = Writing(divides=True)
        made = _tried(definition, writing, name)
    for _ in range(MOST_TRIES):
        others = set() if made.difference is None else _others(definition, made, writing)
        if not others:
            break
        writing = Writing(writing.otherwise | others, writing.divides)
        made = _tried(definition, writing, name)
    return made


def _is_too_deep(diagnostic: Diagnostic) -> bool:
    """Constants are written out where their names stood, so a definition may be deeper than its text was."""
    return diagnostic.code == "SF001" and diagnostic.message.startswith("nested more than")


def _tried(definition: Definition, writing: Writing, name: str) -> Decompiled:
    raw = module(definition, writing)
    text = format_text(raw)
    analysis = analyse(Source(name, raw if text is None else text))
    if text is None:
        return Decompiled(raw, analysis)
    return Decompiled(text, analysis, next(iter(_differences(definition, analysis)), None))


def _differences(definition: Definition, analysis: Analysis) -> list[Difference]:
    try:
        sealed = seal(analysis.facts, analysis.source, definition.flow, gates=analysis.gates, spends=analysis.spends)
        if sealed.hash == definition.hash:
            return []
        found = list(differences(definition, unseal(sealed.json)))
        return found or [Difference("", definition.hash, sealed.hash, ())]
    except (UnknownFlow, UnsealError):
        return []  # there are errors, which say more


def _others(definition: Definition, made: Decompiled, writing: Writing) -> set[int]:
    """The nodes that may have been meant in another way, and turned out not to be what was written."""
    found: set[int] = set()
    for each in _differences(definition, made.analysis):
        meant = (node for node in reversed(each.nodes) if _has_others(node) and not writing.is_otherwise(node))
        found.update(id(node) for node in islice(meant, 1))
    return found


def _has_others(node: Node) -> bool:
    match node:
        case Widen(type=ConversationType(at_most=int())) | Get(name="sizes"):
            return True
        case _:
            return False


def _shared(definition: Definition) -> Definition:
    """With one body for each function, wherever it is called: it is written once, and looked at once."""
    bodies: dict[str, Expression] = {}

    def change(node: Any, original: Node) -> Any:
        if not isinstance(node, Apply):
            return node
        body = bodies.setdefault(node.function, node.body)
        return replace(node, body=body) if body is not node.body and body == node.body else node

    parts = {
        part: {name: rewrite(node, change) for name, node in getattr(definition, part).items()}
        for part in ("flows", "tools", "agents", "types")
    }
    return Definition(flow=definition.flow, hash=definition.hash, edition=definition.edition, **parts)
