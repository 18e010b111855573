"""Types of operators, in step with what `dsl.expressions.operators` can do with the values."""

from dsl.ast.expressions import Binary, Expression, ListLiteral, Literal, Unary
from dsl.semantics.conversations import extended
from dsl.semantics.findings import Mismatch
from dsl.semantics.fit import NUMERIC, ORDERED, join, misfit
from dsl.semantics.inference import Inference, Wanted
from dsl.semantics.narrowing import assume
from dsl.semantics.state import State
from dsl.semantics.together import comparable, together
from dsl.semantics.types import (
    BOOL,
    DECIMAL,
    DURATION,
    FRACTION,
    INT,
    JSON,
    NEVER,
    NULL,
    NUMBER,
    OPAQUE,
    TEXT,
    TIME,
    UNKNOWN,
    Basic,
    Conversation,
    Enum,
    ListOf,
    MapOf,
    Record,
    Type,
    UnionOf,
    holds_conversation,
    required,
    spelled,
    structure,
)

_OF_TIMES: dict[tuple[str, Type, Type], Type] = {
    ("+", DURATION, DURATION): DURATION,
    ("+", TIME, DURATION): TIME,
    ("+", DURATION, TIME): TIME,
    ("-", DURATION, DURATION): DURATION,
    ("-", TIME, DURATION): TIME,
    ("-", TIME, TIME): DURATION,
    ("/", DURATION, DURATION): FRACTION,
}
_SCALED = {"*", "/"}
_NEEDS = {
    "+": "two numbers, texts, lists or durations, or a time and a duration",
    "-": "two numbers, times or durations",
    "*": "two numbers, or a duration and a number",
    "/": "two numbers, or a duration and a number",
}


def unary(node: Unary, state: State, inference: Inference) -> Type:
    if node.operator == "not":
        inference.expect(node.operand, Wanted(BOOL, "`not`"), state)
        return BOOL
    found = inference.present(node.operand, state, "`-`")
    if found in NUMERIC or found == DURATION:
        return found
    inference.refuse(node.operand, "`-`", "a number or a duration", found)
    return UNKNOWN


def binary(node: Binary, state: State, inference: Inference) -> Type:
    if node.operator in ("and", "or"):
        return _logic(node, state, inference)
    if node.operator in ("==", "!="):
        return _equality(node, state, inference)
    if node.operator in ("in", "not in"):
        return _membership(node, state, inference)
    left = inference.present(node.left, state, f"`{node.operator}`")
    if node.operator == "+" and isinstance(left, Conversation):
        return extended(node, left, state, inference)
    right = inference.present(node.right, state, f"`{node.operator}`")
    if UNKNOWN in (left, right) or NULL in (left, right):
        return BOOL if node.operator in _COMPARISONS else UNKNOWN
    if node.operator in _COMPARISONS:
        return _comparison(node, left, right, inference)
    return _arithmetic(node, left, right, inference)


_COMPARISONS = frozenset({"<", "<=", ">", ">="})


def _logic(node: Binary, state: State, inference: Inference) -> Type:
    """The right side is evaluated only where the left one does not decide, and may count on that. Of two sides that are
    no conditions one is told, and what comes of it is not known."""
    role = f"each side of `{node.operator}`"
    inference.expect(node.left, Wanted(BOOL, role), state)
    then = assume(node.left, node.operator == "and", state, inference.facts)
    if required(inference.facts.type_of(node.left)) not in (BOOL, UNKNOWN):
        right = inference.infer(node.right, then)
        return BOOL if right == BOOL else UNKNOWN
    inference.expect(node.right, Wanted(BOOL, role), then)
    return BOOL


def _equality(node: Binary, state: State, inference: Inference) -> Type:
    left, right = inference.infer(node.left, state), inference.infer(node.right, state)
    if _is_opaque(node, left, right, inference):
        pass
    elif not comparable(left, right) and not _are_texts(node, left, right):
        reason = misfit(required(right), required(left))
        inference.report(Mismatch(node.right, f"`{node.operator}`", spelled(left), right, reason, beside=node.left))
    else:
        common = compared_as(left, right)
        if common is not None:
            inference.widen(node.left, left, common)
            inference.widen(node.right, right, common)
    return BOOL


def _are_texts(node: Binary, left: Type, right: Type) -> bool:
    """Two that are declared as no enumeration, and known to differ: that is no mistake of types, but a condition that
    is settled (`dsl.semantics.settled`)."""
    both = ((node.left, left), (node.right, right))
    sides = [required(found) for side, found in both if not isinstance(side, Literal)]
    return all(isinstance(found, Enum) and found.written for found in sides) and isinstance(required(right), Enum)


def as_item_of(item: Expression, items: Expression, found: ListOf, inference: Inference) -> None:
    """What is looked for in a list, as `compared_as` says."""
    common = compared_as(inference.facts.type_of(item), found.item)
    if common is not None:
        inference.widen(item, inference.facts.type_of(item), common)
        inference.widen(items, found, ListOf(common, found.at_most))


def compared_as(left: Type, right: Type) -> Type | None:
    """What two records are compared as: one that leaves fields out has what they are otherwise; and what is compared
    with `json`; so are lists and maps of them. None of all else, whose values are compared as they are."""
    if JSON in (left, right):
        return JSON
    common = join(left, right)
    return common if common is not None and _has_forms(common) else None


