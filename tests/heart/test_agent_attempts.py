"""What one attempt at a model is told: its limits, and why the answer before was refused."""

from typing import Any

import pytest

from interpreter.boundary.payloads import ChatRequest, Price
from interpreter.core.commands import AttemptModel, Command
from interpreter.core.events import Event
from interpreter.core.snapshot import decode
from interpreter.simulation.simulation import SimulatedRun, Simulation
from interpreter.simulation.world import Fails, Planned, Returns, World
from tests.heart.watched import definition_of

FLOW = """\
edition 1

agent writer(topic: text) -> {{ text: text }} {{ model "m" {options} prompt "{{{{ topic }}}}" }}
flow main() {budget} {{ step draft = writer(topic: "tea") {step} step again = writer(topic: draft.text) }}
"""


def attempts(
    answers: list[Any],
    *,
    options: str = "",
    budget: str = "",
    step: str = "",
    max_output: dict[str, int] | None = None,
) -> list[AttemptModel]:
    return played(answers, options=options, budget=budget, step=step, max_output=max_output)[0]


def played(
    answers: list[Any],
    *,
    options: str = "",
    budget: str = "",
    step: str = "",
    max_output: dict[str, int] | None = None,
) -> tuple[list[AttemptModel], str]:
    """The attempts that were made, and how the run failed."""
    answers = list(answers)
    definition = definition_of(FLOW.format(options=options, budget=budget, step=step))
    assert definition is not None
    made: list[AttemptModel] = []

    def watch(run: SimulatedRun, event: Event, commands: list[Command]) -> None:
        made.extend(command for command in commands if isinstance(command, AttemptModel))

    def answer(request: ChatRequest) -> Planned:
        answer = answers.pop(0)
        return answer if isinstance(answer, Fails) else Returns(answer, input_tokens=10, output_tokens=90)

    simulation = Simulation(definition, World(agents={"writer": answer}), watch=watch)
    run = simulation.run({}, prices={"m": Price("0.001", "0.01")}, max_output=max_output)
    simulation.go()
    failure = run.finish.failure if run.finish is not None else None
    return made, decode(failure).message if failure else ""


def test_an_attempt_has_the_timeout_of_its_step() -> None:
    first, second = attempts([{"text": "t"}, {"text": "u"}], step="{ timeout 7s }")
    assert (first.timeout, second.timeout) == (7_000, 120_000)


def test_an_answer_that_does_not_fit_is_asked_for_again_with_the_reason() -> None:
    first, second, third, _ = attempts([7, {"txt": "t"}, {"text": "t"}, {"text": "u"}])
    assert first.request.feedback is None
    assert "expected a record" in (second.request.feedback or "")
    assert "txt" in (third.request.feedback or "")


def limits(answers: list[Any], *, known: int | None = None, **more: str) -> list[int]:
    """The most tokens that each attempt may answer with."""
    made = attempts(answers, max_output={"m": known} if known else {}, **more)
    return [command.request.max_output_tokens for command in made]


TWO = [{"text": "t"}, {"text": "u"}]
SENT = 300
"""More than the question sends."""


def test_an_answer_may_be_as_long_as_the_model_can_make_it() -> None:
    assert limits(TWO) == [4096, 4096]
    assert limits(TWO, known=16_384) == [16_384, 16_384]


def test_an_answer_may_be_as_long_as_the_agent_says_but_never_longer_than_the_model_can_make_it() -> None:
    assert limits(TWO, known=16_384, options="answer at most 2k tokens") == [2_000, 2_000]
    assert limits(TWO, known=16_384, options="answer at most 60k tokens") == [16_384, 16_384]
    assert limits(TWO, options="answer at most 60k tokens") == [60_000, 60_000]


def test_an_agents_budget_is_not_the_answers_maximum() -> None:
    """agents-budget-is-sent-as-the-answers-maximum"""
    assert limits(TWO, known=16_384, options="budget 60k tokens") == [16_384, 16_384]
    (first, second) = limits(TWO, known=16_384, options="budget 20k tokens")
    assert abs(first - second) < len("tea")
    assert 20_000 - 2 * SENT < 2 * first <= 20_000


