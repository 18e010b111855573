"""What happens on failure, on cancel and when a wait is over, and that a flow ends, in words."""

from typing import assert_never

from dsl.planning.page import time
from dsl.review.model import Bounded, Ending, Review, Wait
from dsl.review.words import OUTCOMES, Item, Quoted, Said, Section, counted, lasting, places, stages


def failures(review: Review) -> Section:
    handlers = sum(each.of == "handler" for each in review.endings)
    said: Said = (
        "An error that nothing handles ends the run as failed, a cancel as cancelled: ",
        "in both, what was done is undone, last first.",
        _HANDLED.get(handlers, f" {handlers} handlers."),
        f" {counted(len(review.waits), 'wait')}, and each ends." if review.waits else " Nothing is waited for.",
    )
    items = [*map(_ending, review.endings), *map(_wait, review.waits)]
    if review.spending.budgets:
        items.append(
            Item((_USED_UP, Quoted("BudgetExceeded"), _UNLESS), tuple(b.place for b in review.spending.budgets))
        )
    return Section("failure", "What happens on failure, on cancel and when a wait is over?", said, tuple(items))


_HANDLED = {0: " No error is handled.", 1: " One handler."}
_USED_UP = "When a budget is used up, or its time is over, what it bounds fails with "
_UNLESS = ", unless `on exhausted` or people say otherwise; of a loop with `every` it is the normal end."

_ENDINGS: dict[str, tuple[str, str]] = {
    "handler": ("On ", ", what its `try` did is undone, and this handler goes on."),
    "finally": ("However its `try` ends, ", " is called."),
    "exhausted": ("When its budget is used up: ", "."),
    "keep going": ("What fails in ", " does not stop the others."),
    "rounds": ("What a round of ", " did is not undone any more once it is over."),
    "race": ("When the first are done, ", "."),
    "fail": ("It fails here with ", "."),
    "commit": ("", "What was done until here is not undone any more."),
    "compensate": ("What was done until here is also undone by ", "."),
    "detached": ("Nobody waits for ", ": it goes on when this run fails or is cancelled, and is not undone with it."),
}


def _ending(each: Ending) -> Item:
    before, after = _ENDINGS[each.of]
    words = each.said if each.of == "race" else Quoted(each.said)
    said: Said = (before, words, after) if each.said else (after,)
    return Item(said, (each.place,), heed=each.of in ("detached", "commit"))


_ASKING = {"approval": "The approval ", "gate": "Before each call of ", "budget": "When the budget is used up of "}


def _wait(each: Wait) -> Item:
    if each.stages:
        said: Said = (_ASKING[each.of], Quoted(each.name), " asks " if each.of == "approval" else ": ")
        return Item((*said, *stages(each.stages), "."), places([each.place], (stage.place for stage in each.stages)))
    return Item(tuple(_one_wait(each)), (each.place,))


def _one_wait(each: Wait) -> Said:
    longest = lasting(each.longest)
    then: Said = (": ", Quoted(each.then), ".") if each.then else (".",)
    match each.of:
        case "event":
            return ("The event ", Quoted(each.name), f" is waited for {longest}; after that", *then)
        case "first":
            return (
                "Whatever comes first is waited for, " + (f"for {longest}" if each.longest else "until a moment"),
                "; after that",
                *then,
            )
        case "sleep":
            return (f"It sleeps {longest}." if each.longest is not None else "It sleeps until a moment.",)
        case "lock":
            return (
                "The lock of ",
                Quoted(each.name),
                f" is waited for {longest}; after that it fails with ",
                Quoted(each.then),
                ".",
            )
        case "batch":
            return ("The answers to a batch of ", Quoted(each.name), f" are waited for {longest}.")
        case _:
            return (OUTCOMES.get(each.then, ""),)


def ends(review: Review) -> Section:
    found = review.ends
    if found.time is None:
        said: Said = ("The text does not bound its time: people may give it more, or a moment decides. ",)
        said = (*said, "It goes round nothing without end.")
    else:
        said = (f"Nothing. It ends after {time(found.time)} at the latest, and undoing takes {time(found.undo)} more.",)
    items = [Item(("Here more may be given.",), (place,), heed=True) for place in found.open]
    items += map(_bounded, found.rounds)
    return Section("ends", "What runs for ever?", said, tuple(items))


def _bounded(each: Bounded) -> Item:
    said: Said
    match each.of:
        case "loop":
            said = ("The loop ", Quoted(each.name), " ends with its ", Quoted(each.said), ".")
        case "for":
            said = ("Once for each of ", Quoted(each.name), ".")
        case "recursion":
            said = ("The flow ", Quoted(each.name), " calls itself, to a ", Quoted(each.said), ".")
        case _:
            assert_never(each.of)
    return Item(said, (each.place,))
