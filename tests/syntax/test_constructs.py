"""What single constructs are read as, where the golden trees do not say it loudly enough."""

import pytest

from dsl.ast.declarations import AgentDeclaration, FlowDeclaration
from dsl.ast.expressions import Binary, Conditional, Literal, Name, Unary
from dsl.ast.node import walk
from dsl.ast.people import Group, Person, Stage
from dsl.ast.statements import Arm, AwaitApproval, Block, Case, If, Match, Retry, Return, Step
from tests.syntax.reading import expression, problems_in_flow, read, statements_of


def test_unnamed_steps_are_named_after_their_target() -> None:
    text = """edition 1
    flow one() { step mail.send() if true { step mail.send() } step named = mail.send() step mail.send() }
    flow two() { step mail.send() }
    """
    flows = [each for each in read(text).module.declarations if isinstance(each, FlowDeclaration)]
    steps = [[(node.name, node.named) for node in walk(flow) if isinstance(node, Step)] for flow in flows]
    assert steps == [
        [("mail.send", False), ("mail.send#2", False), ("named", True), ("mail.send#3", False)],
        [("mail.send", False)],
    ]


def test_else_if_is_an_arm_of_the_same_if() -> None:
    (choice,) = statements_of("if a as x { } else if b { } else { return 1 }")
    arms = (Arm(Name("a"), Block(())), Arm(Name("b"), Block(())))
    assert choice == If(arms, Block((Return(Literal(1)),)), "x")


def test_cases_are_values() -> None:
    (choice,) = statements_of('match a as x { "b", null => { } true, -1 => { } else => { } }')
    cases = (Case((Literal("b"), Literal(None)), Block(())), Case((Literal(True), Literal(-1)), Block(())))
    assert choice == Match(Name("a"), cases, Block(()), "x")


@pytest.mark.parametrize(
    ("written", "stage"),
    [
        ('from "a"', Stage((Group("a"),))),
        ('from "a", "b" timeout 1s', Stage((Group("a"), Group("b")), timeout=1000)),
        ('from 2 of "a", "b" then reject', Stage((Group("a"), Group("b")), 2, outcome="reject")),
        ('from all of "a", person b.c', Stage((Group("a"), Person(expression("b.c"))), all_of=True)),
        ('from "a" except requester timeout 1s then fail',
         Stage((Group("a"),), except_requester=True, timeout=1000, outcome="fail")),
    ],
)  # fmt: skip
def test_a_stage_says_who_and_until_when(written: str, stage: Stage) -> None:
    (approval,) = statements_of(f'await approval a "?" {{ {written} }}')
    assert isinstance(approval, AwaitApproval)
    assert approval.stages == (stage,)


def test_operators_bind_as_in_mathematics() -> None:
    one, two, three = Literal(1), Literal(2), Literal(3)
    assert expression("1 + 2 * 3") == Binary("+", one, Binary("*", two, three))
    assert expression("1 - 2 - 3") == Binary("-", Binary("-", one, two), three)
    assert expression("not 1 == 2 and 3 not in a") == Binary(
        "and", Unary("not", Binary("==", one, two)), Binary("not in", three, Name("a"))
    )
    assert expression("-1 // 2") == Binary("//", Unary("-", one), two)
    assert expression("if 1 then 2 else 3 + 1") == Conditional(one, two, Binary("+", three, one))


@pytest.mark.parametrize("option", ["timeout 1s timeout 2s", "retry 1 times retry 2 times"])
def test_an_option_stands_once(option: str) -> None:
    (said,) = problems_in_flow(f"step a() {{ {option} }}")
    assert said.endswith("stands twice")


def test_a_branch_belongs_into_parallel() -> None:
    assert problems_in_flow("branch a { }") == ["SF604 a `branch` can only stand directly inside `parallel` or `race`"]
    assert problems_in_flow('parallel { branch a { } step b() await approval c "?" { } }') == []
    (said,) = problems_in_flow("parallel { let a = 1 step b() }")
    assert said.startswith("SF604")


def test_how_an_agent_is_asked() -> None:
    options = (
        'reasoning "low" seed -3 answer within 9s queue "writers" retry 2 times backoff 1s to 5s except Overloaded'
    )
    parsed = read(f'edition 1 agent a() -> text {{ model "m" prompt "?" {options} }}')
    agent = parsed.module.declarations[0]
    assert isinstance(agent, AgentDeclaration)
    assert (agent.reasoning, agent.seed, agent.timeout, agent.queue) == ("low", -3, 9_000, "writers")
    assert agent.retry == Retry(2, 1_000, 5_000, ("Overloaded",))
    assert not parsed.diagnostics


def test_a_timeout_of_an_agent_is_answered_by_how_it_is_said() -> None:
    parsed = read('edition 1 agent a() -> text { model "m" prompt "?" timeout 9s }')
    [found] = parsed.diagnostics
    assert found.help == "an agent has time by `answer within 90s`"
    assert found.fix is not None
    assert found.fix.replacement == "answer within"


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ('reasoning "lots"', 'there is no reasoning "lots"'),
        ("seed 0.5", "a seed is a whole number of at most 53 bits"),
        ("seed 9007199254740993", "a seed is a whole number of at most 53 bits"),
    ],
)
def test_what_cannot_be_asked_of_a_model(option: str, message: str) -> None:
    parsed = read(f'edition 1 agent a() -> text {{ model "m" prompt "?" {option} }}')
    assert [(each.code, each.message) for each in parsed.diagnostics] == [("SF306", message)]