def test_an_attempt_takes_at_most_half_so_that_a_lost_one_can_be_made_again() -> None:
    lost = Fails("TimedOut", "timed out (heartbeat)", "timed_out")
    first, second, third = limits([lost, {"text": "t"}, {"text": "u"}], options="budget 8k tokens")
    assert 8_000 - 2 * SENT < 2 * first < 8_000
    assert second < first
    assert third > first  # the next call of the agent has a budget of its own


def test_money_limits_an_answer_too() -> None:
    first, second = limits(TWO, budget="budget 30 usd")
    assert 15_000 - SENT < 10 * first < 15_000
    assert 14_545 - SENT < 10 * second < 14_545


def test_two_answers_that_are_too_short_are_worth_less_than_one() -> None:
    (whole,) = limits([Fails("Overloaded")], options="budget 350 tokens")
    assert 64 < whole < 350
    assert limits([Fails("Overloaded")], options="budget 350 tokens", budget="budget 1 calls") == [whole]


def test_with_one_call_left_an_attempt_may_take_the_whole() -> None:
    (whole,) = limits([Fails("Overloaded")], options="budget 3k tokens", budget="budget 1 calls")
    assert 3_000 - SENT < whole < 3_000


def test_an_answer_that_was_cut_off_may_be_as_long_as_the_budget_allows() -> None:
    first, second, _ = limits([cut(4_096), *TWO], options="budget 12k tokens")
    assert first == 4_096
    assert 12_000 - 4_105 - SENT < second < 12_000 - 4_105


def test_an_answer_that_was_cut_off_may_be_four_times_as_long_where_there_is_room_for_more() -> None:
    assert limits([cut(4_096), *TWO], options="budget 90k tokens")[:2] == [4_096, 16_384]


@pytest.mark.parametrize("first", [7, {"txt": "t"}, {"text": "t"}])
def test_an_attempt_leaves_as_much_as_it_takes_for_one_more_unless_an_answer_was_cut_off(first: Any) -> None:
    """The second is the one that asks again, or the first of the next step, which has a budget of its own."""
    assert all(2_000 < most < 3_000 for most in limits([first, *TWO], options="budget 6k tokens")[:2])


def cut(answered: int) -> Fails:
    usage = {"input_tokens": 9, "output_tokens": answered}
    return Fails("MalformedOutput", "the answer was cut off", details=({"charge": "usage", "usage": usage},))


@pytest.mark.parametrize(
    ("known", "options", "asked", "advice"),
    [
        (8_192, "", [8_192], "`m` can give no more than 8192: ask for a shorter answer"),
        (None, "answer at most 2k tokens", [2_000], "raise `answer at most` of `writer`"),
        (8_192, "answer at most 2k tokens", [2_000], "raise `answer at most` of `writer`"),
        (None, "budget 9k tokens", [4_096], "the budget of `main/draft` has room for "),
        (None, "", [4_096, 16_384, 65_536], "write `answer at most` with more tokens on `writer`"),
    ],
)
def test_a_cut_off_answer_is_not_asked_for_again_at_the_same_ceiling(
    known: int | None, options: str, asked: list[int], advice: str
) -> None:
    answers = [cut(most) for most in asked]
    made, failure = played(answers, max_output={"m": known} if known else {}, options=options)
    assert [command.request.max_output_tokens for command in made] == asked
    assert advice in failure


def test_a_server_that_does_not_give_as_much_as_is_asked_for_after_a_cut_off_answer() -> None:
    refused = Fails("InvalidRequest", "400: max_tokens is too large", details=({"charge": "none"},))
    made, failure = played([cut(4_096), refused])
    assert [command.request.max_output_tokens for command in made] == [4_096, 16_384]
    assert "the answer was cut off; with room for 16384, its server refuses: 400: max_tokens is too large" in failure


