"""A question lists every call that it opens, one line each, with the arguments that belong together."""

from typing import Any

from dsl.expressions.values import Reference
from interpreter.core.commands import CallTool
from interpreter.simulation.simulation import SimulatedRun, Simulation, Switches
from interpreter.simulation.world import Planned, Returns, World
from tests.heart.watched import definition_of

DECLARATIONS = """
edition 1
type Line { item: text, count: int }
type Pay { amount: int, to: text, note: text?, lines: [Line] at most 2 }
type Plan { pays: [Pay] at most 3, rates: map[int], limit: int }
tool plan() -> Plan read
type Wire { to: text = "eve", amount: int, purpose: text? }
tool wire(order: Wire, all: [Wire] at most 2 = [], by: "post" | "van" = "van") irreversible keyed final
tool many(pays: [Pay] at most 3) irreversible keyed final
tool send(amount: int, to: text, note: text?) irreversible keyed { compensate none "sent is sent" }
"""
LINES = [{"item": "nut", "count": 4}, {"item": "bolt", "count": 5}]
PLAN = {
    "pays": [
        {"amount": 1, "to": "friend", "note": None, "lines": LINES},
        {"amount": 1000, "to": "shop", "note": "rent", "lines": []},
    ],
    "rates": {"eu": 7, "us": 8},
    "limit": 5,
}


def listed(
    calls: str, answer: str = "", plan: dict[str, Any] = PLAN, objects: dict[str, Any] | None = None
) -> list[str]:
    definition = definition_of(f"""{DECLARATIONS}
      flow main() {{
        step p = plan()
        let large = [a for a in p.pays if a.amount > p.limit]
        await approval ok "Pay?" {{ show p, large {answer} from "leads" timeout 1h then reject }}
        if not ok.approved {{ return }}
        {calls}
      }}
    """)
    assert definition is not None, "the check refuses it"
    seen: list[str] = []

    def tool(command: CallTool) -> Planned:
        return Returns(plan if command.tool == "plan" else None)

    def watch(run: SimulatedRun, *step: Any) -> None:
        for question in run.state.questions.values():
            seen[:] = question.gates

    simulation = Simulation(definition, World(tools={"plan": tool}, objects=objects or {}), Switches(), watch)
    simulation.run({})
    simulation.go()
    return seen


def test_one_call() -> None:
    assert listed("step send(amount: p.pays[1].amount, to: p.pays[1].to)") == ['send(amount: 1000, to: "shop")']


def test_each_item_with_what_belongs_to_it() -> None:
    assert listed('for a in p.pays { step send(amount: a.amount, to: a.to, note: "of {{ p.limit }}") }') == [
        'send(amount: 1, to: "friend", note: "of 5")',
        'send(amount: 1000, to: "shop", note: "of 5")',
    ]


def test_no_item_no_line() -> None:
    assert listed("for a in p.pays { step send(amount: a.amount, to: a.to) }", plan={**PLAN, "pays": []}) == []


def test_a_filter_that_is_known_when_it_is_asked() -> None:
    assert listed('for a in [b for b in large if b.to != "x"] { step send(amount: a.amount, to: a.to) }') == [
        'send(amount: 1000, to: "shop")'
    ]


def test_a_filter_that_the_answer_decides_lists_all() -> None:
    calls = "for a in [b for b in p.pays if b.amount < ok.answer.most] { step send(amount: a.amount, to: a.to) }"
    expected = ['send(amount: 1, to: "friend")', 'send(amount: 1000, to: "shop")']
    assert listed(calls, "answer { most: int }") == expected


def test_lists_inside_lists() -> None:
    assert listed("for a in p.pays { for b in a.lines { step send(amount: b.count, to: a.to, note: b.item) } }") == [
        'send(amount: 4, to: "friend", note: "nut")',
        'send(amount: 5, to: "friend", note: "bolt")',
    ]


def test_by_position_and_by_key() -> None:
    expected = ['send(amount: 1, to: "friend")', 'send(amount: 1000, to: "shop")']
    assert listed("for i, a in p.pays { step send(amount: p.pays[i].amount, to: a.to) }") == expected
    by_range = "for i in range(len(p.pays)) at most 3 { step send(amount: p.pays[i].amount, to: p.pays[i].to) }"
    assert listed(by_range) == expected
    by_key = "for k in keys(p.rates) at most 9 { step send(amount: p.rates[k], to: k) }"
    assert listed(by_key) == ['send(amount: 7, to: "eu")', 'send(amount: 8, to: "us")']


