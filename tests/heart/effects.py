"""What must be true of effects once a run is over, whatever happened on the way."""

from collections.abc import Iterator

from interpreter.core.ledger import OWED
from interpreter.core.state import Entry, State
from interpreter.simulation.world import Fails, Recorded, Returns
from tests.heart.declared import NOT_KEYED, UNDONE
from tests.heart.outside import Outside
from tests.heart.watched import Watched


def check_effects(watched: Watched) -> None:
    outside = watched.outside
    runs = reversed(watched.runs.values())  # what a child hands over counts as its parent has it
    entries = {entry.key: entry for run in runs for entry in run.state.ledger.values()}
    _happened_once(outside)
    _undone_in_reverse(watched)
    for run in watched.runs.values():
        _settled(run.state, outside)
    for key, tools in outside.effects.items():
        if tools[0] in UNDONE and not key.endswith("/undo"):
            assert key in entries, f"{tools[0]} took effect for {key}, and no ledger knows it"
    for base in ("run", *watched.detached):
        apart = [each for each in watched.detached if each.startswith(f"{base}/")]
        if watched.runs[base].state.status != "completed":
            _nothing_stands(outside, entries, base, apart)


def _happened_once(outside: Outside) -> None:
    """What is not keyed is called again only when it is known not to have happened."""
    for key, tools in outside.effects.items():
        assert len(tools) == 1 or tools[0] == "t.undo_once", f"{tools[0]} took effect {len(tools)} times for {key}"
    calls: dict[str, list[Recorded]] = {}
    for call in outside.world.calls:
        if call.name in NOT_KEYED:
            calls.setdefault(call.key, []).append(call)
        elif call.name == "t.find" and type(call.planned) is Returns and call.planned.value is None:
            calls.pop(call.arguments["key"], None)
    for key, made in calls.items():
        doubtful = [call for call in made if not _is_known_not_to_have_happened(call)]
        assert len(doubtful) <= 1, f"{key} was called {len(made)} times"


def _is_known_not_to_have_happened(call: Recorded) -> bool:
    planned = call.planned
    if type(planned) is not Fails:
        return False
    return planned.certainty == "not_started" or (planned.kind == "Refused" and call.name != "t.stays")


def _undone_in_reverse(watched: Watched) -> None:
    """Each undo goes through its entries in the reverse of the order in which their steps started, as the machine has
    counted them; and as it looked from outside.
    """
    for base, run in watched.runs.items():
        started = {entry.path: entry.started for entry in run.state.ledger.values()}
        scopes: dict[str, list[str]] = {}
        for note in run.state.notes:
            if note.kind == "undoing":
                scopes.setdefault(note.path, []).append(note.name)
        for scope, undone in scopes.items():
            order = [started[path] for path in undone]
            assert order == sorted(order, reverse=True), f"{scope} was undone in another order"
            wrong = watched.backwards.wrong(base, undone)
            assert wrong == [], f"{scope} was undone the wrong way round"


def _settled(state: State, outside: Outside) -> None:
    """A run that did not complete has undone what it could; no undo was called for what surely never happened."""
    for entry in state.ledger.values():
        if state.status != "completed":
            assert entry.undo_tool is None or entry.state in ("undone", "undo_failed"), f"{entry.path} is {entry.state}"
        if state.status == "completed":
            assert entry.state != "undo_failed" or entry.accepted, f"{entry.path} stands, and nobody said so"
        if entry.state == "undone":
            undo = "" if entry.tool in OWED else "/undo"
            made = {f"{entry.key}{undo}{f'/{number + 1}' if number else ''}" for number in range(entry.made + 1)}
            assert made <= outside.effects.keys(), f"{entry.path} is said to be undone"


def _nothing_stands(outside: Outside, entries: dict[str, Entry], base: str, apart: list[str]) -> None:
    """All that took effect in a run and can be undone was undone, or is listed for people to look at. What runs that
    nobody waits for did, keys `apart`, is theirs.
    """
    for key, tools in _effects(outside):
        mine = key.startswith(f"{base}/") and not any(key.startswith(f"{each}/") for each in apart)
        if mine and tools in UNDONE:
            assert entries[key].state in ("undone", "undo_failed", "uncertain"), f"{key} stands"


def _effects(outside: Outside) -> Iterator[tuple[str, str]]:
    return ((key, tools[0]) for key, tools in outside.effects.items() if not key.endswith("/undo"))
