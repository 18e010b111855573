"""Types of expressions: the entry point, which the rules for each class of expression call for their parts.

`infer` makes out the type of an expression by itself; `expect` says which type is wanted, goes into literals with it,
and so reports the smallest text that does not fit. Where a value fits but changes its form, `widen` notes it for
sealing.
"""

from collections.abc import Callable, Mapping
from typing import Any

from dsl.ast.expressions import Expression
from dsl.ast.node import Node
from dsl.dataclass import dataclass, field
from dsl.semantics.facts import Facts
from dsl.semantics.findings import Finding, MaybeNull, Mismatch
from dsl.semantics.fit import misfit
from dsl.semantics.state import State
from dsl.semantics.types import NULL, ListOf, OptionalOf, Type, required, spelled, structure
from dsl.semantics.widening import changes

Rule = Callable[[Any, State, "Inference"], Type]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an expression must be: `role` names the place in a message, `declared` is where that was laid down."""

    type: Type
    role: str
    declared: Node | None = None


Expectation = Callable[[Any, Wanted, State, "Inference"], Type | None]
"""Checks the parts of a literal against what is wanted. The answer is the type of the literal, as far as it fits; None
when it is to be taken as a whole."""


@dataclass(frozen=True, slots=True)
class Inference:
    """`defined` are the names that statements of this flow define anywhere; `quiet`: part of the flow could not be
    read, so a name that is not known may be defined there."""

    facts: Facts
    rules: Mapping[type, Rule]
    expectations: Mapping[type, Expectation]
    defined: Mapping[str, Node] = field(default_factory=dict)
    quiet: bool = False

    def report(self, finding: Finding) -> None:
        self.facts.findings.append(finding)

    def infer(self, expression: Expression, state: State) -> Type:
        self.facts.conversions.pop(id(expression), None)
        found = self.rules[type(expression)](expression, state, self)
        self.facts.types[id(expression)] = found
        return found

    def expect(self, expression: Expression, wanted: Wanted, state: State) -> Type:
        """Report what does not fit; the answer is the type that was found."""
        self.facts.conversions.pop(id(expression), None)
        rule = self.expectations.get(type(expression))
        fitting = None if rule is None else rule(expression, wanted, state, self)
        if fitting is not None:
            self.facts.types[id(expression)] = fitting
            return fitting
        found = self.infer(expression, state)
        self.judge(expression, found, wanted)
        return found

    def judge(self, node: Node, found: Type, wanted: Wanted) -> None:
        reason = misfit(found, wanted.type)
        if reason is None:
            self.widen(node, found, wanted.type)
            return
        if isinstance(found, OptionalOf) and misfit(found.item, wanted.type) is None:
            self.report(MaybeNull(node, wanted.role, wanted.declared))
        else:
            self.report(Mismatch(node, wanted.role, spelled(wanted.type), found, reason, wanted.declared))

    def widen(self, node: Node, found: Type, wanted: Type) -> None:
        """The value of `node`, a `found`, becomes a `wanted`, which it fits."""
        if changes(found, wanted):
            self.facts.conversions[id(node)] = (*self.facts.conversions.get(id(node), ()), wanted)

    def present(self, expression: Expression, state: State, use: str) -> Type:
        """The type of an expression that must not be null, for `use`."""
        found = self.infer(expression, state)
        if isinstance(found, OptionalOf) or found == NULL:
            self.report(MaybeNull(expression, use))
        return structure(required(found))

    def list_of(self, expression: Expression, state: State, use: str) -> ListOf | None:
        """The type of an expression that must be a list, for `use`; None when it is not, or when it is not known."""
        found = self.present(expression, state, use)
        if isinstance(found, ListOf):
            return found
        self.refuse(expression, use, "a list", found)
        return None

    def refuse(self, node: Node, role: str, wanted: str, found: Type, beside: Expression | None = None) -> None:
        """A mismatch, unless what was found has been reported already."""
        if misfit(found, _IMPOSSIBLE) is not None and found != NULL:
            self.report(Mismatch(node, role, wanted, found, beside=beside))


_IMPOSSIBLE = ListOf(ListOf(NULL), 0)
