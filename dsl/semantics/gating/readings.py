"""What an argument of a gated call is made of, seen from the approval: what people saw there, and what they answered.

A term is *covered* by an approval when it is one of the shown values, a part of the answer, a constant, a field or an
item of something covered, or a text, list or record of covered parts; and so is a choice between two that are covered.
A pure filter of a covered list is as good as the list: each of its items was seen, and none comes twice.

An item taken out of a covered list is remembered with the way to it, its *chain*: `claim.parts[each].lines[0]` has two
links. Every link is a term, so two chains agree exactly when they take the same items of the same lists. The chain
begins below what was shown: of `show parts[0]` nothing more is chosen.

What is covered can be *said* where the question is asked, because every name in it ends in a shown expression, in the
answer, or in a round; that is how the question lists the calls. So can a filter, and the condition of a choice, where
they read nothing newer: an argument that cannot be said is not covered, so what people see is what is sent.
"""

from itertools import islice
from typing import Any

from dsl.ast.expressions import Comprehension, Expression, FunctionCall, Get, Index, Literal, Name, Template
from dsl.ast.node import Node, walk
from dsl.ast.statements import AwaitApproval, For
from dsl.dataclass import field_names, replace
from dsl.semantics.builtins import BUILTINS
from dsl.semantics.facts import Facts
from dsl.semantics.gating.terms import DEEPEST, Rounds, Term, Terms, end_of, roots
from dsl.semantics.state import State

Chain = tuple[Term, ...]
Chains = frozenset[Chain]

LARGEST = 400
"""How many nodes an argument may have where the question is asked: what terms share is written out there."""

_NOTHING_CHOSEN: Chains = frozenset({()})
_COMPOSED = frozenset({"Template", "ListLiteral", "RecordLiteral", "parts", "Entry", "Spread"})
_MADE = _COMPOSED | {"Conditional"}
"""Lists that are made here: whether an item of one comes twice cannot be told."""


