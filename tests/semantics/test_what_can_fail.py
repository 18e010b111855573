"""Which of the machine's kinds of errors can come out of a call, by what is called."""

import pytest

from dsl.analysis import analyse
from dsl.ast.declarations import FlowDeclaration
from dsl.semantics.machine_kinds import possible
from dsl.source import Source

DECLARATIONS = """
tool local(x: text) -> text read
tool asked(x: text) -> text read { http get "https://example.test/{{ x }}" }
tool written(x: text) write keyed final {
  http post "https://example.test/" { header "Idempotency-Key": key body { x: x } }
}
tool told(x: text) write keyed final { emit order to x with x }
agent plain(q: text) -> text { model "m" prompt "{{ q }}" }
agent equipped(q: text) -> text { model "m" prompt "{{ q }}" use local budget 12 turns }
agent limited(q: text) -> text { model "m" prompt "{{ q }}" budget 5m }
"""
OF_CALLS = {"InvalidInput", "NotCalled", "NotRegistered", "SignatureMismatch", "TimedOut", "Undeclared", "WorkerBusy"}
CAN = {
    "step local(x: t)": OF_CALLS,
    "step asked(x: t)": OF_CALLS | {"ServerUnavailable", "HttpRefused"},
    "step written(x: t)": OF_CALLS | {"ServerUnavailable", "HttpRefused", "OutcomeUnknown"},
    "step told(x: t)": OF_CALLS | {"ServerUnavailable", "EventRefused", "OutcomeUnknown"},
    "step plain(q: t)": OF_CALLS | {"EveryModelFailed"},
    "step equipped(q: t)": OF_CALLS | {"EveryModelFailed", "Stuck", "BudgetExceeded"},
    "step limited(q: t)": OF_CALLS | {"EveryModelFailed", "BudgetExceeded"},
    "fail t": {"Failed"},
    "var v = 1 set v = 2": {"InvalidValue"},
}


@pytest.mark.parametrize("body", CAN)
def test_by_what_is_called(body: str) -> None:
    text = f"edition 1\n{DECLARATIONS}\nflow main(t: text) {{ {body} }}"
    analysis = analyse(Source("case.flow", text))
    assert {each.code for each in analysis.diagnostics} <= {"SF406", "SF603", "SF608", "SF611"}
    (flow,) = analysis.facts.all(FlowDeclaration)
    assert possible(flow.body, analysis.facts) == CAN[body]
