"""What can be known of a value without running: a constant that breaks the bounds of its field, or has no value.

Constants are noted on the way and worked out when all of the text has been understood: one may call a type, whose
fields may have defaults that call others. They are worked out as the run would, conversions and all.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from dsl.ast.declarations import FunctionDeclaration
from dsl.ast.expressions import Binary, Expression, FunctionCall, Index, Row
from dsl.ast.node import Node, walk
from dsl.ast.rewrite import rewrite
from dsl.ast.types import Field, RecordType, Type
from dsl.dataclass import dataclass, field
from dsl.expressions.context import CONSTANT, Context
from dsl.expressions.errors import EvaluationError
from dsl.expressions.evaluate import TOO_DEEP, evaluate
from dsl.expressions.names import names
from dsl.semantics.builtins import BUILTINS
from dsl.semantics.elaboration import Elaboration
from dsl.semantics.facts import Constant, Facts
from dsl.semantics.findings import InvalidType, NoReturn
from dsl.semantics.inference import Inference, Wanted
from dsl.semantics.state import State
from dsl.semantics.types import is_whole
from dsl.values.validate import converting, validate

_MAY_FAIL = (Binary, Row, FunctionCall, Index)
_NO_END = "it has no end, because it needs itself"


def expect_constant(
    value: Expression, field: Field, wanted: Wanted, state: State, inference: Inference, advice: str | None = None
) -> None:
    """As `inference.expect`, and a constant is to be held against the bounds of `field`: unless these, or its type, are
    what is wrong. `advice`: what to do where it does not hold."""
    before = len(inference.facts.findings)
    inference.expect(value, wanted, state)
    if len(inference.facts.findings) == before and is_whole(wanted.type):
        inference.facts.constants[id(value)] = Constant(value, field, wanted.role, advice)


def judge_constants(facts: Facts) -> None:
    """Report each constant that does not hold, and what in the text never has a value; of one inside another, one."""
    judged = _Judged(facts)
    for constant in facts.constants.values():
        judged.constant(constant)
    for kind in _MAY_FAIL:
        for node in facts.all(kind):
            if isinstance(node, _MAY_FAIL) and id(node) in facts.types:
                judged.expression(node)


@dataclass(slots=True)
class _Judged:
    facts: Facts
    elaboration: Elaboration = field(init=False)
    types: Mapping[str, Type] = field(init=False)
    context: Context = field(init=False)
    told: set[int] = field(default_factory=set)
    """The ids of nodes about which something is said, and of those in them."""

    def __post_init__(self) -> None:
        self.elaboration = Elaboration(self.facts)
        declared = self.facts.declarations.type_nodes.items()
        self.types = {name: rewrite(node.type, self._change) for name, node in declared}
        self.context = converting(CONSTANT, self.types)
        self.told.update(id(found.node) for found in self.facts.findings if not isinstance(found, NoReturn))

    def constant(self, constant: Constant) -> None:
        value = self._elaborated(constant.value)
        if value is None or id(constant.field) in self.told:
            return
        problem = self._problem_of(value, constant.field)
        if problem is not None:
            self._tell(constant.value, f"{constant.role} does not hold: {problem}", constant.advice)

    def expression(self, node: Expression) -> None:
        value = self._elaborated(node)
        problem = None if value is None else self._no_value(value)
        if problem is not None:
            self._tell(node, f"this cannot be worked out: {problem}")

    def _elaborated(self, expression: Expression) -> Expression | None:
        """As the run would work it out, if it has the same value everywhere and nothing is said about it yet."""
        if names(expression) or (self.told and self._is_told_of(expression)):
            return None
        elaborated = rewrite(expression, self._change)
        return elaborated if all(map(_is_pure, _calls(elaborated))) else None

    def _is_told_of(self, expression: Expression) -> bool:
        """Whether something is said of it, or of a function that it calls."""
        waiting, seen = [expression], set[str]()
        for each in waiting:
            for node in walk(each):
                if id(node) in self.told:
                    return True
                called = self.facts.callee_of(node) if isinstance(node, FunctionCall) else None
                if called is not None and called.name not in seen and isinstance(called.node, FunctionDeclaration):
                    seen.add(called.name)
                    waiting.append(called.node.value)
        return False

    def _problem_of(self, value: Expression, field: Field) -> str | None:
        """Why a constant of the right type is no value of `field`."""
        problem = self._no_value(value)
        if problem is not None:
            return f"it cannot be worked out: {problem}"
        plain = rewrite(field, self._change)
        try:
            checked = validate({field.name: evaluate(value, {}, self.context)}, RecordType((plain,)), self.types)
        except RecursionError:
            return _NO_END
        return checked.problems[0].message if checked.problems else None

    def _no_value(self, value: Expression) -> str | None:
        try:
            evaluate(value, {}, self.context)
        except EvaluationError as error:
            return _NO_END if error.message.endswith(TOO_DEEP) else error.message
        except RecursionError:
            return _NO_END
        return None

    def _change(self, node: Any, original: Node) -> Any:
        return self.elaboration.of(node, original, self._change)

    def _tell(self, node: Expression, message: str, advice: str | None = None) -> None:
        self.facts.findings.append(InvalidType(node, message, advice))
        self.told.update(id(inner) for inner in walk(node))


def _calls(expression: Expression) -> Iterator[FunctionCall]:
    return (node for node in walk(expression) if isinstance(node, FunctionCall))


def _is_pure(call: FunctionCall) -> bool:
    return call.function in BUILTINS and call.function not in ("now", "uuid")
