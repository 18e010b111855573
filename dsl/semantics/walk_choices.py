"""One of several blocks: `if` and `match`.

What one block defines is visible afterwards where all others leave. With a name the choice is a value instead: `yield`
in a block gives it and goes on behind the choice, where what the blocks defined is over.

`match` is complete where all that its subject may be is known (an enumeration, a `bool`, null) and has a case, or where
`else` takes what is left. What a case says of the subject holds in its block, and in `else` that it was none of them.
"""

from dsl.ast.expressions import Expression, Literal
from dsl.ast.statements import If, Match
from dsl.semantics.findings import IdleCase, IdleElse, Uncovered
from dsl.semantics.inference import Wanted
from dsl.semantics.narrowing import Constant, assume, assume_none_of, assume_one_of
from dsl.semantics.settled import settled, takes_the_rest
from dsl.semantics.state import State, join
from dsl.semantics.types import (
    BOOL,
    DECIMAL,
    FRACTION,
    INT,
    JSON,
    NULL,
    NUMBER,
    TEXT,
    UNKNOWN,
    Enum,
    OptionalOf,
    Type,
    required,
    structure,
)
from dsl.semantics.walker import Around, Walker
from dsl.semantics.yields import yielded

Possible = str | bool | None

_WITHOUT_END = (TEXT, INT, NUMBER, DECIMAL, FRACTION)
"""Types with more values than can be written down."""


def if_(walker: Walker, node: If, state: State, around: Around) -> State | None:
    inner = around if node.name is None else around.choosing()
    ends: list[State | None] = []
    left = state
    asked: dict[Expression, Expression] = {}
    for arm in node.arms:
        walker.inference.expect(arm.condition, Wanted(BOOL, "the condition of `if`"), left)
        settled(arm.condition, left, walker.facts, asked)
        ends.append(walker.block(arm.body, assume(arm.condition, True, left, walker.facts), inner))
        left = assume(arm.condition, False, left, walker.facts)
    if node.otherwise is not None and takes_the_rest(node.arms[-1].condition, walker.facts):
        walker.facts.findings.append(IdleElse(node.arms[-1].condition))
    ends.append(left if node.otherwise is None else walker.block(node.otherwise, left, inner))
    return _after(walker, node, ends, state, inner, around)


def match(walker: Walker, node: Match, state: State, around: Around) -> State | None:
    inner = around if node.name is None else around.choosing()
    complete = _judge(walker, node, walker.inference.infer(node.subject, state))
    ends: list[State | None] = []
    for case in node.cases:
        held = assume_one_of(node.subject, [each.value for each in case.values], state, walker.facts)
        ends.append(walker.block(case.body, held, inner))
    if complete:
        walker.facts.complete.add(id(node))
    taken = [value.value for case in node.cases for value in case.values]
    left = assume_none_of(node.subject, taken, state, walker.facts)
    if node.otherwise is not None:
        ends.append(walker.block(node.otherwise, left, inner))
    elif not complete and (inner.yields or not ends or any(end is not None for end in ends)):
        ends.append(left)  # it is told what is left out, and not also that nothing is returned there
    return _after(walker, node, ends, state, inner, around)


def _after(
    walker: Walker, node: If | Match, ends: list[State | None], before: State, inner: Around, around: Around
) -> State | None:
    if node.name is None:
        return join(ends)
    value = yielded(walker, inner, falls_through=any(end is not None for end in ends))
    ways = [*ends, *(known for _, _, known in inner.yields or ())]
    after = join(None if way is None else way.leave(before) for way in ways)
    return None if after is None else walker.define_once(node, node.name, "choice", value, after, around)


def _judge(walker: Walker, node: Match, found: Type) -> bool:
    """Report cases that cannot come and values that have none. Whether every value has a case."""
    if UNKNOWN in (found, required(found)):
        return True  # what is wrong with it is told where it comes from
    possible = _possible(walker, node, found)
    if possible is None:
        return True
    taken: dict[tuple[type, Constant], Literal] = {}
    for value in (value for case in node.cases for value in case.values):
        key = (type(value.value), value.value)
        if not _may_be(value.value, found):
            walker.inference.report(IdleCase(value, found))
        elif key in taken:
            walker.inference.report(IdleCase(value, found, taken[key]))
        taken.setdefault(key, value)
    left = [value for value in possible if (type(value), value) not in taken]
    without_end = required(found) in _WITHOUT_END
    if node.otherwise is None and (left or without_end):
        walker.inference.report(Uncovered(node, found, tuple(left)))
    elif node.otherwise is not None and not left and not without_end:
        walker.inference.report(IdleCase(node.otherwise, found))
    return not left and not without_end


def _possible(walker: Walker, node: Match, found: Type) -> tuple[Possible, ...] | None:
    """What the subject may be, as far as it can be listed; None where no case can be told apart."""
    nothing: tuple[Possible, ...] = (None,) if isinstance(found, OptionalOf) or found == NULL else ()
    match structure(required(found)):
        case Enum(values=values):
            return (*values, *nothing)
        case type_ if type_ == BOOL:
            return (True, False, *nothing)
        case type_ if type_ in _WITHOUT_END or type_ == NULL:
            return nothing
        case type_:
            wanted = "a text, a whole number, a bool, or null"
            role = "`match`, which has to be told apart first" if type_ == JSON else "`match`"
            walker.inference.refuse(node.subject, role, wanted, found)
            return None


def _may_be(value: Constant, type_: Type) -> bool:
    found = structure(required(type_))
    if value is None:
        return isinstance(type_, OptionalOf) or type_ == NULL
    if isinstance(value, bool):
        return found == BOOL
    if isinstance(value, str):
        return found == TEXT or (isinstance(found, Enum) and value in found.values)
    return found in _WITHOUT_END and found != TEXT
