"""What a condition tells about the paths in it, where it holds and where it does not.

`x != null`, `x.kind == "refund"`, `x in ["a", "b"]`, `refund.approved`, `outcome.ok`, and their combinations. The
condition has been inferred before; types are read from the facts.

`assume(c, truth, s)` goes down the condition and returns a state that holds whenever `s` held and `c` came out as
`truth`. It is sound because each rule tells only what that outcome implies, and where it cannot tell it adds nothing:

- `not c` is `c` with the other truth. `a and b` that holds, and `a or b` that does not, evaluated both sides, `b`
  where `a` was known: the second is assumed in the state of the first. Otherwise one of two things happened: `a` alone
  decided, or `a` came out the other way and `b` decided. The two states are joined, which keeps what both agree on.
- A comparison tells something of what it is compared with: that it is equal to what is not null, a literal or another
  value, says that the subject, and all before a `?.` in it, is there. That it is *not* equal says nothing of a subject
  that may be null: null differs from every other value too.
- What is told is told of a path: a name, fields below it, and items at a constant place, or one that a name stands for.
  Values do not change, so it holds until one of the names stands for another value; `State.define` and `State.forget`
  drop it then, for what a block may set before the block. A `let` of a condition tells what the condition does, as long
  as none of its names is set.
- A field can tell about its record: the field by which a union is told apart leaves its other records out, `ok` of an
  outcome and `approved` of an approval give their `value`, `error` and `answer` a type. `approved` gives no answer when
  a timeout may approve, because then nobody answered; `outcome == "approved"` does.
"""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from dsl.ast.expressions import Binary, Conditional, Expression, Get, Index, ListLiteral, Literal, Name, Unary
from dsl.semantics.access import path_of
from dsl.semantics.facts import Facts
from dsl.semantics.state import Path, State, join
from dsl.semantics.types import (
    ERROR,
    JSON,
    NEVER,
    NULL,
    TEXT,
    UNKNOWN,
    ApprovalOf,
    Enum,
    ListOf,
    OptionalOf,
    OutcomeOf,
    Type,
    UnionOf,
    optional,
    required,
    structure,
)
from dsl.semantics.unions import discriminator, narrowed

Constant = str | int | bool | Decimal | None


class Assumed:
    """The facts, and what one question has come to so far: without that each level of a condition would be gone
    through twice for each level around it."""

    def __init__(self, facts: Facts, *, present: Expression | None = None) -> None:
        """`present` is known not to be null."""
        self._facts, self._present = facts, present
        self._known: dict[tuple[int, bool, int], tuple[State, State]] = {}

    def type_of(self, expression: Expression) -> Type:
        found = self._facts.type_of(expression)
        return required(found) if expression is self._present else found

    def when(self, condition: Expression, truth: bool, state: State) -> State:
        """`state` where `condition` came out as `truth`."""
        rule = _RULES.get(type(condition))
        if rule is None:
            return state
        key = (id(condition), truth, id(state))
        if key not in self._known:
            # The state stands beside what it led to, so that its id stays its own.
            self._known[key] = state, rule(condition, truth, state, self)
        return self._known[key][1]


def assume(condition: Expression, truth: bool, state: State, facts: Facts) -> State:
    """`state` where `condition` came out as `truth`."""
    return Assumed(facts).when(condition, truth, state)


def assume_one_of(subject: Expression, values: Sequence[Constant], state: State, facts: Facts) -> State:
    """`state` where `subject` is one of `values`, of which there is one at least."""
    assumed = Assumed(facts)
    texts = tuple(value for value in values if isinstance(value, str))
    ways = [_literal(subject, value, True, state, assumed) for value in values if not isinstance(value, str)]
    return join((*ways, *([_one_of(subject, texts, True, state, assumed)] if texts else ()))) or state


