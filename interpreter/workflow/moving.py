"""A run goes on with another definition: by continuing as new, as an execution has one all its life.

Whether it can is asked twice: before the request stands in its history, so that what cannot be is refused and leaves no
event, and again where it would continue, because more may have come in between.
"""

from dataclasses import replace

from temporalio import workflow

from dsl.definition.unseal import UnsealError
from interpreter.boundary.beginnings import DefinitionEnvelope
from interpreter.boundary.move import Move
from interpreter.boundary.payloads import RunInput
from interpreter.core import moving
from interpreter.workflow.definitions import admit_move, load
from interpreter.workflow.driver import Driver


def why_not_moved(driver: Driver, move: Move, *, is_called: bool) -> str | None:
    """Why the run takes no such move; None where it goes on with it as soon as this task is over."""
    if is_called:
        return "it is called by another run, which knows what it gives: move that one"
    if driver.move is not None:
        return "it is just being moved"
    try:
        new = load(DefinitionEnvelope(move.definition.hash, move.content), driver.definition.flow)
    except (LookupError, UnsealError, ValueError) as error:
        return f"the definition cannot be read: {error}"
    problem = moving.why_not(driver.definition, new, driver.state)
    if problem is None and not driver.may_continue():
        problem = "it is at work: it is moved where it waits"
    if problem is None:
        try:
            admit_move(new.flow, new.hash)
        except LookupError as refused:
            problem = str(refused)
    return problem


def can_move(driver: Driver, move: Move) -> bool:
    """What cannot any more is not asked again: who wanted it is told by the state."""
    new = load(DefinitionEnvelope(move.definition.hash, move.content), driver.definition.flow)
    problem = moving.why_not(driver.definition, new, driver.state)
    if problem is None:
        return True
    moving.stays(driver.state, move, workflow.time(), problem)
    driver.move = None
    return False


def moved_input(given: RunInput, driver: Driver, move: Move) -> RunInput:
    """What the next execution is given in place of what this one was."""
    return replace(
        given,
        definition=move.definition,
        prices=move.prices,
        max_output=move.max_output,
        refuses=move.refuses,
        lanes=move.lanes,
        caps=move.caps,
        moved=moving.going(driver.state, move, workflow.time()),
    )
