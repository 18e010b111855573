"""What one attempt at a model is told: its limits, and why the answer before was refused."""

from typing import Any

from interpreter.boundary.payloads import ChatRequest, Price
from interpreter.core.commands import AttemptModel, Command
from interpreter.core.events import Event
from interpreter.simulation.simulation import SimulatedRun, Simulation
from interpreter.simulation.world import Planned, Returns, World
from tests.heart.watched import definition_of

FLOW = """\
edition 1

agent writer(topic: text) -> {{ text: text }} {{ model "m" prompt "{{{{ topic }}}}" {options} }}
flow main() {budget} {{ step draft = writer(topic: "tea") {step} step again = writer(topic: draft.text) }}
"""


def attempts(answers: list[Any], *, options: str = "", budget: str = "", step: str = "") -> list[AttemptModel]:
    definition = definition_of(FLOW.format(options=options, budget=budget, step=step))
    assert definition is not None
    made: list[AttemptModel] = []

    def watch(run: SimulatedRun, event: Event, commands: list[Command]) -> None:
        made.extend(command for command in commands if isinstance(command, AttemptModel))

    def answer(request: ChatRequest) -> Planned:
        return Returns(answers.pop(0), input_tokens=10, output_tokens=90)

    simulation = Simulation(definition, World(agents={"writer": answer}), watch=watch)
    simulation.run({}, prices={"m": Price("0.001", "0.01")})
    simulation.go()
    return made


def test_an_attempt_has_the_timeout_of_its_step() -> None:
    first, second = attempts([{"text": "t"}, {"text": "u"}], step="{ timeout 7s }")
    assert (first.timeout, second.timeout) == (7_000, 120_000)


def test_an_answer_that_does_not_fit_is_asked_for_again_with_the_reason() -> None:
    first, second, third, _ = attempts([7, {"txt": "t"}, {"text": "t"}, {"text": "u"}])
    assert first.request.feedback is None
    assert "expected a record" in (second.request.feedback or "")
    assert "txt" in (third.request.feedback or "")


def test_an_answer_may_be_as_long_as_there_is_budget_for() -> None:
    free, _ = attempts([{"text": "t"}, {"text": "u"}])
    assert free.request.max_output_tokens == 4096
    small, _ = attempts([{"text": "t"}, {"text": "u"}], options="budget 900 tokens")
    assert small.request.max_output_tokens < 900 - len("tea")
    first, second = attempts([{"text": "t"}, {"text": "u"}], budget="budget 3 usd")
    sent = 900 - small.request.max_output_tokens
    assert first.request.max_output_tokens == (3000 - sent) // 10
    assert second.request.max_output_tokens == (3000 - 910 - (sent - len("tea") + len("t"))) // 10


def test_nothing_is_asked_that_may_cost_too_much() -> None:
    assert attempts([], budget="budget 0.1 usd") == []
