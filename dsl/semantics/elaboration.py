"""What the check found out about values and the run could only guess, written into the definition.

A call of a declared function is written out (`Apply`): its arguments by name, and its body, in which the conversions
are those of the function. So a definition holds no functions, an expression has with it all that it needs wherever it
is worked out, and a function that changes changes the hash of what calls it, and of nothing else. How large that makes
an expression is bounded (`dsl.semantics.written_out`).

Conversions stand where a value becomes one of another type: `Widen` where it fits, `Convert` where the text calls a
type. So an expression means the same in an argument, an undo, a list or a result, in the run and beside a stored value.
"""

from typing import Any

from dsl.ast.declarations import FunctionDeclaration
from dsl.ast.events import envelope_name
from dsl.ast.expressions import (
    Apply,
    Argument,
    Convert,
    DurationLiteral,
    Entry,
    Expression,
    FunctionCall,
    Get,
    Literal,
    Name,
    RecordLiteral,
    Widen,
)
from dsl.ast.left import left_name
from dsl.ast.node import Node
from dsl.ast.of_run import run_name
from dsl.ast.people import ChosenGroup, Group
from dsl.ast.rewrite import Change, rewrite
from dsl.ast.statements import Match, Step, transcript_name
from dsl.ast.types import NamedType
from dsl.dataclass import dataclass, field, replace
from dsl.semantics.chosen_groups import as_written, possible
from dsl.semantics.facts import Asked, Facts
from dsl.semantics.widening import written
from dsl.semantics.written_out import Size, sizes


@dataclass(frozen=True, slots=True)
class Elaboration:
    facts: Facts
    _bodies: dict[str, Expression] = field(default_factory=dict)
    _sizes: dict[str, Size] = field(default_factory=dict)

    def of(self, node: Any, original: Node, change: Change) -> Any:
        """`node`, whose parts are elaborated already. `change` is what is done to every node of the definition: the
        defaults in a type that is written here need it too."""
        if isinstance(node, FunctionCall):
            node = self._called(node, original, change)
        elif isinstance(node, Get):
            node = (
                self._enveloped(node, original) if id(original) in self.facts.envelopes else self._left(node, original)
            )
        elif isinstance(node, Step) and id(original) in self.facts.transcripts:
            node = replace(node, transcript=True)
        elif isinstance(node, ChosenGroup):
            assert isinstance(original, ChosenGroup)
            node = _asked(node, original, self.facts)
        elif isinstance(node, Match) and id(original) in self.facts.complete:
            node = replace(node, complete=True)
        for type_ in self.facts.conversions.get(id(original), ()):
            target = rewrite(written(type_, self.facts.declarations.types), change)
            node = Widen(node, target, span=original.span)
        return node

    def _left(self, node: Get, original: Node) -> Expression:
        """What is left of the budgets, and what a flow asks of its run: each has a name of its own."""
        assert isinstance(original, Get)
        if id(original) in self.facts.of_run:
            return Name(run_name(original.name), span=original.span)
        if id(original.subject) in self.facts.left:
            return Name(left_name(original.name), span=original.span)
        units = self.facts.left.get(id(original))
        if units is None:
            return node
        entries = tuple(Entry(unit, Name(left_name(unit), span=original.span)) for unit in units)
        return RecordLiteral(entries, span=original.span)

    def _enveloped(self, node: Get, original: Node) -> Expression:
        """The envelope of an event stands under a name of its own."""
        assert isinstance(original, Get)
        assert isinstance(original.subject, Name)
        return replace(node, subject=Name(envelope_name(original.subject.name), span=original.subject.span))

    def _called(self, node: FunctionCall, original: Node, change: Change) -> Any:
        assert isinstance(original, FunctionCall)
        declared = self.facts.callee_of(original)
        if declared is not None and isinstance(declared.node, FunctionDeclaration):
            return self._applied(node, declared.node, change) if self._has_an_end(declared.name) else node
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

    def _has_an_end(self, function: str) -> bool:
        """Constants are looked at in a text that may hold any mistake."""
        if not self._sizes:
            self._sizes.update(sizes(self.facts))
        return function in self._sizes and not self._sizes[function].exceeds

    def _applied(self, node: FunctionCall, function: FunctionDeclaration, change: Change) -> Apply:
        names = [parameter.name for parameter in function.parameters]
        given = {each.name or names[position]: each.value for position, each in enumerate(node.arguments)}
        left_out = {each.name: each.default or Literal(None) for each in function.parameters if each.name not in given}
        values = {**given, **{name: rewrite(value, change) for name, value in left_out.items()}}
        arguments = tuple(Argument(name, values[name]) for name in names)
        if function.name not in self._bodies:
            self._bodies[function.name] = rewrite(function.value, change)
        parameters = tuple(replace(rewrite(each, change), default=None, doc=None) for each in function.parameters)
        returns = rewrite(function.returns, change)
        return Apply(function.name, arguments, self._bodies[function.name], parameters, returns, span=node.span)


def _asked(node: ChosenGroup, original: ChosenGroup, facts: Facts) -> ChosenGroup | Group:
    """With all groups that may be asked."""
    name = as_written(node)
    return replace(node, groups=possible(original, facts)) if name is None else Group(name, span=original.span)


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
