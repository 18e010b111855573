"""Who sees which data, and whom the flow talks to, in words."""

from collections.abc import Iterator, Sequence

from dsl.review.model import Asks, Carried, Crossing, ModelAt, Review
from dsl.review.words import Item, Quoted, Said, Section, counted, listed, merged, names, places
from dsl.semantics.sensitivity.wording import data_of

EVERYBODY = "everybody who looks at a run of "
TO: dict[str, tuple[str, str]] = {
    "tool": ("the tool ", ""),
    "model": ("the model of ", ""),
    "approval": ("the people of the approval ", ""),
    "gate": ("the people who are asked before a call of ", ""),
    "result": (EVERYBODY, ", by its result"),
    "failure": (EVERYBODY, ", by its failure"),
    "reply": ("who sent an event to ", ", by its reply"),
    "lock": (EVERYBODY, ", by the name of a lock"),
    "event": (EVERYBODY, ", by the key of an event it waits for"),
    "asked": (EVERYBODY, ", by who is asked"),
    "run": (EVERYBODY, ""),
}


def sees(review: Review) -> Section:
    question = "Who sees which data?"
    data = review.data
    if not data.sensitive:
        said: Said = ("Nothing is declared `sensitive`, so the text keeps nothing from anyone.",)
        return Section("data", question, said, _models(review))
    classes = dict.fromkeys(each.class_ for each in data.sensitive)
    fields = f"{counted(len(data.sensitive), 'field')} of {counted(len(classes), 'class', 'classes')}"
    said = (f"{fields} are sensitive; the text gives them to {counted(len(_receivers(review)), 'receiver')}.",)
    items = [Item((*_data(each.class_), ": ", Quoted(each.name), "."), (each.place,)) for each in data.sensitive]
    items += merged(map(_crossing, data.crossings))
    items += [Item(("Only a masked part is shown here.",), (place,)) for place in data.masks]
    return Section("data", question, said, (*items, *_models(review), Item(_OPERATORS)))


_OPERATORS: Said = (
    "Operators see the values of a run (",
    Quoted("dsl show"),
    ", its history, transcripts): what is sensitive is not masked there.",
)


def _receivers(review: Review) -> set[tuple[str, str]]:
    return {(each.to, each.name) for each in review.data.crossings}


def _data(class_: str) -> Said:
    words = data_of(class_)
    return (words[0].upper() + words[1:],) if class_ == "sensitive" else (Quoted(f'"{class_}"'), " data")


def _crossing(each: Crossing) -> Item:
    before, after = TO[each.to]
    how = " goes to " if each.by == "value" else " is told to "
    asked = ", by whether they are asked" if each.to in ("approval", "gate") else ", by whether it is called"
    keeps = ", which keeps it to itself" if each.keeps else ""
    end = f"{after}{keeps}{asked if each.by == 'reached' else ''}."
    said: Said = (
        *_data(each.class_),
        " (",
        Quoted(each.field),
        f"){how}{before}",
        Quoted(each.name),
        end,
    )
    return Item(said, places([each.place], each.way, [each.declared]))


def _models(review: Review) -> tuple[Item, ...]:
    """Whatever it is, a model is given what its prompt says."""
    return tuple(
        Item(("The model of ", Quoted(each.agent), _SHOWN if each.uses else " is shown its prompt."), (each.place,))
        for each in review.contacts.models
    )


_SHOWN = " is shown its prompt, and what all that it uses answers."


def contacts(review: Review) -> Section:
    models = dict.fromkeys(model.name for each in review.contacts.models for model in each.models)
    requests = (each.address or "" for each in review.contacts.tools if each.by == "http")
    hosts = dict.fromkeys(address.rpartition(" ")[2] for address in requests)
    servers = dict.fromkeys(each.address for each in review.contacts.tools if each.by == "mcp")
    counts = (
        counted(len(models), "model"),
        counted(len(hosts), "host"),
        counted(len(servers), "MCP server"),
    )
    own = counted(sum(each.by == "worker" for each in review.contacts.tools), "tool")
    said: Said = (f"{', '.join(counts)}, {own} of workers.",)
    tools = review.contacts.tools
    items = [*map(_asks, review.contacts.models), *map(_carried, (each for each in tools if each.by != "worker"))]
    items += _by_workers([each for each in tools if each.by == "worker"])
    items += (Item((Quoted(each.name), _OF_THE_DEPLOYMENT), (each.place,)) for each in review.contacts.config)
    return Section("contacts", "Which models and hosts does it talk to, and which tools run where?", said, tuple(items))


_OF_THE_DEPLOYMENT = " is given by whoever starts it: no hash covers it, and no signature."


def _asks(each: Asks) -> Item:
    said: Said = ("The agent ", Quoted(each.agent), " asks ", *listed(map(_model, each.models), ", then "))
    if any(model.provider is None for model in each.models):
        said = (*said, ", of the provider that the worker's environment names")
    uses: Said = ("; it uses ", *names(each.uses)) if each.uses else ()
    return Item((*said, *uses, "."), (each.place,))


def _model(model: ModelAt) -> Said:
    if model.provider is None:
        return (Quoted(model.name),)
    at: Said = () if model.address is None else (" at ", Quoted(model.address))
    return (Quoted(model.name), " of ", Quoted(model.provider), *at)


def _by_workers(tools: Sequence[Carried]) -> Iterator[Item]:
    """Those of one task queue together."""
    for queue in dict.fromkeys(each.queue for each in tools):
        some = [each for each in tools if each.queue == queue]
        where: Said = () if queue is None else (", on the task queue ", Quoted(queue))
        word = "this name" if len(some) == 1 else "these names"
        said: Said = (*names(each.tool for each in some), f": whatever a worker has under {word}", *where, ".")
        yield Item(said, tuple(each.place for each in some))


def _carried(each: Carried) -> Item:
    said: Said = (Quoted(each.tool), f" ({each.effect})")
    match each.by:
        case "http":
            said = (*said, ": a request, ", Quoted(each.address or ""))
        case "mcp":
            said = (*said, ": the MCP server ", Quoted(each.address or ""))
        case "event":
            said = (*said, ": the event ", Quoted(each.address or ""), " to another run")
    if each.queue is not None:
        said = (*said, ", on the task queue ", Quoted(each.queue))
    if each.auth:
        said = (*said, ", with the worker's credential ", *names(each.auth))
    return Item((*said, "."), (each.place,))