def test_nothing_is_asked_that_may_cost_too_much() -> None:
    assert attempts([], budget="budget 0.1 usd") == []


LOST = Fails("TimedOut", "timed out (heartbeat)", "timed_out")
BROKEN = Fails("Overloaded", "500", details=({"charge": "reservation"},))


@pytest.mark.parametrize("how", [LOST, BROKEN], ids=["lost", "500"])
def test_a_lost_attempt_is_charged_once_and_made_again_at_the_same_model(how: Fails) -> None:
    """one-500-spends-an-agents-budget, worker-killed-while-a-model-answers"""
    made = attempts([how, *TWO], options='then "n" budget 20k tokens')
    assert [command.request.model for command in made] == ["m", "m", "m"]
    assert [command.id for command in made] == ["main/draft", "main/draft~2", "main/again"]


ABSURD: list[Any] = [
    *(None, 7, "no", [], [7], {"usage": 7}, {"usage": {}}, {"usage": {"input_tokens": -5, "output_tokens": 1}}),
    *({"usage": {"input_tokens": 1, "output_tokens": number}} for number in (float("nan"), 1e308, 0.5, "1", True, 1e9)),
    *({"charge": number} for number in (7, None, [], "all of it")),
    {"charge": "usage", "usage": [1, 2]},
]


@pytest.mark.parametrize("detail", ABSURD, ids=str)
def test_what_a_worker_says_of_a_failure_is_not_believed_when_it_cannot_be(detail: Any) -> None:
    """Charged is the reservation, or what can be true; nothing else happens."""
    made = attempts([Fails("Overloaded", details=(detail,)), *TWO], options="budget 8k tokens")
    assert len(made) in (1, 3)
    assert len(made) == 3 or detail == {"usage": {"input_tokens": 1, "output_tokens": 1e9}}


def test_a_failure_has_no_name_of_the_machine() -> None:
    """A provider that ends in `BudgetExceeded` is one that failed."""
    definition = definition_of(FLOW.format(options="", budget="", step=""))
    assert definition is not None
    world = World(agents={"writer": lambda request: Fails("BudgetExceeded", "ha", details=({"limit": "usd"},))})
    simulation = Simulation(definition, world)
    run = simulation.run({})
    simulation.go()
    assert run.finish is not None
    assert decode(run.finish.failure).message == "m: Overloaded (BudgetExceeded: ha)"


def refuses(*parts: Any) -> Fails:
    return Fails("InvalidRequest", "400: not supported", details=({"charge": "none", "refuses": list(parts)},))


def test_what_a_server_refuses_is_left_out_once_and_for_the_rest_of_the_run() -> None:
    """temperature-that-a-model-refuses"""
    made = attempts([refuses("temperature"), refuses("strict", "stream"), *TWO], options="temperature 0.2")
    assert [command.request.without for command in made] == [
        [],
        ["temperature"],
        ["stream", "strict", "temperature"],
        ["stream", "strict", "temperature"],
    ]
    assert [command.id for command in made] == ["main/draft", "main/draft~2", "main/draft~3", "main/again"]


@pytest.mark.parametrize("parts", [[], ["colour"], [7, None], ["temperature", "temperature"]], ids=str)
def test_a_server_that_refuses_the_same_again_is_not_asked_for_ever(parts: list[Any]) -> None:
    made = attempts([refuses(*parts), refuses(*parts)], options="temperature 0.2")
    assert len(made) == (2 if "temperature" in parts else 1)


@pytest.mark.parametrize("told", ["temperature", 7, None, {"temperature": 1}], ids=str)
def test_what_a_worker_says_is_refused_is_not_believed_when_it_cannot_be(told: Any) -> None:
    odd = Fails("InvalidRequest", details=({"charge": "none", "refuses": told, "cut": "yes", "unreached": 1},))
    assert len(attempts([odd], options="temperature 0.2")) == 1