def assume_none_of(subject: Expression, values: Sequence[Constant], state: State, facts: Facts) -> State:
    """`state` where `subject` is none of `values`. That it is not null is told first: then the others tell more."""
    assumed = Assumed(facts)
    if any(value is None for value in values):
        state, assumed = _null(subject, False, state, assumed), Assumed(facts, present=subject)
    for value in values:
        if isinstance(value, bool):
            state = _literal(subject, value, False, state, assumed)
    texts = tuple(value for value in values if isinstance(value, str))
    return _one_of(subject, texts, False, state, assumed) if texts else state


def _unary(node: Unary, truth: bool, state: State, facts: Assumed) -> State:
    return facts.when(node.operand, not truth, state) if node.operator == "not" else state


def _binary(node: Binary, truth: bool, state: State, facts: Assumed) -> State:
    match node.operator:
        case "and" | "or":
            return _logic(node, truth, state, facts)
        case "==" | "!=":
            return _equality(node, truth == (node.operator == "=="), state, facts)
        case "in" | "not in":
            return _membership(node, truth == (node.operator == "in"), state, facts)
        case _:
            return state


def _membership(node: Binary, within: bool, state: State, facts: Assumed) -> State:
    """What is in a list that holds no null is not null, nor is what is not in one that does."""
    items = node.right.items if isinstance(node.right, ListLiteral) else None
    if items is not None:
        values = [item.value if isinstance(item, Literal) else None for item in items]
        if all(isinstance(value, str) for value in values):
            texts = tuple(dict.fromkeys(value for value in values if isinstance(value, str)))
            return _one_of(node.left, texts, within, state, facts)
        if not within and any(isinstance(item, Literal) and item.value is None for item in items):
            return _present(node.left, state, facts)
    found = structure(facts.type_of(node.right))
    if not within or not isinstance(found, ListOf) or isinstance(found.item, OptionalOf):
        return state
    return state if found.item in (NULL, JSON, UNKNOWN) else _present(node.left, state, facts)


def _logic(node: Binary, truth: bool, state: State, facts: Assumed) -> State:
    alone = facts.when(node.left, truth, state)
    if truth == (node.operator == "and"):
        return facts.when(node.right, truth, alone)
    other = facts.when(node.right, truth, facts.when(node.left, not truth, state))
    return join((alone, other)) or state


def _equality(node: Binary, equal: bool, state: State, facts: Assumed) -> State:
    for subject, other in ((node.left, node.right), (node.right, node.left)):
        if isinstance(other, Literal):
            return _literal(subject, other.value, equal, state, facts)
        found = facts.type_of(other)
        if equal and not isinstance(found, OptionalOf) and found not in (NULL, JSON, UNKNOWN):
            state = _present(subject, state, facts)
    return state


def _conditional(node: Conditional, truth: bool, state: State, facts: Assumed) -> State:
    """One of the two came out so; one that is written out as the other cannot have."""
    ways = [
        facts.when(chosen, truth, facts.when(node.condition, held, state))
        for chosen, held in ((node.then, True), (node.otherwise, False))
        if not (isinstance(chosen, Literal) and chosen.value is not truth)
    ]
    return join(ways) or state


def _literal(subject: Expression, value: object, equal: bool, state: State, facts: Assumed) -> State:
    if value is None:
        return _null(subject, equal, state, facts)
    if isinstance(value, bool):
        found = facts.type_of(subject)
        unclear = not equal and (isinstance(found, OptionalOf) or found == NULL)
        return state if unclear else facts.when(subject, value == equal, state)
    if isinstance(value, str):
        return _one_of(subject, (value,), equal, state, facts)
    return _present(subject, state, facts) if equal else state


def _null(subject: Expression, is_null: bool, state: State, facts: Assumed) -> State:
    if not is_null:
        return _present(subject, state, facts)
    path = path_of(subject)
    if path is None or not isinstance(facts.type_of(subject), OptionalOf) or "?." in _links(subject):
        return state
    return state.refine(path, NULL)


