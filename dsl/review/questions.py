"""What a review says to each question that an approver has: one function for each, in the order of the page."""

from collections.abc import Callable, Iterator

from dsl.differences.wording import WORDS
from dsl.planning.page import rows, time
from dsl.review.answers_of_course import ends, failures
from dsl.review.answers_of_data import contacts, sees
from dsl.review.model import Budget, Change, Doubt, Gate, Lasting, Place, Review, Written
from dsl.review.words import Item, Quoted, Said, Section, Worded, counted, listed, merged, names, places, stages


def worded(review: Review) -> Worded:
    sections = tuple(each(review) for each in QUESTIONS)
    return Worded(review.flow, review.hash, review.place.file, review.purpose, sections)


def _spending(review: Review) -> Section:
    spent = review.spending
    most = {label: number for label, _, number in rows(spent.plan)}
    answer = ", ".join(f"{most[label]} {label}" for label in ("US dollars", "tokens", "model requests", "tool calls"))
    asked = _times(most["questions to people"])
    open_ = " `?` is what the text does not bound." if "?" in answer + asked else ""
    items = [_budget(each) for each in spent.budgets]
    items += [Item(("Each call costs money of its own.",), (place,)) for place in spent.charges]
    for place in dict.fromkeys(each.place for each in spent.dearest):
        shares = ", ".join(each.share for each in spent.dearest if each.place == place)
        items.append(Item((f"Most of it comes from here: {shares}.",), (place,)))
    table = (("", "all goes well", "at most"), *rows(spent.plan))
    return Section("spend", "What can it spend?", (f"At most {answer}; {asked}.{open_}",), tuple(items), table)


def _times(number: str) -> str:
    return {"0": "nobody is asked", "1": "people are asked once"}.get(number, f"people are asked {number} times")


def _budget(budget: Budget) -> Item:
    of: Said = ("A block",) if budget.of == "block" else (f"The {budget.of} ", Quoted(budget.name or "loop"))
    said: Said = (*of, " has ", Quoted(budget.said), ".")
    if budget.asks:
        said = (*said, " When that is used up, more is asked of ", *stages(budget.asks), ".")
    return Item(said, places([budget.place], (stage.place for stage in budget.asks)), heed=bool(budget.asks))


def _lasting(review: Review) -> Section:
    irreversible = [each for each in review.lasting if each.effect == "irreversible"]
    writes = len(review.lasting) - len(irreversible)
    if not review.lasting:
        said: Said = ("Nothing: no call is irreversible, and each write is undone.",)
    else:
        unasked = sum(not each.gates for each in irreversible)
        agreed = counted(len(irreversible), "irreversible call") if irreversible else "No call is irreversible"
        agreed += f", {unasked} without an approval" if unasked else ", each behind an approval" if irreversible else ""
        said = (f"{agreed}; {counted(writes, 'call')} of other tools whose effect stays.",)
    return Section(
        "irreversible",
        "What can it do that cannot be undone, and who agrees before?",
        said,
        merged(map(_one_lasting, review.lasting)),
    )


def _one_lasting(each: Lasting) -> Item:
    said: Said = (Quoted(each.tool), " is irreversible" if each.effect == "irreversible" else " writes for good")
    if each.stays not in ("final", "irreversible"):
        said = (*said, ": ", Quoted(f'"{each.stays}"'))
    said = (*said, ".")
    if each.agent is not None:
        said = (*said, " The model of ", Quoted(each.agent), " may call it.")
    if each.only is not None:
        said = (*said, " It is carried out only if ", Quoted(each.only), ".")
    if each.unasked is not None:
        said = (*said, " Nobody is asked: ", Quoted(f'"{each.unasked}"'), ".")
    elif not each.gates:
        said = (*said, " Nobody is asked before it.")
    for gate in each.gates:
        said = (*said, " ", *_gate(gate))
    heed = each.effect == "irreversible" and (each.unasked is not None or not each.gates)
    evidence = places([each.place], _gates(each))
    return Item(said, (*evidence, each.declared), heed)


def _gates(each: Lasting) -> Iterator[Place]:
    for gate in each.gates:
        yield gate.place
        yield from (stage.place for stage in gate.stages)


def _gate(gate: Gate) -> Said:
    people = stages(gate.stages)
    match gate.how:
        case "call":
            return ("Exactly this call is approved in ", Quoted(gate.name), ": ", *people, ".")
        case "before":
            return ("It comes after the approval ", Quoted(gate.name), ": ", *people, ".")
        case "use":
            return ("Each call of ", Quoted(gate.name), " is asked for: ", *people, ".")
        case "caller":
            return ("The call of its flow is approved in ", Quoted(gate.name), ": ", *people, ".")


