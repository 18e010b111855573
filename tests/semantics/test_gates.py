"""Which calls an approval gates, and that their arguments can be worded where it asks."""

from decimal import Decimal
from typing import Any

from dsl.analysis import analyse
from dsl.ast.declarations import FlowDeclaration
from dsl.ast.statements import AwaitApproval, GatedCall
from dsl.expressions.context import CONSTANT
from dsl.expressions.evaluate import evaluate
from dsl.expressions.names import names
from dsl.semantics.gating.gates import gates, ungated
from dsl.semantics.gating.readings import LARGEST
from dsl.source import Source
from tests.semantics.reading import clean

TOOLS = """
type Part { id: text, amount: decimal }
type Claim { to: text, amount: decimal, parts: [Part] at most 5 }
tool limit() -> decimal read
tool pay(to: text, amount: decimal) irreversible keyed { compensate none "paid is paid" }
"""
SCOPE: dict[str, Any] = {
    "least": Decimal("1.5"),
    "claim": {
        "to": "ann",
        "amount": Decimal(5),
        "parts": [{"id": "a", "amount": Decimal(1)}, {"id": "b", "amount": Decimal(2)}],
    },
}


def gated(body: str) -> dict[str, list[dict[str, Any]]]:
    """For each approval its calls, with the values that its question shows; an answer is `?`."""
    analysis = clean(f"{TOOLS}\nflow main(claim: Claim) {{ {body} }}")
    return {
        approval.name: [call for gate in analysis.gates(approval) for call in _calls(approval.name, gate)]
        for approval in analysis.facts.all(AwaitApproval)
    }


def _calls(approval: str, gate: GatedCall) -> list[dict[str, Any]]:
    turns = [SCOPE]
    for each in gate.rounds:
        turns = [{**turn, each.variable: item} for turn in turns for item in evaluate(each.source, turn, CONSTANT)]
    return [
        {
            argument.name or "": "?" if approval in names(argument.value) else _value(argument.value, turn)
            for argument in gate.call.arguments
        }
        for turn in turns
    ]


def _value(expression: Any, scope: dict[str, Any]) -> Any:
    return evaluate(expression, scope, CONSTANT)


def test_a_shown_call() -> None:
    body = """
      await approval ok "Pay?" { show claim answer { amount: decimal } from "leads" timeout 1h then reject }
      if ok.approved { step pay(to: claim.to, amount: ok.answer.amount) }
    """
    assert gated(body) == {"ok": [{"to": "ann", "amount": "?"}]}


def test_two_calls_behind_one_approval_stand_in_their_order() -> None:
    body = """
      await approval ok "Pay?" { show claim from "leads" timeout 1h then reject }
      if not ok.approved { return }
      step pay(to: claim.to, amount: 1)
      step pay(to: "fee", amount: 2)
    """
    assert gated(body) == {"ok": [{"to": "ann", "amount": 1}, {"to": "fee", "amount": 2}]}


def test_each_call_stands_behind_its_own_approval() -> None:
    body = """
      await approval first "Pay {{ claim.to }}?" { from "leads" timeout 1h then reject }
      if not first.approved { return }
      step pay(to: claim.to, amount: 1)
      await approval second "Pay {{ claim.amount }}?" { from "leads" timeout 1h then reject }
      if not second.approved { return }
      step pay(to: "ann", amount: claim.amount)
    """
    assert gated(body) == {"first": [{"to": "ann", "amount": 1}], "second": [{"to": "ann", "amount": Decimal(5)}]}


def test_a_later_let_is_put_in() -> None:
    body = """
      await approval ok "Pay?" { show claim from "leads" timeout 1h then reject }
      let to = claim.to
      let order = { to: to }
      if ok.approved { step pay(to: "{{ to }}!", amount: claim.parts[0].amount) }
    """
    assert gated(body) == {"ok": [{"to": "ann!", "amount": Decimal(1)}]}


def test_a_call_for_each_item_shows_them_all() -> None:
    body = """
      await approval ok "Pay?" { show claim from "leads" timeout 1h then reject }
      if not ok.approved { return }
      for part in claim.parts { step pay(to: part.id, amount: claim.amount) }
    """
    assert gated(body) == {"ok": [{"to": "a", "amount": Decimal(5)}, {"to": "b", "amount": Decimal(5)}]}


def test_a_call_that_says_why_it_goes_without_is_not_gated() -> None:
    body = """
      await approval ok "Pay?" { show claim from "leads" timeout 1h then reject }
      if ok.approved { step pay(to: claim.to, amount: 1) { without approval "small" } }
    """
    assert gated(body) == {"ok": []}


def test_only_approvals_that_gate_something_are_named() -> None:
    analysis = clean(f"""{TOOLS}
      flow main(claim: Claim) {{
        await approval free "Go?" {{ from "leads" timeout 1h then reject }}
        await approval paying "Pay?" {{ show claim from "leads" timeout 1h then reject }}
        if free.approved and paying.approved {{ step pay(to: claim.to, amount: 1) }}
      }}
    """)
    (flow,) = analysis.facts.all(FlowDeclaration)
    assert gates(flow, analysis.facts).keys() == {"paying"}


