"""What a mark is the same as, and calls that need a gate."""

from dsl.analysis import analyse
from dsl.ast.declarations import FlowDeclaration
from dsl.ast.node import walk
from dsl.ast.statements import Step
from dsl.semantics.gating.gates import ungated
from dsl.semantics.provenance.marks import Answered
from dsl.source import Source

PAY = 'edition 1\ntool pay(x: int) irreversible keyed { compensate none "paid is paid" }\n'


def steps(text: str) -> list[Step]:
    return [node for node in walk(analyse(Source("case", text)).module) if isinstance(node, Step)]


def test_an_answer_is_known_by_where_it_was_given() -> None:
    one, other = steps(f"{PAY}flow main() {{ step a = pay(x: 1) step b = pay(x: 1) }}")
    assert one.call == other.call
    assert Answered.by(one.call, one) != Answered.by(other.call, other)
    assert Answered((1, 2), one.call, one) == Answered((1, 2), other.call, other), "what it is, not what it looks like"
    assert hash(Answered((1, 2), one.call, one)) == hash(Answered((1, 2), other.call, other))


def test_a_call_that_nothing_opens_is_told() -> None:
    analysis = analyse(Source("case", f"{PAY}flow main() -> int {{ step pay(x: 1) return 1 }}"))
    (flow,) = analysis.facts.all(FlowDeclaration)
    assert [tried for _, tried in ungated(flow, analysis.facts)] == [[]]
