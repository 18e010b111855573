"""What the check found out about values and the run could only guess, written into the definition.

Conversions stand where a value becomes one of another type: `Widen` where it fits, `Convert` where the text calls a
type. So an expression means the same in an argument, an undo, a list or a result, in the run and beside a stored value.
"""

from dataclasses import dataclass, replace
from typing import Any

from dsl.ast.expressions import Argument, Convert, DurationLiteral, Expression, FunctionCall, Get, Name, Widen
from dsl.ast.node import Node
from dsl.ast.rewrite import Change, rewrite
from dsl.ast.statements import Step, transcript_name
from dsl.ast.types import NamedType
from dsl.semantics.facts import Asked, Facts
from dsl.semantics.widening import written


@dataclass(frozen=True, slots=True)
class Elaboration:
    facts: Facts

    def of(self, node: Any, original: Node, change: Change) -> Any:
        """`node`, whose parts are elaborated already. `change` is what is done to every node of the definition: the
        defaults in a type that is written here need it too."""
        if isinstance(node, FunctionCall):
            node = self._called(node, original)
        elif isinstance(node, Step) and id(original) in self.facts.transcripts:
            node = replace(node, transcript=True)
        for type_ in self.facts.conversions.get(id(original), ()):
            target = rewrite(written(type_, self.facts.declarations.types), change)
            node = Widen(node, target, span=original.span)
        return node

    def _called(self, node: FunctionCall, original: Node) -> Any:
        cast = self.facts.casts.get(id(original))
        if cast is not None:
            given = {each.name: each.value for each in node.arguments}
            value = next(value for name, value in given.items() if name != cast.otherwise)
            return Convert(value, NamedType(cast.type), given.get(cast.otherwise), span=original.span)
        asked = self.facts.asked.get(id(original))
        if asked is not None:
            return _of_conversation(node, asked, original)
        if id(original) in self.facts.sums_of_durations:
            start = Argument("start", DurationLiteral(0))
            return replace(node, arguments=(*node.arguments, start))
        return node


def _of_conversation(node: FunctionCall, asked: Asked, original: Node) -> Expression:
    """A conversation is a record that has a size for each message; what a step had stands under a name of its own."""
    assert isinstance(original, FunctionCall)
    if asked.what == "transcript":
        named = node.arguments[0].value
        assert isinstance(named, Name)
        return Name(transcript_name(named.name), span=original.span)
    place = next(at for at, each in enumerate(original.arguments) if each.value is asked.subject)
    subject = node.arguments[place].value
    if asked.what == "subject":
        return subject
    return replace(node, arguments=(Argument(None, Get(subject, "sizes", span=original.span)),))
