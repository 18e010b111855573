"""When branches that run side by side are done: what the end of one means for the others.

There is one mechanism for all that run side by side: the branches of `parallel` and `parallel for`, those of a `race`,
and the calls that a model asks for in one turn. Branches have a **join**, which is told of the end of each of them, in
the order in which the run hears of it, and judges it. Four kinds of joins differ in what they do with a value and with
a failure:

- `all`: values are gathered, one failure stops the others, and is the fan's.
- `keep going` gathers failures too, as the outcome of their branch, whatever their kind, because each branch is a `try`
  of its own. The exhaustion of a budget further out is gathered too: each branch is refused on its own.
- `first`: so many values decide it. Failures are gathered until so many values cannot be reached any more.
- `stop when`: a condition over what has been gathered decides it; beside that it is `all`, or `keep going`.
- `told`: the calls of a turn. Failures are gathered, to be told to the model, but for those after which nobody may go
  on: a doubt, and the exhaustion of a budget further out than the call.

A failure is all that is ever gathered. Where a branch leaves a doubt behind, nobody may go on beside it as if it were
known, so the doubt stops the others like any failure.

Who has not come to an end when it is **decided** has lost: it is asked to end, awaited, and undone, in whatever way it
ended; only then is it asked for doubts, because most of what nobody knows can be undone all the same. With `finish
rest` it goes on to its own end instead, and what it does stands. What was heard first counts first: a value that comes
after the deciding one has lost, also where both came at the same time.
"""

from dataclasses import dataclass
from typing import Literal

from interpreter.boundary.failures import ALL_FAILED, BUDGET_EXCEEDED
from interpreter.core import ledger
from interpreter.core.outcomes import Exit, Failure
from interpreter.core.state import Entry

MOST_CAUSES, MOST_TOLD = 100, 5
"""Of the causes of `AllFailed`: those that its details list, and those that its message tells."""


@dataclass(frozen=True, slots=True)
class Join:
    """`wanted` values decide a `first`; `finish_rest`: those who have lost go on."""

    kind: Literal["all", "keep going", "first", "told"]
    wanted: int = 0
    finish_rest: bool = False

    @property
    def gathers_failures(self) -> bool:
        return self.kind != "all"


ALL, KEEP_GOING, TOLD = Join("all"), Join("keep going"), Join("told")


@dataclass(frozen=True, slots=True)
class Judgement:
    """`value` and `failure` are gathered as the branch's outcome, `stop` ends the fan with its failure, `nothing` is a
    branch that was told to end, `lost` one that is to be undone.
    """

    what: Literal["value", "failure", "stop", "nothing", "lost"]
    failure: Failure | None = None


def judge(
    branch: str, exit_: Exit, doubts: list[Entry], join: Join, *, stopping: bool = False, decided: bool = False
) -> Judgement:
    """What the end of the branch at path `branch` means; `doubts` are those that it leaves behind."""
    failure = exit_.failure
    if decided and not stopping and not join.finish_rest:
        return Judgement("lost")
    if failure is None:
        return Judgement("nothing" if exit_.kind == "cancelled" else "value")
    if join.kind == "told":
        return Judgement("stop" if nobody_may_go_on(failure, branch) else "failure", failure)
    if join.gathers_failures and not stopping and not doubts:
        return Judgement("failure", failure)
    if doubts and failure.kind not in ledger.DOUBTS:
        return Judgement("stop", ledger.failure_of(doubts, branch, failure))
    return Judgement("stop", failure)


def nobody_may_go_on(failure: Failure, path: str) -> bool:
    """Whether nothing may go on after it. A budget of what is at `path` is its own affair."""
    outside = failure.kind == BUDGET_EXCEEDED and not (failure.purse and ledger.below(failure.purse, path))
    return outside or failure.unknown or failure.kind in ledger.DOUBTS


def too_few(join: Join, branches: int, failed: dict[str, Failure], path: str) -> Failure | None:
    """The failure of a `first` that cannot be decided any more; None while it can. `branches`: how many there are.

    Where a budget further out is used up, that is what failed: nobody inside of it may take it for anything else.
    """
    if join.kind != "first" or branches - len(failed) >= join.wanted:
        return None
    outside = (each for each in failed.values() if ledger.is_of_a_budget_outside(each, path))
    exhausted = next(outside, None)
    if exhausted is not None:
        return exhausted
    causes = [
        {"branch": branch, "kind": each.kind, "message": each.message, "step": each.path or None}
        for branch, each in list(failed.items())[:MOST_CAUSES]
    ]
    parts = [f"{branch}: {each.kind}: {each.message}" for branch, each in list(failed.items())[:MOST_TOLD]]
    parts += [f"and {len(failed) - MOST_TOLD} more"] if len(failed) > MOST_TOLD else []
    told = "; ".join(parts)
    return Failure(ALL_FAILED, f"{_too_few(join.wanted, branches)}{': ' if told else ''}{told}", path, causes)


def _too_few(wanted: int, branches: int) -> str:
    if branches < wanted:
        return (
            f"the first {wanted} were waited for, and there are {branches}" if branches else "nobody ran in this race"
        )
    return "each branch failed" if wanted == 1 else f"fewer than {wanted} of {branches} branches can come to a value"
