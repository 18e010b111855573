"""When branches that run side by side are done: what the end of one means for the others.

A fan is branches and a join. `all`: one failure stops the others, and is the fan's. `keep going`: a failure is gathered
as the outcome of its branch, whatever its kind, because each branch is a `try` of its own; but a failure is all that it
gathers. Where the branch leaves a doubt behind, nobody may go on beside it as if it were known, so the doubt stops the
others like any failure. The exhaustion of a budget further out is gathered too: each branch is refused on its own.
"""

from dataclasses import dataclass
from typing import Literal

from interpreter.core import ledger
from interpreter.core.outcomes import Exit, Failure
from interpreter.core.state import Entry


@dataclass(frozen=True, slots=True)
class Judgement:
    """`value` and `failure` are gathered as the branch's outcome, `stop` ends the fan with its failure, `nothing` is a
    branch that was told to end.
    """

    what: Literal["value", "failure", "stop", "nothing"]
    failure: Failure | None = None


def judge(branch: str, exit_: Exit, doubts: list[Entry], *, keep_going: bool, stopping: bool) -> Judgement:
    """What the end of the branch at path `branch` means; `doubts` are those that it leaves behind."""
    if exit_.failure is None:
        return Judgement("nothing" if exit_.kind == "cancelled" else "value")
    if keep_going and not stopping and not doubts:
        return Judgement("failure", exit_.failure)
    if doubts and exit_.failure.kind not in ledger.DOUBTS:
        return Judgement("stop", ledger.failure_of(doubts, branch, exit_.failure))
    return Judgement("stop", exit_.failure)