def _links(expression: Expression) -> list[str]:
    links = []
    while isinstance(expression, Get | Index):
        links.append("?." if isinstance(expression, Get) and expression.optional else ".")
        expression = expression.subject
    return links


def _present(subject: Expression, state: State, facts: Assumed) -> State:
    """`subject` is not null, and so is everything before a `?.` in it."""
    node: Expression = subject
    while isinstance(node, Get | Index | Name):
        path, found = path_of(node), facts.type_of(node)
        if path is not None and isinstance(found, OptionalOf):
            state = state.refine(path, found.item)
        elif path is not None and found == NULL:  # it is known to be null, so nothing comes here
            state = state.refine(path, NEVER)
        if isinstance(node, Name):
            break
        node = node.subject
    return state


def _one_of(subject: Expression, values: tuple[str, ...], within: bool, state: State, facts: Assumed) -> State:
    if within:
        state = _present(subject, state, facts)
    path, found = path_of(subject), required(facts.type_of(subject))
    if path is not None and found == TEXT and within and values:
        return state.refine(path, Enum(values, written=True))
    if path is None or not isinstance(found, Enum):
        return state
    left = tuple(value for value in found.values if (value in values) == within)
    if left and len(left) < len(found.values):
        state = _narrow(subject, path, Enum(left), within, state, facts)
    if isinstance(subject, Get):
        state = _owner(subject, path, left, within, state, facts)
    return state


def _narrow(subject: Expression, path: Path, type_: Type, there: bool, state: State, facts: Assumed) -> State:
    """`subject` is a `type_`, unless it is null; whether it can be does not follow from a `?.` further out."""
    if there or not isinstance(facts.type_of(subject), OptionalOf):
        return state.refine(path, type_)
    return state if "?." in _links(subject) else state.refine(path, optional(type_))


def _owner(subject: Get, path: Path, values: tuple[str, ...], there: bool, state: State, facts: Assumed) -> State:
    """The record that the field belongs to: a union loses options, an approval is known to be approved."""
    owner = structure(required(facts.type_of(subject.subject)))
    if isinstance(owner, UnionOf) and discriminator(owner) == subject.name and values:
        left = narrowed(owner, subject.name, frozenset(values))
        return _narrow(subject.subject, path[:-1], left, there, state, facts)
    approval = required(facts.type_of(subject.subject))
    if isinstance(approval, ApprovalOf) and subject.name == "outcome" and values == ("approved",):
        there = there or not isinstance(facts.type_of(subject), OptionalOf)
        return _answered(path[:-1], approval, state.tell((*path[:-1], "approved"), True)) if there else state
    return state


def _truth(node: Name | Get | Index, truth: bool, state: State, facts: Assumed) -> State:
    path = path_of(node)
    if path is None:
        return state
    if isinstance(node, Name) and node.name in state.meant:
        state = facts.when(state.meant[node.name], truth, state)
    state = _present(node, state, facts).tell(path, truth)
    if isinstance(node, Get):
        owner: Type = required(facts.type_of(node.subject))
        if isinstance(owner, ApprovalOf) and node.name == "approved" and truth and not owner.by_timeout:
            return _answered(path[:-1], owner, state)
        if isinstance(owner, OutcomeOf) and node.name == "ok":
            return _settled(path[:-1], owner, truth, state)
    return state


def _answered(path: Path, approval: ApprovalOf, state: State) -> State:
    return state if approval.answer is None else state.refine((*path, "answer"), approval.answer)


def _settled(path: Path, outcome: OutcomeOf, ok: bool, state: State) -> State:
    if not ok:
        return state.refine((*path, "error"), ERROR)
    return state.refine((*path, "value"), outcome.value)


_RULES: dict[type, Callable[[Any, bool, State, Assumed], State]] = {
    Unary: _unary,
    Binary: _binary,
    Conditional: _conditional,
    Name: _truth,
    Get: _truth,
    Index: _truth,
}
