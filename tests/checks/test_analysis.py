"""The pipeline as its callers see it."""

import pytest

from dsl.analysis import analyse
from dsl.ast.statements import Call, Step
from dsl.source import Source

TWO_FLOWS = """edition 1
tool crm.read(id: text) -> text read
flow inner(id: text) -> text { step found = crm.read(id) return found }
flow outer() { step inner(id: "a") }
"""


def test_the_main_flow_is_the_one_that_no_other_calls() -> None:
    analysis = analyse(Source("case.flow", TWO_FLOWS))
    assert analysis.ok
    assert [flow.name for flow in analysis.flows] == ["inner", "outer"]
    assert analysis.main_flow is analysis.flows[1]


def test_there_is_none_where_two_could_be_it() -> None:
    analysis = analyse(Source("case.flow", TWO_FLOWS + "flow third() { sleep 1s }"))
    assert analysis.main_flow is None
    assert analysis.ok
    assert [each.code for each in analysis.diagnostics] == ["SF106"]


def test_a_flow_that_calls_itself_can_be_the_main_flow() -> None:
    text = "edition 1\nflow main(n: int) depth 3 { if n > 0 { step main(n: n - 1) } }"
    main = analyse(Source("case.flow", text)).main_flow
    assert main is not None
    assert main.name == "main"


def test_diagnostics_are_sorted_by_place_whoever_found_them() -> None:
    text = "edition 1\nflow main() {\n  let a = b\n  sleep sleep\n  break\n  let c = d\n  loop { break }\n}"
    analysis = analyse(Source("case.flow", text))
    assert not analysis.ok
    starts = [each.primary.span.start for each in analysis.diagnostics]
    assert starts == sorted(starts)
    assert {each.code for each in analysis.diagnostics} >= {"SF001", "SF301", "SF604"}


def test_facts_tell_what_is_called_with_which_arguments() -> None:
    analysis = analyse(Source("case.flow", TWO_FLOWS))
    step = next(analysis.facts.all(Step))
    signature = analysis.facts.callee_of(step.call)
    assert signature is not None
    assert (signature.kind, signature.name) == ("tool", "crm.read")
    assert analysis.facts.arguments_of(step.call) == {"id": step.call.arguments[0].value}
    assert len(list(analysis.facts.all(Call))) == 2


def test_after_a_syntax_error_names_near_it_are_not_missed() -> None:
    text = """edition 1
tool crm.read(id: text -> text read
flow main(id: text) -> text {
  step found = crm.read(id: id)
  let x = = 3
  return found
}
"""
    codes = {each.code for each in analyse(Source("case.flow", text)).diagnostics}
    assert codes == {"SF001"}


BROKEN = {
    "the edition": "1\n\n",
    "a name": "edition 1\n\ntool = (x: text) -> text read\n\n",
    "a head": 'edition 1\n\ntype Kind Kind = "a" | "b"\n\n',
}


@pytest.mark.parametrize("beginning", BROKEN.values(), ids=BROKEN.keys())
def test_a_name_that_no_declaration_could_give_is_missed_wherever_the_file_is_broken(beginning: str) -> None:
    text = beginning + "flow main(word: text) -> text {\n  return wrod\n}\n"
    assert [each.code for each in analyse(Source("case.flow", text)).diagnostics] == ["SF001", "SF101"]


NAMED = {
    "a head": 'edition 1\n\ntype Kind Kind = "a" | "b"\n\n',
    "a brace": 'edition 1\n\nagent g(x: text) -> { a: text {\n  model "gpt-4o"\n  prompt "x"\n}\n\n',
}
CALLING = "tool web.get(x: text) -> text read\n\nflow main(x: text) {\n  step web.gt(x: x)\n}\n"


@pytest.mark.parametrize("beginning", NAMED.values(), ids=NAMED.keys())
def test_a_broken_declaration_that_says_its_name_excuses_no_other(beginning: str) -> None:
    found = analyse(Source("case.flow", beginning + CALLING)).diagnostics
    assert found[-1].message == "there is no tool, agent or flow `web.gt`"


def test_where_a_name_is_lost_a_call_may_mean_it() -> None:
    found = analyse(Source("case.flow", "edition 1\n\ntool = (x: text) -> text read\n\n" + CALLING)).diagnostics
    assert [each.code for each in found] == ["SF001"]


@pytest.mark.parametrize(("used", "told"), [("b", ["SF102"]), ("b + c", ["SF102", "SF101", "SF101"])])
def test_a_name_that_stands_twice_explains_one_that_is_missing(used: str, told: list[str]) -> None:
    text = f"edition 1\nflow main(n: int) -> int {{\n  let a = n\n  let a = 2 * n\n  return a + {used}\n}}"
    assert [each.code for each in analyse(Source("case.flow", text)).diagnostics] == told
