"""How long an answer may be after one that was cut off, and if no longer, what would have to change for that.

A cut-off answer is paid for and worth nothing, and the same question at the same ceiling is cut off again.
"""

from dataclasses import dataclass

from dsl.ast.declarations import AgentDeclaration
from interpreter.boundary.payloads import ChatRequest
from interpreter.core import lefts, model_costs, policies, purses
from interpreter.core.state import State

GROWTH = 4
"""Of what may be answered by a model of which nobody says how much it can."""


@dataclass(frozen=True, slots=True)
class Longer:
    """`most` tokens, after `before`."""

    most: int
    before: int
    advice: str

    @property
    def is_worth_it(self) -> bool:
        """What comes to hardly more is cut off again."""
        return 4 * self.most >= 5 * self.before


def after(state: State, purse: str, agent: AgentDeclaration, request: ChatRequest, most: int) -> Longer:
    """`request` is the question whose answer was cut off at `most` tokens."""
    declared, known = agent.answer_tokens, state.max_output.get(request.model)
    ceiling = lefts.smaller(declared, known) or max(most, policies.DEFAULT_OUTPUT_TOKENS) * GROWTH
    room = model_costs.room(state, purse, request)
    if room is not None and room < ceiling:
        limits = [each for each in lefts.chain(state, purse) if each.tokens is not None or each.usd is not None]
        where = purses.shown(limits[0], purse)
        return Longer(room, most, f"the budget of `{where}` has room for {max(room, 0)} tokens of answer: raise it")
    shorter = "or ask for a shorter answer"
    if declared is not None and ceiling == declared and (known is None or declared < known):
        return Longer(ceiling, most, f"raise `answer at most` of `{agent.name}`, {shorter}")
    if known is not None:
        return Longer(ceiling, most, f"`{request.model}` can give no more than {known}: ask for a shorter answer")
    return Longer(ceiling, most, f"write `answer at most` with more tokens on `{agent.name}`, {shorter}")