def _has_forms(found: Type) -> bool:
    """Whether equal values of it may be written in more than one way."""
    match structure(required(found)):
        case ListOf(item=inner) | MapOf(value=inner):
            return _has_forms(inner)
        case bare:
            return bare == JSON or isinstance(bare, Record | UnionOf)


def _is_opaque(node: Binary, left: Type, right: Type, inference: Inference) -> bool:
    """Conversations are compared with null, and with nothing else."""
    if NULL in (left, right):
        return False
    for side, found in ((node.left, left), (node.right, right)):
        if holds_conversation(found):
            inference.report(Mismatch(side, f"`{node.operator}`", "anything that can be looked into", found, OPAQUE))
            return True
    return False


def _membership(node: Binary, state: State, inference: Inference) -> Type:
    item = inference.infer(node.left, state)
    collection = inference.present(node.right, state, f"`{node.operator}`")
    if _is_opaque(node, item, collection, inference):
        return BOOL
    match collection:
        case ListOf(item=inner):
            if inner not in (NEVER, UNKNOWN) and not comparable(item, inner):
                reason = misfit(required(item), required(inner))
                inference.report(Mismatch(node.left, f"`{node.operator}`", spelled(inner), item, reason))
            else:
                _never_equal(node, item, inference)
                as_item_of(node.left, node.right, collection, inference)
        case _ if _is_text(collection) or isinstance(collection, MapOf):
            inference.judge(node.left, item, Wanted(TEXT, f"`{node.operator}`"))
        case _ if collection not in (UNKNOWN, NULL):
            inference.refuse(node.right, f"`{node.operator}`", "a list, a text or a map", collection)
    return BOOL


def _never_equal(node: Binary, item: Type, inference: Inference) -> None:
    """Texts of a written list that the enumeration on the left does not have."""
    values = required(item)
    if not isinstance(values, Enum) or not isinstance(node.right, ListLiteral):
        return
    for each in node.right.items:
        if isinstance(each, Literal) and isinstance(each.value, str) and each.value not in values.values:
            found = Enum((each.value,))
            reason = f'"{each.value}" is not one of {spelled(Enum(values.values))}'
            inference.report(Mismatch(each, f"`{node.operator}`", spelled(Enum(values.values)), found, reason))


def _comparison(node: Binary, left: Type, right: Type, inference: Inference) -> Type:
    if not _is_ordered(left):
        inference.refuse(node.left, f"`{node.operator}`", "a number, a text, a time or a duration", left)
    elif not (left in NUMERIC and right in NUMERIC) and not (_is_text(left) and _is_text(right)) and left != right:
        inference.refuse(node.right, f"`{node.operator}`", _kind(left), right, beside=node.left)
    return BOOL


def _arithmetic(node: Binary, left: Type, right: Type, inference: Inference) -> Type:
    found = result(node.operator, left, right)
    if found is not None:
        if isinstance(found, ListOf):
            inference.widen(node.left, left, found)
            inference.widen(node.right, right, found)
        return found
    return refused(node, left, right, inference)


def refused(node: Binary, left: Type, right: Type, inference: Inference) -> Type:
    """That the operator takes no two of these types."""
    culprit, other = _culprit(node, left, right)
    needs = _NEEDS.get(node.operator, "two numbers")
    beside, its = (node.right, right) if culprit is node.left else (node.left, left)
    reason = f"it is {spelled(other)}, beside {spelled(its)}"
    lists = left if isinstance(left, ListOf) and isinstance(right, ListOf) else None
    inference.report(Mismatch(culprit, f"`{node.operator}`", needs, other, reason, beside=beside, as_before=lists))
    return UNKNOWN


def _culprit(node: Binary, left: Type, right: Type) -> tuple[Expression, Type]:
    """The side that cannot stand beside this operator at all, otherwise the right one."""
    if result(node.operator, left, left) is None and result(node.operator, right, right) is not None:
        return node.left, left
    return node.right, right


def result(operator: str, left: Type, right: Type) -> Type | None:
    if left in NUMERIC and right in NUMERIC:
        return _number(operator, left, right)
    if operator == "+" and _is_text(left) and _is_text(right):
        return TEXT
    if operator == "+" and isinstance(left, ListOf) and isinstance(right, ListOf):
        return _concatenated(left, right)
    if operator in _SCALED and left == DURATION and right in NUMERIC:
        return DURATION
    if operator == "*" and left in NUMERIC and right == DURATION:
        return DURATION
    of_times = isinstance(left, Basic) and isinstance(right, Basic)
    return _OF_TIMES.get((operator, left, right)) if of_times else None


def _number(operator: str, left: Type, right: Type) -> Type:
    for kind in (NUMBER, DECIMAL, FRACTION):
        if kind in (left, right):
            return kind
    return FRACTION if operator == "/" else INT


def _concatenated(left: ListOf, right: ListOf) -> Type | None:
    item = together((left.item, right.item))
    bounded = left.at_most is not None and right.at_most is not None
    return None if item is None else ListOf(item, (left.at_most or 0) + (right.at_most or 0) if bounded else None)


def _is_text(found: Type) -> bool:
    return found == TEXT or isinstance(found, Enum)


def _is_ordered(found: Type) -> bool:
    return found in ORDERED or isinstance(found, Enum)


def _kind(found: Type) -> str:
    if found in NUMERIC:
        return "a number"
    return "a text" if _is_text(found) else f"a {spelled(found)}"