class Readings:
    """What one approval shows, and what is answered in it. `inner` are the rounds between it and the call."""

    def __init__(self, approval: AwaitApproval, inner: tuple[Rounds, ...], facts: Facts, terms: Terms) -> None:
        moment = facts.moment_of(approval)
        assert moment is not None
        self.asked: State = moment.state
        self.approval, self._inner, self._terms = approval, inner, terms
        self._shown = {terms.of(each): each for each in reversed(shown_by(approval))}
        self._shown_vars = {root.parts[0] for each in self._shown for root in roots(each)}
        self._chains: dict[Term, Chains | None] = {}
        self._said: dict[Term, Any] = {}

    def covered(self, term: Term) -> Chains | None:
        """The ways to the items that `term` takes out of lists; None where it is not covered."""
        if term not in self._chains:
            self._chains[term] = None if term.depth > 2 * DEEPEST else self._covered(term)
        return self._chains[term]

    def _covered(self, term: Term) -> Chains | None:
        if term in self._shown:
            return _NOTHING_CHOSEN
        match term.kind:
            case "Literal" | "DurationLiteral":
                return frozenset()
            case "Unary":
                return frozenset() if term.part(1).kind == "Literal" else None
            case "root":
                return _NOTHING_CHOSEN if term.parts[0] == id(self.approval) else None
            case "Get":
                return self.covered(term.part(0))
            case "Index":
                return _both(self._linked(term.part(0), term), self.covered(term.part(1)))
            case "item" | "key":
                return self._linked(term.part(0), self._terms.item(_round(term)))
            case "FunctionCall" if (items := end_of(term)) is not None:
                return self._linked(items, term)
            case "Conditional":
                return self._either(term)
            case kind if kind in _COMPOSED:
                return self._together(term)
            case _:
                wider = self._terms.narrower(term)
                return None if wider is None else self.covered(wider)

    def _either(self, term: Term) -> Chains | None:
        """One of two that are covered. Which one, the question says, or its answer decides."""
        condition, then, otherwise = (term.part(number) for number in range(3))
        return _both(self.covered(then), self.covered(otherwise)) if self.said(condition) is not None else None

    def _together(self, term: Term) -> Chains | None:
        found: Chains | None = frozenset()
        for part in term.terms():
            found = _both(found, self.covered(part))
        return found

    def _linked(self, items: Term, link: Term) -> Chains | None:
        """The ways to a list that people saw or answered, and on to one of its items."""
        wider = None if items in self._shown else self._terms.narrower(items)
        if wider is not None:
            return self._linked(wider, link)
        found = self.covered(items) if items.kind not in _MADE or items in self._shown else None
        return None if found is None else frozenset((*chain, link) for chain in found)

    def is_outdated(self, root: Term) -> bool:
        """Whether this is a `var` that was shown, in another assignment than it has here."""
        return root.parts[0] in self._shown_vars and root not in self._shown and self._name(root) is None

    def said(self, term: Term) -> Any:
        """`term` as it can be evaluated where the question is asked, apart from what is answered there. It is covered,
        or a part of what is, so it is never deep.
        """
        if term not in self._said:
            shown = self._shown.get(term)
            self._said[term] = _short(self._say(term)) if shown is None else shown
        return self._said[term]

    def _say(self, term: Term) -> Node | None:
        match term.kind:
            case "root":
                return self._name(term)
            case "item" | "key" | "position":
                return self._turn(term)
            case "bound":
                return Name(_bound(term.parts[0]))
            case "fresh" | "called":
                return None
            case _:
                return self._rebuilt(term)

    def _name(self, term: Term) -> Name | None:
        """A name that is known where the question is asked and stands for the same there, or the approval itself."""
        assert isinstance(term.node, Name)
        name = term.node.name
        if term.parts[0] == id(self.approval):
            return Name(name)
        symbol = self.asked.names.get(name)
        if symbol is None:
            return None
        version = self.asked.versions.get(name) if symbol.kind == "var" else None
        return Name(name) if (id(symbol.node), symbol.kind, version) == term.parts else None

    def _turn(self, term: Term) -> Expression | None:
        """What the turn of a round gives, by the name of its variable."""
        round_ = _round(term)
        own = self._terms.item(round_)
        if not self._is_visible(round_):
            return None
        if own is term:
            return Name(round_.variable)
        if term.kind == "item":
            items = self.said(term.part(0))
            return None if items is None else Index(items, Name(round_.variable))
        match round_:
            case For(index=str(index)) if not self._is_inner(round_):
                return Name(index)
        return None

    def _is_visible(self, round_: Rounds) -> bool:
        """Those around the question have their variable there; those behind it bring it along, and hide none."""
        return (round_.variable in self.asked.names) != self._is_inner(round_)

    def _is_inner(self, round_: Rounds) -> bool:
        return any(round_ is each for each in self._inner)

    def _rebuilt(self, term: Term) -> Node | None:
        """The same node of parts that are said. A field of nothing is nothing: a call that reads it is not made. A call
        of what a file declares is said where it was shown as it stands, and nowhere else: sealing knows it by its node.
        """
        if isinstance(term.node, FunctionCall) and term.node.function not in BUILTINS:
            return None
        changes: dict[str, Any] = {}
        for name, part in zip(_fields_of(term.node), term.parts, strict=False):
            if isinstance(part, Term):
                changes[name] = self._tuple(part) if part.kind == "parts" else self.said(part)
        if None in changes.values():
            return None
        if isinstance(term.node, Get):
            changes["optional"] = True
        if isinstance(term.node, Comprehension):
            changes["variable"] = _bound(term.parts[1])
        return replace(term.node, **changes)

    def _tuple(self, parts: Term) -> tuple[Any, ...] | None:
        found = tuple(self.said(part) for part in parts.terms())
        return None if None in found else found


def _short(said: Node | None) -> Node | None:
    return None if said is None or len([*islice(walk(said), LARGEST + 1)]) > LARGEST else said


def shown_by(approval: AwaitApproval) -> tuple[Expression, ...]:
    """What people see: the shown values, and those in the text of the question."""
    question = approval.question
    parts = question.parts if isinstance(question, Template) else (question,)
    return (*approval.show, *(part for part in parts if not isinstance(part, Literal)))


def _both(left: Chains | None, right: Chains | None) -> Chains | None:
    return None if left is None or right is None else left | right


def _round(term: Term) -> Rounds:
    assert isinstance(term.node, Rounds)
    return term.node


def _fields_of(node: Node) -> list[str]:
    return [name for name in field_names(node) if name != "span"]


def _bound(level: object) -> str:
    """A name for the variable of a comprehension that no text has, so that it hides nothing."""
    return f"item#{level}"