def _writes(review: Review) -> Section:
    undone = {each.tool for each in review.writes if each.undo}
    tools = {each.tool for each in review.writes if each.purpose in ("step", "agent")}
    how_many = "all" if undone == tools else "none" if not undone else f"{len(undone)} of them"
    answer = f"{counted(len(tools), 'tool changes something', 'tools change something')}; {how_many} can be undone."
    said: Said = (answer if tools else "Nothing.",)
    items = tuple(map(_written, review.writes))
    return Section("writes", "What does it write, and how is each undone?", said, items)


def _written(each: Written) -> Item:
    key = " keyed" if each.keyed else ""
    said: Said = (Quoted(each.tool), f" ({each.effect}{key})", _PURPOSES[each.purpose])
    if each.undo:
        said = (*said, ": undone by ", *listed((Quoted(undo.said),) for undo in each.undo), ".")
    elif each.purpose in ("undo", "finally"):
        said = (*said, ".")
    elif each.stays in ("", "final", "irreversible"):
        said = (*said, ": it stays done." if each.stays else ": nothing undoes it.")
    else:
        said = (*said, ": it stays done: ", Quoted(f'"{each.stays}"'), ".")
    return Item(said, places(each.calls, (undo.place for undo in each.undo), [each.declared]))


_PURPOSES = {
    "step": "",
    "agent": ", called by a model",
    "undo": " undoes what others did",
    "finally": " is called at the end of a `try`, however that ends",
}


def _left(review: Review) -> Section:
    left = review.left
    stays = [Item((Quoted(each.tool), ": what it did stays."), each.calls) for each in left.stays]
    undo = [Item((Quoted(each.tool), ", which undoes, may fail itself.", _REST), (each.place,)) for each in left.undo]
    kinds = (
        counted(len(stays), "tool") + " whose effect stays",
        counted(len(undo), "way", "ways") + " to undo, which may fail",
        counted(len(left.doubts), "tool") + " that may leave a doubt",
    )
    items = (*stays, *undo, *map(_doubt, left.doubts))
    return Section("left", "What is left when everything goes wrong?", (f"{', '.join(kinds)}.",), items)


_REST = " The rest is undone all the same, and the run ends failed with the list of what is left."


def _doubt(doubt: Doubt) -> Item:
    after = "" if doubt.after is None else f" once its key is forgotten, after {time(doubt.after)},"
    said: Said = (Quoted(doubt.tool), f" may leave it unknown{after} whether it did what it was called for.")
    reason: Said = () if doubt.reason is None else (" ", Quoted(f'"{doubt.reason}"'), ".")
    return Item((*said, *reason), (doubt.place,), heed=True)


def _changes(review: Review) -> Section:
    approved = review.approved
    question = "What differs from the version that was approved?"
    if approved is None:
        return Section("changes", question, ("Nobody has to sign it off, as far as is known here.",))
    lacks: Said = (f" It lacks a signature: {', '.join(approved.lacks)}.",) if approved.lacks else ()
    by = names(signer.name for signer in approved.signers)
    if approved.hash is None:
        return Section("changes", question, ("No version was signed yet.", *lacks))
    if approved.hash == review.hash:
        return Section("changes", question, ("Nothing: this version is signed by ", *by, ".", *lacks))
    since: Said = (f" since {approved.hash[:12]}, signed by ", *by, ".")
    if approved.changes is None:
        return Section("changes", question, ("How it differs cannot be told", *since, *lacks))
    weaker = sum(each.weight in ("weaker", "breaking") for each in approved.changes)
    said = f"{counted(len(approved.changes), 'change')}, {weaker} of them weaker or breaking,"
    return Section("changes", question, (said, *since, *lacks), tuple(map(_change, approved.changes)))


def _change(change: Change) -> Item:
    evidence = () if change.place is None else (change.place,)
    said: Said = (f"{change.of} ", Quoted(change.name), ": ", Quoted(change.said), ".")
    if change.weight != "compatible":
        why = "" if change.why is None else f": {change.why}"
        said = (*said, f" {WORDS[change.weight].capitalize()}{why}.")
    return Item(said, evidence, heed=change.weight in ("weaker", "breaking"))


QUESTIONS: tuple[Callable[[Review], Section], ...] = (
    _spending,
    _lasting,
    _writes,
    sees,
    failures,
    _left,
    contacts,
    ends,
    _changes,
)
