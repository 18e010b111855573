"""`await approval`: what it asks and shows, whom it asks, and what its name stands for afterwards."""

from dsl.ast.expressions import Expression
from dsl.ast.statements import AwaitApproval
from dsl.semantics import capped
from dsl.semantics.facts import Moment
from dsl.semantics.files import typed_by_people
from dsl.semantics.findings import Mismatch
from dsl.semantics.inference import Wanted
from dsl.semantics.state import State
from dsl.semantics.types import NOTHING, OPAQUE, TEXT, ApprovalOf, holds_conversation
from dsl.semantics.walker import Around, Walker


def await_approval(walker: Walker, node: AwaitApproval, state: State, around: Around) -> State:
    walker.facts.moments[id(node)] = Moment(state, around.iterations)
    walker.inference.expect(node.question, Wanted(TEXT, "the question of an approval"), state)
    for shown in node.show:
        _show(walker, shown, state)
    capped.stages(node.stages, state, walker.inference)
    answer = None if node.answer is None else walker.resolver.record(node.answer)
    if node.answer is not None and answer is not None:
        typed_by_people(node.answer, answer, walker.inference)
    by_timeout = any(stage.outcome == "approve" for stage in node.stages)
    return walker.define_once(node, node.name, "approval", ApprovalOf(answer, by_timeout), state, around)


def _show(walker: Walker, shown: Expression, state: State) -> None:
    found = walker.inference.infer(shown, state)
    if found == NOTHING:
        walker.inference.report(Mismatch(shown, "`show`", "a value", NOTHING, "it has no value"))
    elif holds_conversation(found):
        walker.inference.report(Mismatch(shown, "`show`", "anything that can be looked into", found, OPAQUE))