def test_what_is_answered() -> None:
    answer = "answer { fee: int, more: [Pay] at most 3, at: int }"
    assert listed("for a in p.pays { step send(amount: ok.answer.fee, to: a.to) }", answer) == [
        'send(amount: ‹your answer›, to: "friend")',
        'send(amount: ‹your answer›, to: "shop")',
    ]
    assert listed('for a in ok.answer.more { step send(amount: a.amount, to: a.to, note: "new") }', answer) == [
        'send(amount: a.amount, to: a.to, note: "new") for each a of ‹your answer›.more'
    ]
    assert listed('step send(amount: p.pays[ok.answer.at].amount, to: "x")', answer) == [
        'send(amount: p.pays[‹your answer›.at].amount, to: "x")'
    ]
    text = '"{{ p.pays[0].to }} \\" by {{ ok.by }}"'
    assert listed(f"step send(amount: ok.answer.fee, to: {text})", answer) == [
        'send(amount: ‹your answer›, to: "friend \\" by ‹your answer›.by")'
    ]
    noted = 'for a in ok.answer.more { step send(amount: p.limit, to: "{{ a.to }} of {{ p.limit }}") }'
    assert listed(noted, answer) == ['send(amount: 5, to: "‹a.to› of 5") for each a of ‹your answer›.more']


def test_a_call_that_has_no_arguments_is_not_worded_with_others() -> None:
    calls = """
      if len(p.pays) > 2 { step send(amount: p.pays[2].amount, to: p.pays[2].to) }
      for a in p.pays { if a.note != null { step noted = send(amount: a.amount, to: a.note) } }
    """
    assert listed(calls) == [
        "send(amount: ‹no value›, to: ‹no value›)",
        "send(amount: 1, to: null)",
        'send(amount: 1000, to: "rent")',
    ]


def test_a_filter_that_has_no_value_opens_nothing_and_is_no_failure() -> None:
    calls = """
      if p.limit > 0 {
        for a in [b for b in p.pays if b.amount / p.limit > 2] { step send(amount: a.amount, to: a.to) }
      }
      step one = send(amount: p.limit, to: "x")
    """
    assert listed(calls, plan={**PLAN, "limit": 0}) == ['send(amount: 0, to: "x")']
    assert listed(calls) == ['send(amount: 1000, to: "shop")', 'send(amount: 5, to: "x")']


def test_a_list_that_is_kept_elsewhere_is_told() -> None:
    """It is too large to be listed; what is shown of it is bound to the question by its hash."""
    hash_ = "0" * 64
    plan = {**PLAN, "pays": Reference(hash_, 100_000)}
    calls = 'for a in p.pays { step send(amount: a.amount, to: a.to, note: "of {{ p.limit }}") }'
    assert listed(calls, plan=plan, objects={hash_: PLAN["pays"]}) == [
        'send(amount: a.amount, to: a.to, note: "of 5") for each a of p.pays'
    ]


def test_what_is_left_out_is_listed_with_its_declared_value() -> None:
    assert listed("step wire(order: { amount: 5 })") == [
        'wire(order: {"to": "eve", "amount": 5, "purpose": null}, all: [], by: "van")'
    ]


def test_of_a_record_that_is_answered_in_part_the_rest_is_listed() -> None:
    answer = "answer { amount: int, to: text }"
    assert listed('step wire(order: { amount: ok.answer.amount }, by: "post")', answer) == [
        'wire(order: {"amount": ‹your answer›, "to": "eve"}, by: "post", all: [])'
    ]
    assert listed("step wire(order: { amount: 1 }, all: [{ amount: 2, to: ok.answer.to }])", answer) == [
        'wire(order: {"to": "eve", "amount": 1, "purpose": null}, all: [{"amount": 2, "to": ‹your answer›}], by: "van")'
    ]
    assert listed("step wire(order: { amount: 1, ...ok.answer })", answer) == [
        'wire(order: {"amount": 1, ...‹your answer›}, all: [], by: "van")'
    ]


def test_one_of_two_is_listed_as_it_is() -> None:
    calls = """let a = if p.limit > 3 then p.pays[0].amount else p.limit
      step send(amount: a, to: if p.limit < 3 then p.pays[0].to else "x")"""
    assert listed(calls) == ['send(amount: 1, to: "x")']


def test_one_of_two_that_the_answer_chooses_is_listed_as_both() -> None:
    calls = 'step send(amount: if ok.answer.first then p.limit else 8, to: "x")'
    assert listed(calls, "answer { first: bool }") == ['send(amount: (5 or 8), to: "x")']


def test_a_filter_as_an_argument() -> None:
    calls = "step many(pays: [a for a in p.pays if a.amount > p.limit])"
    (line,) = listed(calls)
    assert '"shop"' in line
    assert "friend" not in line
    calls = "step many(pays: [a for a in ok.answer.pays if a.amount > p.limit])"
    assert listed(calls, "answer { pays: [Pay] at most 3 }") == ["many(pays: ‹your answer›.pays, filtered)"]