def test_an_address_where_nothing_answers_is_tried_three_times() -> None:
    unreached = Fails("ConnectionFailed", details=({"charge": "none", "unreached": True},))
    made, failure = played([unreached] * 3, options="budget 20k tokens")
    assert len(made) == 3
    assert "ConnectionFailed" in failure


def at_most(**told: Any) -> Fails:
    return Fails("InvalidRequest", "400: max_tokens is too large", details=({"charge": "none", **told},))


def test_a_ceiling_that_a_server_says_is_obeyed_and_remembered() -> None:
    assert limits([at_most(most=1_000), *TWO]) == [4_096, 1_000, 1_000]
    assert limits([at_most(most_here=1_000), *TWO]) == [4_096, 1_000, 4_096]


@pytest.mark.parametrize("told", [0, -1, 5_000, 4_096, "1000", None, float("nan"), True], ids=str)
def test_a_ceiling_that_cannot_be_is_not_believed(told: Any) -> None:
    assert limits([at_most(most=told)]) == [4_096]


def test_a_server_that_lowers_its_ceiling_again_and_again_is_asked_once_more() -> None:
    assert limits([at_most(most=1_000), at_most(most=900)]) == [4_096, 1_000]


def test_a_longer_answer_is_asked_for_as_long_as_its_server_gives_it_and_not_as_short_as_before() -> None:
    assert limits([cut(4_096), at_most(most=8_192), *TWO]) == [4_096, 16_384, 8_192, 8_192]
    made, failure = played([cut(4_096), at_most(most=4_096)])
    assert len(made) == 2
    assert "the answer was cut off; with room for 16384, its server refuses" in failure


def test_an_attempt_is_made_as_its_agent_says() -> None:
    options = 'answer within 9s queue "writers" seed 7 reasoning "low" retry 1 times backoff 30s to 30s'
    lost = Fails("Overloaded", "busy")
    made = attempts([lost, {"text": "t"}, {"text": "u"}], options=options, step="{ timeout 7s }")
    assert [(each.timeout, each.queue) for each in made] == [(7_000, "writers"), (7_000, "writers"), (9_000, "writers")]
    assert {(each.request.seed, each.request.reasoning) for each in made} == {(7, "low")}
    made, failed = played([lost, lost], options=options)
    assert len(made) == 2
    assert "Overloaded (busy)" in failed


def test_a_provider_that_is_left_alone_is_waited_for_or_another_is_asked() -> None:
    left_alone = Fails("CircuitOpen", "it failed 5 times in a row", details=({"charge": "none", "retry_after": 5.0},))
    made = attempts([left_alone, {"text": "t"}, {"text": "u"}], options='then "n"')
    assert [command.request.model for command in made] == ["m", "n", "m"]
    made = attempts([left_alone] * 6 + TWO)
    assert len(made) == 8, "the same model, again and again, and it costs nothing"
    made, failure = played([left_alone] * 7)
    assert len(made) == 7
    assert "CircuitOpen (it failed 5 times in a row)" in failure


def test_a_model_whose_provider_has_a_lane_is_asked_there_and_by_the_queue_of_its_agent_first() -> None:
    definition = definition_of(FLOW.format(options='then "n"', budget="", step=""))
    assert definition is not None
    asked: list[AttemptModel] = []

    def watch(run: SimulatedRun, event: Event, commands: list[Command]) -> None:
        asked.extend(command for command in commands if isinstance(command, AttemptModel))

    answers = [Fails("Refused", "no"), Returns({"text": "t"}), Returns({"text": "u"})]
    simulation = Simulation(definition, World(agents={"writer": lambda _: answers.pop(0)}), watch=watch)
    run = simulation.run({})
    run.state.lanes = {"n": "steadflow-lane-ours"}
    simulation.go()
    assert [(each.request.model, each.queue) for each in asked] == [
        ("m", None),
        ("n", "steadflow-lane-ours"),
        ("m", None),
    ]