def test_a_filter_without_its_list_is_no_bug_of_ours() -> None:
    text = f"""edition 1{TOOLS}
      flow main(claim: Claim) {{
        await approval ok "Pay?" {{ show claim from "leads" timeout 1h then reject }}
        if ok.approved {{ for part in reverse() {{ step pay(to: part.id, amount: values()[0]) }} }}
      }}
    """
    codes = {each.code for each in analyse(Source("case.flow", text)).diagnostics}
    assert codes >= {"SF104", "SF501"}


def test_a_function_of_the_file_is_none_of_the_language() -> None:
    """Whatever it is called: what it takes out of a list, nobody has seen."""
    for declared, argument in (
        ("fn first(xs: [text]) -> text = join(xs)", "first(names)"),
        ("fn last(xs: [text]) -> text = join(xs)", "last(names)"),
    ):
        body = f'await approval ok "?" {{ show names from "x" timeout 1h then reject }} step pay({argument}, 1)'
        text = f"edition 1{TOOLS}\n{declared}\nflow main(names: [text]) {{ {body} }}"
        analysis = analyse(Source("case.flow", text))
        (flow,) = analysis.facts.all(FlowDeclaration)
        ((_, (tried,)),) = ungated(flow, analysis.facts)
        assert [each.reason for each in tried.obstacles] == ["not approved", "not shown"], argument
    for declared, goes in (
        ("fn reverse(xs: [text]) -> [text] at most 3 = xs[:3]", "name in reverse(names)"),
        ("fn keys(m: map[int]) -> [text] at most 3 = [t for t in keys_of(m)][:3]", "name in keys(counts)"),
    ):
        asked = 'await approval ok "?" { show names, counts from "x" timeout 1h then reject }'
        body = f"{asked} if not ok.approved {{ return }} for {goes} {{ step pay(to: name, amount: 1) }}"
        more = "fn keys_of(m: map[int]) -> [text] = []"
        text = f"edition 1{TOOLS}\n{declared}\n{more}\nflow main(names: [text], counts: map[int]) {{ {body} }}"
        analysis = analyse(Source("case.flow", text))
        (flow,) = (each for each in analysis.facts.all(FlowDeclaration))
        ((_, (tried,)),) = ungated(flow, analysis.facts)
        assert [each.reason for each in tried.obstacles] == ["not shown"], goes


def opened(before: str, argument: str) -> bool:
    shown = 'await approval ok "?" { show claim from "x" timeout 1h then reject } if not ok.approved { return }'
    text = f"edition 1{TOOLS}\nflow main(claim: Claim) {{ {shown} {before} step pay(to: {argument}, amount: 1) }}"
    analysis = analyse(Source("case.flow", text))
    (flow,) = analysis.facts.all(FlowDeclaration)
    ((_, (tried,)),) = ungated(flow, analysis.facts)
    return tried.gate is not None


def test_names_that_double_at_each_link_cost_no_more_than_their_text() -> None:
    lets = " ".join(f"let v{at + 1} = v{at} + v{at}" for at in range(40))
    assert not opened(f"let v0 = claim.to {lets}", "v40")


def test_an_argument_has_so_many_parts_where_the_question_is_asked() -> None:
    for holes in (199, 200):
        written = "".join(["{{ claim.to }}"] * holes)
        assert opened("", f'"{written}"') is (1 + 2 * holes <= LARGEST), holes


def test_a_call_of_what_nobody_knows_needs_no_gate() -> None:
    analysis = analyse(Source("case.flow", f"edition 1{TOOLS}\nflow main(claim: Claim) {{ step a = nobody(x: 1) }}"))
    (flow,) = analysis.facts.all(FlowDeclaration)
    assert list(ungated(flow, analysis.facts)) == []
    assert [each.code for each in analysis.diagnostics if each.severity == "error"] == ["SF101"]


def test_a_long_row_of_names_is_followed_and_deep_nesting_is_not() -> None:
    """Terms of a hundred levels are looked into, and expressions of fifty where they stand."""
    lets = [f"let v{at + 1} = v{at}" for at in range(60)]
    assert opened(f"let v0 = claim.to {' '.join(lets)}", "v60")
    deep = [f"let v{at + 1} = [v{at}]" for at in range(60)]
    for many in (49, 50):
        assert opened(f"let v0 = claim.to {' '.join(deep[:many])}", f"v{many}") is (many < 50), many
    for nested in (46, 47):
        written = f"{'[' * nested}{{ a: claim.to }}.a{']' * nested}"
        assert opened("", written) is (nested < 47), nested


FILTERED = """
  {before}
  await approval ok "Pay?" {{ show claim from "leads" timeout 1h then reject }}
  {after}
  if ok.approved {{ for each in [p for p in claim.parts if p.amount > least] {{ step pay(to: each.id, amount: 1) }} }}
"""


def test_a_filter_by_what_is_known_where_it_is_asked_leaves_out_what_it_leaves_out() -> None:
    assert gated(FILTERED.format(before="step least = limit()", after="")) == {"ok": [{"to": "b", "amount": 1}]}


def test_a_filter_by_what_is_known_only_later_leaves_out_nothing() -> None:
    both = [{"to": "a", "amount": 1}, {"to": "b", "amount": 1}]
    assert gated(FILTERED.format(before="", after="step least = limit()")) == {"ok": both}
