"""Whether a run that is under way can go on with another definition of its flow, and that it does.

A run is moved only where what lies behind it, and what it stands in, is the same in both texts; what lies ahead may be
any other text that passes the check. Why that is enough:

- **Frames find their nodes again.** A frame knows its node by its address, a block its place by a number. Everything
  before the statement that runs is equal, so is the head of that statement, and so on inwards; so each frame has the
  same address in both, and what it remembers (which way of an `if`, how many rounds) is meant by the same words.
- **Names have the values that the new text expects.** A name that has a value is defined by a statement that the run
  has passed, or by one that it stands in. Those are equal, and so are the types that what they call answers with, and
  the types that these name. The check of the new text has looked at all uses of them ahead.
- **What was promised is kept.** What stands in the ledger is undone by the same tools. A gate that is open, or was
  opened, covers calls that are written into its node; the nodes are equal, so the calls are. A statement that waits,
  and all that it reaches, is equal as a whole: a question, a retry, an agent between two turns, a called flow.
- **A handler** knows what its body may fail with, so a body that was left for one is behind it too.
- **What runs side by side is not touched**: a branch that is over has left values and entries in the ledger, so the
  whole of a `parallel`, a `race` or an `await first` over one has to be equal.
- **A budget that is open** is that of the text it was opened by: heads are equal, and budgets stand in heads.

A run is parked where nothing but timers, runs that it has called and locks is awaited: nothing is in flight that the
other text may not have. One that is ending goes on as it is.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar

from dsl.ast.declarations import AgentDeclaration, FlowDeclaration, ToolDeclaration
from dsl.ast.node import Node, walk
from dsl.ast.rewrite import rewrite
from dsl.ast.shapes import shape
from dsl.ast.statements import AwaitFirst, Block, Call, If, Match, Parallel, ParallelFor
from dsl.ast.types import Type
from dsl.dataclass import replace
from dsl.definition.definition import Definition
from dsl.definition.reach import closure, reached
from interpreter.boundary.move import Move
from interpreter.boundary.moved import Moved
from interpreter.boundary.payloads import RunInput
from interpreter.boundary.view import Note
from interpreter.core.commands import Acquire, SetTimer, StartChild
from interpreter.core.constructs.block import BlockMemory
from interpreter.core.machine import ROOT
from interpreter.core.state import Frame, State

_PARKED = (SetTimer, StartChild, Acquire)
N = TypeVar("N", bound=Node)
_WHOLE = (Parallel, ParallelFor)
_ALTERNATIVES = (If, Match, AwaitFirst)
"""Of their blocks one runs, and sees nothing of the others."""


def why_not(old: Definition, new: Definition, state: State) -> str | None:
    """Why this state cannot go on with `new`; None where it can."""
    if new.flow != old.flow:
        return f"it is a run of `{old.flow}`, and this is `{new.flow}`"
    if new.edition != old.edition:
        return f"it is of edition {old.edition}, and this text of edition {new.edition}"
    return _not_parked(state) or next(_differences(old, new, state), None)


def going(state: State, wanted: Move, at: float) -> Moved:
    """What is kept of a move that can be made now."""
    return Moved(wanted.id, state.hash, wanted.definition.hash, wanted.by, at, wanted.note)


def gone(state: State, moved: Moved, given: RunInput) -> None:
    """The run goes on with the definition that it is `given` now. What was pinned of a model stays pinned."""
    state.moves.append(moved)
    state.hash = moved.now
    state.prices = {**given.prices, **state.prices}
    state.max_output = {**given.max_output, **state.max_output}
    state.refuses = {**{model: list(parts) for model, parts in given.refuses.items()}, **state.refuses}
    state.lanes = {**given.lanes, **state.lanes}
    known = {cap.name for cap in state.caps}
    state.caps += [cap for cap in given.caps if cap.name not in known]
    _note(state, "moved", moved.at, f"{moved.now[:12]}, by {moved.by}" + (f": {moved.note}" if moved.note else ""))


def stays(state: State, wanted: Move, at: float, reason: str) -> None:
    """It has come further since it was asked, and cannot be moved from there."""
    refused = Moved(wanted.id, state.hash, wanted.definition.hash, wanted.by, at, wanted.note, refused=reason)
    state.moves.append(refused)
    _note(state, "stayed", at, f"not moved to {refused.now[:12]}: {reason}")


def _note(state: State, kind: str, at: float, detail: str) -> None:
    state.note_count += 1
    state.notes.append(Note(state.note_count, at, kind, state.flow, state.flow, "run", detail=detail))


def _not_parked(state: State) -> str | None:
    if state.repair is not None:
        return "it is a repair, which has no flow to go on with"
    if state.status != "running" or state.cancelled or ROOT not in state.frames:
        return f"it is ending: {state.status}"
    undoing = next((path for path in state.frames if path.endswith("/undo") or "/undo/" in path), None)
    if undoing is not None:
        return f"it is at `{undoing}`: wait until that is over"
    busy = next((each.frame for each in state.pending.values() if not isinstance(each.command, _PARKED)), None)
    if busy is not None or state.backlog or state.lacking:
        return f"it is at work, at `{busy or next(iter(state.lacking), state.flow)}`: it is moved where it waits"
    return None


def _differences(old: Definition, new: Definition, state: State) -> Iterator[str]:
    before, after = old.flows[old.flow], new.flows[new.flow]
    if _head(before) != _head(after):
        yield f"the head of `{old.flow}` is another: what it takes and gives, its budget, or what it reads of `config`"
        return
    touched: list[Node] = [_head(before)]
    there, here = old.addresses(old.flow), new.addresses(new.flow)
    under_way = {frame.address for frame in state.frames.values()}
    for frame in state.frames.values():
        node = there.get(frame.address)
        if node is None:  # below a statement, with which it is looked at
            continue
        problem = _moved_away(frame, node, here.get(frame.address), touched) or _left_behind(
            frame, node, here, under_way
        )
        if problem is not None:
            yield problem
            return
        if not isinstance(node, Block) and _is_whole(node):
            yield from _of_all_it_reaches(old, new, _targets(node), f"`{frame.address}`, where it stands,")
    yield from _of_answers(old, new, touched)
    yield from _of_the_ledger(old, new, state)
    yield from _of_events(old, new, state)


def _moved_away(frame: Frame, before: Node, after: Node | None, touched: list[Node]) -> str | None:
    """Why a frame does not find itself again; what of the text it vouches for is `touched`."""
    if isinstance(before, Block):
        assert isinstance(frame.memory, BlockMemory)
        passed = before.statements[: frame.memory.at]
        touched.extend(passed)
        now = after.statements if isinstance(after, Block) else ()
        for position, statement in enumerate(passed):
            if position >= len(now) or now[position] != statement:
                return f"it has passed {_called_here(statement, frame.address, position)}, which is another now"
        return None
    if _is_whole(before):
        touched.append(before)
        same = after == before
    else:
        touched.append(_head(before))
        same = after is not None and _head(after) == _head(before)
    return None if same else f"it stands at `{frame.address}`, which is another now"


def _left_behind(frame: Frame, before: Node, here: Mapping[str, Node], under_way: set[str]) -> str | None:
    """A handler sees what its body may have come to, and what runs when a loop is used up what its rounds have: so the
    blocks before the one that runs have to be equal, where they are not ways of one choice."""
    if isinstance(before, (Block, *_ALTERNATIVES)):
        return None
    blocks = [(frame.address + segment, block) for segment, block in shape(before).blocks(before)]
    last = max((place for place, (at, _) in enumerate(blocks) if at in under_way), default=0)
    changed = next((at for at, block in blocks[:last] if at not in under_way and here.get(at) != block), None)
    return None if changed is None else f"it has passed `{changed}`, which is another now"


def _is_whole(node: Node) -> bool:
    """Whether all of it counts: what has no blocks of its own, or what runs side by side in it."""
    return isinstance(node, _WHOLE) or not shape(node).blocks(node) or _has_race(node)


def _has_race(node: Node) -> bool:
    return isinstance(node, AwaitFirst) and node.race is not None


def _called_here(statement: Node, address: str, position: int) -> str:
    kind = shape(statement)
    name = kind.place(statement)
    return f"`{address}/{name}`" if name else f"the `{kind.word(statement)}` at place {position + 1} of `{address}`"


def _head(node: N) -> N:
    """A declaration or statement without what stands in its blocks, and without what is worked out of these."""

    def emptied(part: Node, original: Node) -> Node:
        return Block(()) if isinstance(part, Block) else part

    bare = rewrite(node, emptied)
    return replace(bare, most=None, usual=None, charges=None, doc=None) if isinstance(bare, FlowDeclaration) else bare


def _targets(*nodes: Node) -> set[str]:
    return {part.target for node in nodes for part in walk(node) if isinstance(part, Call)}


def _callables(definition: Definition) -> dict[str, FlowDeclaration | ToolDeclaration | AgentDeclaration]:
    return {**definition.flows, **definition.tools, **definition.agents}


def _of_all_it_reaches(old: Definition, new: Definition, names: set[str], what: str) -> Iterator[str]:
    """What is under way, or may be undone, is the same with all that it calls, and the types of that."""
    before, after = _callables(old), _callables(new)
    for name in sorted(closure(names, before)):
        if after.get(name) != before[name]:
            yield f"{what} needs `{name}`, which is another now"
        else:
            yield from _of_types(old, new, [before[name]], f"{what} needs `{name}`, and")


def _of_answers(old: Definition, new: Definition, touched: list[Node]) -> Iterator[str]:
    """What has been called gave what the new text takes it for."""
    before, after = _callables(old), _callables(new)
    answers: list[Type] = []
    for name in sorted(_targets(*touched) & before.keys()):
        now = after.get(name)
        if now is None or now.returns != before[name].returns:
            yield f"`{name}`, which it has called, answers with another type now"
        elif (returns := before[name].returns) is not None:
            answers.append(returns)
    yield from _of_types(old, new, [*touched, *answers], "")


def _of_types(old: Definition, new: Definition, nodes: Iterable[Node], what: str) -> Iterator[str]:
    for node in nodes:
        for name, type_ in reached(old.types, node).items():
            if new.types.get(name) != type_:
                yield f"{what} the type `{name}`, of which it has values, is another now".strip()


def _of_the_ledger(old: Definition, new: Definition, state: State) -> Iterator[str]:
    for entry in state.ledger.values():
        tools = {entry.tool, entry.undo_tool or "", *(call.tool for call in entry.then)}
        yield from _of_all_it_reaches(old, new, tools, f"`{entry.path}`, which may have to be undone,")


def _of_events(old: Definition, new: Definition, state: State) -> Iterator[str]:
    """Those that are kept were read as what the old text awaits."""
    for name in dict.fromkeys(arrival.name for arrival in state.arrivals):
        before = [each.type for each in old.events(old.flow).get(name, ())]
        now = [each.type for each in new.events(new.flow).get(name, ())]
        if any(type_ not in before for type_ in now):
            yield f"the event `{name}`, of which some are kept, has another type now"
        yield from _of_types(old, new, before, f"the event `{name}` is kept, and")
