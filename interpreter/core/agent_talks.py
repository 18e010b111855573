"""What an agent's step decides about its conversation: how it begins, what a request carries, when it is enough."""

from dataclasses import replace
from decimal import Decimal
from typing import cast

from dsl.ast.declarations import AgentDeclaration
from dsl.ast.statements import Step
from dsl.ast.types import NamedType
from dsl.definition.definition import Definition
from dsl.expressions.values import Value
from dsl.values.offers import name_in_flows
from dsl.values.structure import resolve
from dsl.values.validate import validate_record
from interpreter.boundary.failures import BUDGET_EXCEEDED, STUCK
from interpreter.boundary.talk import AskedCall, Talk
from interpreter.core import asked_calls, lefts, purses, summaries, talks
from interpreter.core.agent_memory import AgentStepMemory
from interpreter.core.asked_calls import MOST_REPEATS
from interpreter.core.machine import Machine
from interpreter.core.outcomes import Failure
from interpreter.core.state import Frame
from interpreter.core.talks import TalkMemory


def begin(
    machine: Machine,
    frame: Frame,
    step: Step,
    agent: AgentDeclaration,
    arguments: dict[str, Value],
    given: Value = None,
) -> TalkMemory | None:
    """None where one answer is all that is asked for; `given` is a conversation to go on with, whatever the step says.
    May suspend."""
    if not agent.uses and step.continues is None and not step.transcript and given is None:
        return None
    offered = [
        place
        for place, use in enumerate(agent.uses)
        if use.when is None or machine.evaluate(frame, f"when{place}", use.when, arguments, closed=True)
    ]
    continued = machine.evaluate(frame, "continue", step.continues) if step.continues is not None else given
    return talks.begin(continued, offered, asked_calls.tools_text(machine.definition, agent, offered))


def open_summary(machine: Machine, frame: Frame, agent: AgentDeclaration, talk: TalkMemory) -> bool:
    """Ask for a summary first, where one is due: a step of its own, of the agent that is declared for it."""
    if agent.summarise is None:
        return False
    count = summaries.to_replace(talk, agent.summarise.at)
    if not count:
        return False
    summaries.begun(talk, count)
    by = agent.summarise.target
    parameters = machine.definition.agents[by].parameters
    arguments = validate_record({}, parameters, machine.definition.types).value
    memory = AgentStepMemory(asked_for=by, arguments=arguments, given=talks.transcript(talk))
    machine.open(frame, f"/summary#{talk.summarised}", "AgentStep", address="", memory=memory)
    return True


def sent(machine: Machine, frame: Frame, agent: AgentDeclaration, talk: TalkMemory) -> Talk:
    request = replace(talks.request_of(talk, agent.keep_last), plain=answers_text(machine, agent))
    if not agent.tells_budget:
        return request
    return replace(request, notice=_what_is_left(machine, frame, agent, talk))


def _what_is_left(machine: Machine, frame: Frame, agent: AgentDeclaration, talk: TalkMemory) -> str | None:
    """Of each budget around that is limited, for the model."""
    most = most_turns(agent, cast(AgentStepMemory, frame.memory))
    turns = None if most is None else most - talk.turns
    all_left = [("turns", turns), *((unit, lefts.left(machine.state, frame.purse, unit)) for unit in purses.UNITS)]
    told = [
        f"{format(Decimal(left).normalize(), 'f') if unit == 'usd' else left} {unit}"
        for unit, left in all_left
        if left is not None
    ]
    return f"Left of your budget, with this answer: {', '.join(told)}." if told else None


def stuck(definition: Definition, agent: AgentDeclaration, talk: TalkMemory, calls: list[AskedCall]) -> Failure | None:
    """The failure of an agent that asks for the same call again and again."""
    most = agent.repeats or MOST_REPEATS
    for call in calls:
        what = asked_calls.fingerprint(definition, agent, talk.offered, call)
        talk.calls[what] = talk.calls.get(what, 0) + 1
        if talk.calls[what] >= most:
            name = name_in_flows(call.name)
            message = f"`{agent.name}` has asked {most} times for the same call: {name}({call.arguments[:200]})"
            return Failure(STUCK, message, details={"tool": name, "times": most})
    return None


def most_turns(agent: AgentDeclaration, memory: AgentStepMemory) -> int | None:
    """How many it may take: those of its budget, and what people gave besides."""
    turns = agent.budget.turns if agent.budget is not None else None
    turns = turns if memory.turns is None else memory.turns
    return None if turns is None else turns + memory.more_turns


def out_of_turns(agent: AgentDeclaration, frame: Frame, turns: int) -> Failure:
    message = f"`{agent.name}` did not answer within {turns} turns"
    details = {"limit": "turns", "allowed": turns, "spent": turns}
    return Failure(BUDGET_EXCEEDED, message, frame.path, details, purse=frame.path)


def answers_text(machine: Machine, agent: AgentDeclaration) -> bool:
    """Whether any text is an answer of the agent's type."""
    return resolve(agent.returns, machine.definition.types) == NamedType("text")
