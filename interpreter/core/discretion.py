"""What people who look at a run, and logs, are not told of what is given sensitive data.

The check follows what is `sensitive` to every side that a flow shows it to. Words of a failure are no such side: a
tool, a server or an expression may put into them whatever it was given. So where a definition holds something of a
class that the readers of a flow do not see (`sees` before its body), what failed there is told by its kind alone,
unless what was called neither sees nor gives anything of these classes. What `fail` says is held by the check, and is
told. Handlers, results and parents have all words: what becomes of those is followed.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from dsl.ast.declarations import AgentDeclaration, ToolDeclaration
from dsl.ast.node import Node, walk
from dsl.ast.types import Field, NamedType
from dsl.definition.definition import Definition
from interpreter.boundary.failures import BUDGET_EXCEEDED, CANCELLED, LOCK_TIMED_OUT, WITHDRAWN
from interpreter.boundary.view import KEPT_BACK
from interpreter.core.events import CallFailed
from interpreter.core.outcomes import Failure

if TYPE_CHECKING:
    from interpreter.core.machine import Machine
    from interpreter.core.state import Frame

_OURS = frozenset({BUDGET_EXCEEDED, CANCELLED, LOCK_TIMED_OUT, WITHDRAWN})
"""Their words are the machine's own, and hold nothing that came from outside."""


def told(machine: "Machine", frame: "Frame", cause: Failure | CallFailed) -> str:
    """`KIND: words`, as it stands in a note."""
    said = cause.message if _is_ours(cause) else words(machine, frame, cause.message)
    return f"{cause.kind}: {said}"


def words(machine: "Machine", frame: "Frame", said: str) -> str:
    """What was said where a frame calls something, as people are told it."""
    return KEPT_BACK if _hides(machine.definition, machine.state.flow, _called(machine, frame)) else said


def keeps_back(definition: Definition, flow: str, failure: Failure) -> bool:
    """Whether those who start a run are not told the words of its end."""
    return not _is_ours(failure) and _hides(definition, flow, "")


def is_discreet(definition: Definition, flow: str, called: str) -> bool:
    """Whether what a tool or a model is told and says does not go into logs."""
    return _hides(definition, flow, called)


def _is_ours(cause: Failure | CallFailed) -> bool:
    return cause.kind in _OURS or (isinstance(cause, Failure) and cause.said)


def _called(machine: "Machine", frame: "Frame") -> str:
    construct = machine.table[frame.kind]
    bought = construct.buys(frame)
    return bought[0] if bought is not None else construct.called(machine, frame)


def _hides(definition: Definition, flow: str, called: str) -> bool:
    hidden = definition.classes().difference(definition.flows[flow].sees)
    if not hidden:
        return False
    declared = definition.tools.get(called) or definition.agents.get(called)
    return declared is None or not hidden.isdisjoint(_touched(definition, declared))


def _touched(definition: Definition, declared: ToolDeclaration | AgentDeclaration) -> Iterator[str]:
    """The classes of what it is given or gives."""
    yield from declared.sees
    yield from declared.keeps
    pending: list[Node] = [*declared.parameters, *([] if declared.returns is None else [declared.returns])]
    known: set[str] = set()
    while pending:
        for node in walk(pending.pop()):
            if isinstance(node, Field) and node.sensitive is not None:
                yield node.sensitive
            if isinstance(node, NamedType) and node.name in definition.types and node.name not in known:
                known.add(node.name)
                pending.append(definition.types[node.name])
